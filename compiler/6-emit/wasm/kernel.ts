/**
 * A scheduled kernel as a function: (an address for each binding, that of the uniform block where it has scalars, that
 * of the thread's scratch memory where it needs some, from, to). It runs the workgroups from .. to - 1 of the flattened
 * dispatch, x fastest.
 */
import type { Statement } from '../../5-kernel/schedule/loops.ts';
import type { ScheduledKernel } from '../../5-kernel/schedule/scheduled.ts';
import * as b from './build.ts';
import { Values, type Given } from './expressions.ts';
import { bytesOf, layScratch } from './memory.ts';
import type { Code, Instruction, Local, WasmFunction } from './ir.ts';
import { Ranges } from './ranges.ts';
import { typeOf, type Scalars } from './scalars.ts';
import { Uses } from './uses.ts';
import { Writer } from './writer.ts';

export interface WasmKernel {
  readonly fn: WasmFunction;
  /** Bytes of scratch memory that a thread needs. */
  readonly scratch: number;
}

/** Arrays of fewer bytes are cleared a vector at a time. */
const mostCleared = 256;

export function legalise(kernel: ScheduledKernel, scalars: Scalars): WasmKernel {
  const { name, documentation, bindings, scalars: members, workgroups, body } = kernel;
  const writer = new Writer();
  const uses = new Uses(body.statements);
  const scratch = layScratch(body);
  const parameter = (hint: string, comment: string): Local & { readonly comment: string } => ({
    name: writer.name(hint),
    type: 'i32',
    comment,
  });
  const addresses = bindings.map(({ name: hint, tensor, storage, access }) => {
    const rows = tensor.role.kind === 'table' ? ['rows', ...tensor.shape.slice(1)] : tensor.shape;
    return parameter(hint, `[${rows.join(', ')}] ${storage}, ${access === 'read' ? 'read' : 'read and written'}`);
  });
  const uniforms = members.length === 0 ? [] : [parameter('uniforms', members.map((one) => one.name).join(', '))];
  const own = scratch.bytes === 0 ? [] : [parameter('scratch', `${scratch.bytes} bytes`)];
  const from = parameter('from', `the first of ${workgroups.join(' x ')} workgroups`);
  const to = parameter('to', 'and the one behind the last');
  const group = writer.local('group', 'i32');

  const read = members.map(({ name: hint, scalar }, i) => {
    const value = b.load(scalar === 'f32' ? 'f32.load' : 'i32.load', b.get(uniforms[0]!), 4 * i);
    return [hint, uses.uniforms.has(hint) ? writer.hold(hint, value) : value] as const;
  });
  const whole = writer.inside(() => {
    const places = new Map(placesOf(workgroups, b.get(group)).map(([place, value]) => {
      const held = uses.places.has(place) ? writer.hold(place.replace('.', '_'), value) : value;
      return [place, held] as const;
    })); // prettier-ignore
    const given: Given = {
      bindings: new Map(bindings.map((binding, i) => [binding.name, addresses[i]!])),
      uniforms: new Map(read),
      places,
      ...(own.length === 0 ? {} : { scratch: { local: own[0]!, offsets: scratch.offsets } }),
    };
    new Statements(given, writer, scalars, uses, new Ranges(workgroups)).write(body.statements);
  });
  writer.set(group, b.get(from));
  const rest = b.apply('i32.lt_u', b.get(group), b.get(to));
  const next: Instruction = { kind: 'set', local: group, value: b.sum(b.get(group), b.i32(1)) };
  const loop: Instruction = {
    kind: 'loop',
    label: 'workgroups',
    body: [...inBlock(whole), next, { kind: 'break', label: 'workgroups', condition: rest }],
  };
  writer.push({ kind: 'if', condition: rest, then: [loop], otherwise: [] });
  const fn: WasmFunction = {
    name,
    documentation,
    parameters: [...addresses, ...uniforms, ...own, from, to],
    body: writer.instructions,
    exported: true,
  };
  return { fn, scratch: scratch.bytes };
}

/** group = x + X (y + Y z) */
function placesOf([x, y, z]: readonly [number, number, number], group: Code): readonly (readonly [string, Code])[] {
  const hold = (code: Code): Code => code;
  const none = b.i32(0);
  const rows = b.quotient(group, b.i32(x), hold);
  return [
    ['group.x', x === 1 ? none : y * z === 1 ? group : b.remainder(group, b.i32(x), hold)],
    ['group.y', y === 1 ? none : z === 1 ? rows : b.remainder(rows, b.i32(y), hold)],
    ['group.z', z === 1 ? none : b.quotient(rows, b.i32(y), hold)],
    ['lane', none],
  ];
}

const workgroup = 'workgroup';

/** In a block of its own where a workgroup may end early. */
function inBlock(body: readonly Instruction[]): readonly Instruction[] {
  const ends = (instruction: Instruction): boolean => {
    if (instruction.kind === 'break') return instruction.label === workgroup;
    if (instruction.kind === 'if') return [...instruction.then, ...instruction.otherwise].some(ends);
    return (instruction.kind === 'loop' || instruction.kind === 'block') && instruction.body.some(ends);
  };
  return body.some(ends) ? [{ kind: 'block', label: workgroup, body }] : body;
}

/** Statements, one after the other. */
class Statements {
  readonly #values: Values;
  readonly #writer: Writer;
  readonly #uses: Uses;
  readonly #ranges: Ranges;
  readonly #given: Given;
  /** Loops around the statement, that over workgroups among them. */
  #depth = 1;

  constructor(given: Given, writer: Writer, scalars: Scalars, uses: Uses, ranges: Ranges) {
    this.#given = given;
    this.#values = new Values(given, writer, scalars, ranges);
    this.#writer = writer;
    this.#uses = uses;
    this.#ranges = ranges;
  }

  write(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    const writer = this.#writer;
    switch (statement.kind) {
      case 'comment':
        return writer.push(statement);
      case 'declare':
        return this.#declare(statement);
      case 'assign':
        return writer.set(this.#values.localOf(statement.variable), this.#values.of(statement.value));
      case 'store': {
        if (statement.binding.storage === 'u8') throw new Error('bytes are only read');
        const at = this.#values.bindingAt(statement.binding, statement.index);
        return this.#store(at, this.#values.of(statement.value));
      }
      case 'array':
        return this.#array(statement);
      case 'put': {
        const at = this.#values.elementAt(statement.array, statement.index);
        return this.#store(at, this.#values.of(statement.value));
      }
      case 'for':
        return this.#for(statement);
      case 'if': {
        const condition = this.#values.of(statement.condition);
        if (condition.kind === 'number') {
          return writer.splice(() => this.write(condition.value === 0 ? statement.otherwise : statement.then));
        }
        const then = writer.inside(() => this.write(statement.then));
        const otherwise = writer.inside(() => this.write(statement.otherwise));
        return writer.push({ kind: 'if', condition, then, otherwise });
      }
      case 'barrier':
      case 'matrix':
      case 'multiply':
      case 'put-matrix':
        throw new Error("a processor's kernels have no lanes");
      case 'return':
        return writer.push({ kind: 'break', label: workgroup });
    }
  }

  #declare({ variable, value: undecided }: Statement & { readonly kind: 'declare' }): void {
    const value = this.#ranges.decided(undecided);
    const spread = this.#uses.isSpread(variable);
    const isFixed = !variable.mutable && this.#uses.isLasting(value);
    const code = spread
      ? this.#values.of({ kind: 'splat', scalar: value.scalar, width: 4, arg: value })
      : this.#values.of(value);
    const local = this.#writer.local(variable.name, code.type);
    this.#writer.set(local, code);
    if (!variable.mutable) this.#ranges.declare(variable, value);
    const known = !variable.mutable && (code.kind === 'number' || code.kind === 'vector') ? { known: code } : {};
    const definition = isFixed ? { definition: value } : {};
    this.#values.declare(variable, { local, spread, depth: this.#depth, ...known, ...definition });
  }

  #store({ address, offset }: { readonly address: Code; readonly offset: number }, value: Code): void {
    const store = value.type === 'v128' ? 'v128.store' : value.type === 'f32' ? 'f32.store' : 'i32.store';
    this.#writer.push({ kind: 'store', store, address, offset, value });
  }

  #array({ array, values }: Statement & { readonly kind: 'array' }): void {
    const { local, offsets } = this.#given.scratch!;
    const start = offsets.get(array.name)!;
    const bytes = bytesOf(array);
    if (values !== undefined) {
      values.forEach((value, i) => {
        this.#store({ address: b.get(local), offset: start + 4 * array.width * i }, this.#values.of(value));
      });
    } else if (bytes < mostCleared) {
      // Arrays end at a line of the cache, so that the last vector may reach past the array.
      for (let at = 0; at < bytes; at += 16) {
        this.#store({ address: b.get(local), offset: start + at }, b.splat(b.i32(0)));
      }
    } else {
      this.#writer.push({ kind: 'clear', address: b.sum(b.get(local), b.i32(start)), bytes });
    }
  }

  #for({ variable, from, below, step, body }: Statement & { readonly kind: 'for' }): void {
    const writer = this.#writer;
    const [first, end, by] = [this.#ranges.of(from), this.#ranges.of(below), this.#ranges.of(step)];
    const apart = this.#values.distance(from, below);
    this.#ranges.loop(variable, from, below, step);
    const local = writer.local(variable.name, typeOf(variable.scalar, 1));
    // Asked for again and again: held where it stays the same.
    const limit = this.#uses.isLasting(below) ? writer.hold(`end_${variable.name}`, this.#values.of(below)) : undefined;
    writer.set(local, this.#values.of(from));
    this.#depth++;
    this.#values.declare(variable, { local, spread: false, depth: this.#depth });
    const more = (): Code => b.apply('i32.lt_u', b.get(local), limit ?? this.#values.of(below));
    const inner = writer.inside(() => this.write(body));
    const label = writer.name(`for_${variable.name}`);
    const again = writer.inside(() => {
      writer.set(local, b.sum(b.get(local), this.#values.of(step)));
      writer.push({ kind: 'break', label, condition: more() });
    });
    this.#depth--;
    const loop: Instruction = { kind: 'loop', label, body: [...inner, ...again] };
    if (apart !== undefined ? apart > 0 : first.high < end.low) {
      const once = apart === undefined ? first.low === first.high && first.low + by.low >= end.high : apart <= by.low;
      return once ? writer.append(inner) : writer.push(loop);
    }
    const condition = more();
    writer.push({ kind: 'if', condition, then: [loop], otherwise: [] });
  }
}
