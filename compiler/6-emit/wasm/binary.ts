/** A module as bytes: the binary format of WebAssembly (core specification 2.0, chapter 5). */
import { Bytes } from './bytes.ts';
import { loadOf, signatureOf, storeOf, valueTypes, type MemoryInstruction, type ValueType } from './instructions.ts';
import { localsOf, type Code, type Instruction, type Local, type WasmFunction, type WasmModule } from './ir.ts';

const types: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const section = { name: 0, type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const opcode = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  call: 0x10,
  get: 0x20,
  set: 0x21,
  i32: 0x41,
  f32: 0x43,
} as const;
const noValue = 0x40;
/** The memory that all threads share: one page at least, 4 GiB at most. */
const sharedMemory = { flags: 0x03, least: 1, most: 65536 } as const;

export function encode(module: WasmModule): Uint8Array {
  const { functions } = module;
  const typeIndices = new Map<string, number>();
  const typeBytes = new Bytes();
  const typeOf = ({ parameters, result }: WasmFunction): number => {
    const takes = parameters.map(({ type }) => types[type]);
    const gives = result === undefined ? [] : [types[result.type]];
    const key = `${takes.join(' ')}:${gives.join('')}`;
    const known = typeIndices.get(key);
    if (known !== undefined) return known;
    typeBytes.byte(0x60).unsigned(takes.length).raw(takes).unsigned(gives.length).raw(gives);
    typeIndices.set(key, typeIndices.size);
    return typeIndices.size - 1;
  };
  const declared = new Bytes().unsigned(functions.length);
  for (const fn of functions) declared.unsigned(typeOf(fn));

  const indices = new Map(functions.map((fn, i) => [fn, i]));
  const bodies = new Bytes().unsigned(functions.length);
  for (const fn of functions) bodies.sized(new Body(fn, indices).bytes);

  const memory = new Bytes().unsigned(1).text('vaec').text('memory').byte(0x02);
  memory.byte(sharedMemory.flags).unsigned(sharedMemory.least).unsigned(sharedMemory.most);

  const exported = functions.filter((fn) => fn.exported);
  const exports = new Bytes().unsigned(exported.length);
  for (const fn of exported) exports.text(fn.name).byte(0x00).unsigned(indices.get(fn)!);

  const named = new Bytes().unsigned(functions.length);
  functions.forEach((fn, i) => named.unsigned(i).text(fn.name));
  const names = new Bytes().text('name').byte(0x01).sized(named);

  return new Bytes()
    .raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
    .byte(section.type)
    .sized(new Bytes().unsigned(typeIndices.size).raw(typeBytes.written))
    .byte(section.import)
    .sized(memory)
    .byte(section.function)
    .sized(declared)
    .byte(section.export)
    .sized(exports)
    .byte(section.code)
    .sized(bodies)
    .byte(section.name)
    .sized(names).written;
}

/** The locals and instructions of one function. */
class Body {
  readonly bytes = new Bytes();
  readonly #indices = new Map<Local, number>();
  readonly #functions: ReadonlyMap<WasmFunction, number>;
  readonly #labels: string[] = [];

  constructor(fn: WasmFunction, functions: ReadonlyMap<WasmFunction, number>) {
    this.#functions = functions;
    fn.parameters.forEach((local) => this.#indices.set(local, this.#indices.size));
    const locals = localsOf(fn);
    const groups = valueTypes.map((type) => locals.filter((local) => local.type === type));
    const used = groups.filter((group) => group.length > 0);
    this.bytes.unsigned(used.length);
    for (const group of used) {
      this.bytes.unsigned(group.length).byte(types[group[0]!.type]);
      for (const local of group) this.#indices.set(local, this.#indices.size);
    }
    this.#block(fn.body);
    if (fn.result !== undefined) this.#value(fn.result);
    this.bytes.byte(opcode.end);
  }

  #block(block: readonly Instruction[]): void {
    for (const instruction of block) this.#instruction(instruction);
  }

  #instruction(instruction: Instruction): void {
    const { bytes } = this;
    switch (instruction.kind) {
      case 'comment':
        return;
      case 'set':
        this.#value(instruction.value);
        bytes.byte(opcode.set).unsigned(this.#local(instruction.local));
        return;
      case 'store':
        this.#value(instruction.address);
        this.#value(instruction.value);
        this.#memory(storeOf(instruction.store), instruction.offset);
        return;
      case 'clear':
        this.#value(instruction.address);
        bytes.byte(opcode.i32).signed(0).byte(opcode.i32).signed(instruction.bytes).raw([0xfc, 0x0b, 0x00]);
        return;
      case 'block':
      case 'loop':
        bytes.byte(opcode[instruction.kind]).byte(noValue);
        this.#inside(instruction.label, instruction.body);
        bytes.byte(opcode.end);
        return;
      case 'break': {
        if (instruction.condition !== undefined) this.#value(instruction.condition);
        const depth = this.#labels.length - 1 - this.#labels.lastIndexOf(instruction.label);
        bytes.byte(instruction.condition === undefined ? opcode.branch : opcode.branchIf).unsigned(depth);
        return;
      }
      case 'if':
        this.#value(instruction.condition);
        bytes.byte(opcode.if).byte(noValue);
        // An if is a label too, though nothing breaks to it.
        this.#inside('', instruction.then);
        if (instruction.otherwise.length > 0) {
          bytes.byte(opcode.else);
          this.#inside('', instruction.otherwise);
        }
        bytes.byte(opcode.end);
        return;
    }
  }

  #inside(label: string, body: readonly Instruction[]): void {
    this.#labels.push(label);
    this.#block(body);
    this.#labels.pop();
  }

  #value(code: Code): void {
    const { bytes } = this;
    switch (code.kind) {
      case 'number':
        if (code.type === 'i32') bytes.byte(opcode.i32).signed(code.value);
        else bytes.byte(opcode.f32).float(code.value);
        return;
      case 'vector':
        bytes.raw([0xfd, 0x0c]);
        for (const value of code.values) {
          if (code.lanes === 'f32x4') bytes.float(value);
          else bytes.word(value);
        }
        return;
      case 'get':
        bytes.byte(opcode.get).unsigned(this.#local(code.local));
        return;
      case 'apply': {
        code.args.forEach((arg) => this.#value(arg));
        const { prefix, code: number } = signatureOf(code.operation);
        if (prefix === undefined) bytes.byte(number);
        else bytes.byte(prefix).unsigned(number);
        if (code.lane !== undefined) bytes.byte(code.lane);
        return;
      }
      case 'shuffle':
        code.args.forEach((arg) => this.#value(arg));
        bytes.raw([0xfd, 0x0d, ...bytesOfLanes(code.lanes)]);
        return;
      case 'load':
        this.#value(code.address);
        this.#memory(loadOf(code.load), code.offset);
        return;
      case 'call':
        code.args.forEach((arg) => this.#value(arg));
        bytes.byte(opcode.call).unsigned(this.#functions.get(code.callee)!);
        return;
    }
  }

  #memory({ code, align }: MemoryInstruction, offset: number): void {
    this.bytes.raw(code).unsigned(align).unsigned(offset);
  }

  #local(local: Local): number {
    return this.#indices.get(local)!;
  }
}

/** Lanes of 32 bits as the bytes that i8x16.shuffle picks. */
export function bytesOfLanes(lanes: readonly number[]): readonly number[] {
  return lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
}
