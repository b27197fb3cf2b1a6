/** A module as text for people: the text format of WebAssembly, expressions folded, locals by name. */
import { markedLines } from '../wgsl/wrap.ts';
import { bytesOfLanes } from './binary.ts';
import { spelling } from './instructions.ts';
import { numberText } from './numbers.ts';
import { localsOf, partsOf, type Code, type Instruction, type WasmFunction, type WasmModule } from './ir.ts';

const width = 120;

/** What the last function is for stands at the head, a comment a line. */
export function printModule({ functions }: WasmModule): string {
  const printer = new Printer();
  printer.comment(functions.at(-1)!.documentation);
  printer.line('');
  printer.line('(module');
  printer.inside(() => {
    printer.line('(import "vaec" "memory" (memory 1 65536 shared))');
    for (const fn of functions) {
      printer.line('');
      printer.fn(fn);
    }
  });
  printer.line(')');
  return printer.text;
}

/** A value as it is spelled, with the length that it has on one line. */
interface Spelled {
  readonly head: string;
  readonly args: readonly Spelled[];
  readonly length: number;
}

class Printer {
  readonly #lines: string[] = [];
  readonly #numbers = new Map<number, string>();
  #indent = '';

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  line(text: string): void {
    this.#lines.push(text === '' ? '' : this.#indent + text);
  }

  inside(print: () => void): void {
    const outer = this.#indent;
    this.#indent = `${outer}  `;
    print();
    this.#indent = outer;
  }

  comment(lines: readonly string[]): void {
    for (const line of lines.flatMap((one) => markedLines(';;', one))) this.line(line);
  }

  fn(fn: WasmFunction): void {
    const { name, exported, parameters, result, documentation, body } = fn;
    // What an exported function is for stands at the head of the module.
    if (!exported) this.comment(documentation);
    this.line(`(func $${name}${exported ? ` (export "${name}")` : ''}`);
    this.inside(() => {
      const declared = parameters.map((one) => `(param $${one.name} ${one.type})`);
      const column = Math.max(...declared.map((text) => text.length));
      if (parameters.every(({ comment }) => comment === undefined)) this.line(declared.join(' '));
      else parameters.forEach(({ comment = '' }, i) => this.line(`${declared[i]!.padEnd(column)}  ;; ${comment}`));
      if (result !== undefined) this.line(`(result ${result.type})`);
      this.#filled(localsOf(fn).map((local) => `(local $${local.name} ${local.type})`));
      this.#block(body);
      if (result !== undefined) this.#value(this.#spell(result), '');
    });
    this.line(')');
  }

  #block(body: readonly Instruction[]): void {
    for (const instruction of body) this.#instruction(instruction);
  }

  #instruction(instruction: Instruction): void {
    switch (instruction.kind) {
      case 'comment':
        return this.comment([instruction.text]);
      case 'set':
        return this.#form(`local.set $${instruction.local.name}`, instruction.value);
      case 'store': {
        const { store, offset, address, value } = instruction;
        return this.#form(store + offsetText(offset), address, value);
      }
      case 'clear': {
        const [zero, bytes] = [0, instruction.bytes].map((value): Code => ({ kind: 'number', type: 'i32', value }));
        return this.#form('memory.fill', instruction.address, zero!, bytes!);
      }
      case 'block':
      case 'loop':
        return this.#nested(`(${instruction.kind} $${instruction.label}`, instruction.body);
      case 'break': {
        const { label, condition } = instruction;
        if (condition === undefined) return this.line(`(br $${label})`);
        return this.#form(`br_if $${label}`, condition);
      }
      case 'if': {
        const condition = this.#spell(instruction.condition);
        const fits = this.#indent.length + condition.length + 4 <= width;
        this.line(fits ? `(if ${flat(condition)}` : '(if');
        this.inside(() => {
          if (!fits) this.#value(condition, '');
          this.#nested('(then', instruction.then);
          if (instruction.otherwise.length > 0) this.#nested('(else', instruction.otherwise);
        });
        return this.line(')');
      }
    }
  }

  #nested(head: string, body: readonly Instruction[]): void {
    this.line(head);
    this.inside(() => this.#block(body));
    this.line(')');
  }

  #form(head: string, ...args: readonly Code[]): void {
    this.#value(
      spelled(
        head,
        args.map((arg) => this.#spell(arg)),
      ),
      '',
    );
  }

  /** On one line where it fits, else each argument on lines of its own; `close` ends what it is part of. */
  #value(value: Spelled, close: string): void {
    if (this.#indent.length + value.length + close.length <= width || value.args.length === 0) {
      return this.line(flat(value) + close);
    }
    this.line(`(${value.head}`);
    this.inside(() => {
      value.args.forEach((arg, i) => this.#value(arg, i === value.args.length - 1 ? `${close})` : ''));
    });
  }

  #spell(code: Code): Spelled {
    return spelled(
      this.#head(code),
      partsOf(code).map((part) => this.#spell(part)),
    );
  }

  #head(code: Code): string {
    switch (code.kind) {
      case 'number':
        return `${code.type}.const ${this.#number(code.value, code.type)}`;
      case 'vector': {
        const type = code.lanes === 'f32x4' ? 'f32' : 'i32';
        return `v128.const ${code.lanes} ${code.values.map((value) => this.#number(value, type)).join(' ')}`;
      }
      case 'get':
        return `local.get $${code.local.name}`;
      case 'apply':
        return code.lane === undefined ? spelling(code.operation) : `${code.operation} ${code.lane}`;
      case 'shuffle':
        return `i8x16.shuffle ${bytesOfLanes(code.lanes).join(' ')}`;
      case 'load':
        return code.load + offsetText(code.offset);
      case 'call':
        return `call $${code.callee.name}`;
    }
  }

  #number(value: number, type: 'i32' | 'f32'): string {
    if (type === 'i32') return numberText(value, type);
    const known = this.#numbers.get(value);
    // Both zeros are one key.
    if (known !== undefined && value !== 0) return known;
    const text = numberText(value, type);
    this.#numbers.set(value, text);
    return text;
  }

  /** Short words side by side, as many as fit a line. */
  #filled(words: readonly string[]): void {
    let line = '';
    for (const word of words) {
      if (line !== '' && this.#indent.length + line.length + 1 + word.length > width) {
        this.line(line);
        line = '';
      }
      line = line === '' ? word : `${line} ${word}`;
    }
    if (line !== '') this.line(line);
  }
}

function spelled(head: string, args: readonly Spelled[]): Spelled {
  return { head, args, length: args.reduce((sum, arg) => sum + 1 + arg.length, head.length + 2) };
}

function flat({ head, args }: Spelled): string {
  return args.length === 0 ? `(${head})` : `(${head} ${args.map(flat).join(' ')})`;
}

function offsetText(offset: number): string {
  return offset === 0 ? '' : ` offset=${offset}`;
}
