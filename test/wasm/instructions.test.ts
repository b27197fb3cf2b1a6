/** Every instruction, encoded and run by the engine, against what its name means. */
import { describe, expect, test } from 'vitest';
import { encode } from '../../compiler/6-emit/wasm/binary.ts';
import * as b from '../../compiler/6-emit/wasm/build.ts';
import { operations, signatureOf, type Operation, type ValueType } from '../../compiler/6-emit/wasm/instructions.ts';
import type { Code, Instruction, Local } from '../../compiler/6-emit/wasm/ir.ts';
import { withoutRelaxed } from '../../compiler/6-emit/wasm/plain.ts';
import { verifyModule } from '../../compiler/6-emit/wasm/verify.ts';
import { findSimd } from '../../runtime/cpu/engine.ts';

const hasRelaxed = findSimd() === 'relaxed';

/** Words in memory that operands are read from, and the result written to. */
const operandAt = 1024;
const resultAt = 4096;

type Words = readonly number[];

/** Runs the body over a memory whose words from `operandAt` on are given; the four words at `resultAt`. */
function run(body: readonly Instruction[], words: Words, relaxed: boolean): Words {
  const base: Local = { name: 'base', type: 'i32' };
  const fn = { name: 'f', documentation: [], parameters: [base], body, exported: true };
  const module = { functions: [fn] };
  verifyModule(module);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  new Uint32Array(memory.buffer, operandAt, words.length).set(words);
  const bytes = encode(relaxed ? module : withoutRelaxed(module));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { vaec: { memory } });
  (exports['f'] as (base: number) => void)(0);
  return [...new Uint32Array(memory.buffer, resultAt, 4)];
}

const loads = { i32: 'i32.load', f32: 'f32.load', v128: 'v128.load' } as const;
const stores = { i32: 'i32.store', f32: 'f32.store', v128: 'v128.store' } as const;

/** Operand i of the type: its words begin at operandAt + 16 i. */
function operand(type: ValueType, i: number): Code {
  return b.load(loads[type], b.i32(0), operandAt + 16 * i);
}

function stored(value: Code): Instruction {
  return { kind: 'store', store: stores[value.type], address: b.i32(0), offset: resultAt, value };
}

const floatOf = (word: number): number => new Float32Array(Uint32Array.of(word).buffer)[0]!;
const wordOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;
const signed = (word: number): number => word | 0;

/** Meanings on floats, on words as unsigned numbers, and comparisons of either; by the last part of the name. */
const onFloats: Readonly<Record<string, (...args: number[]) => number>> = {
  add: (x, y) => x! + y!,
  sub: (x, y) => x! - y!,
  mul: (x, y) => x! * y!,
  div: (x, y) => x! / y!,
  min: (x, y) => Math.min(x!, y!),
  max: (x, y) => Math.max(x!, y!),
  pmin: (x, y) => (y! < x! ? y! : x!),
  pmax: (x, y) => (x! < y! ? y! : x!),
  abs: (x) => Math.abs(x!),
  neg: (x) => -x!,
  ceil: (x) => Math.ceil(x!),
  floor: (x) => Math.floor(x!),
  trunc: (x) => Math.trunc(x!),
  nearest: (x) => (Math.abs(x! % 1) === 0.5 ? 2 * Math.round(x! / 2) : Math.round(x!)),
  sqrt: (x) => Math.sqrt(x!),
  copysign: (x, y) => (y! < 0 || Object.is(y, -0) ? -Math.abs(x!) : Math.abs(x!)),
};
const onWords: Readonly<Record<string, (...args: number[]) => number>> = {
  eqz: (x) => Number(x === 0),
  add: (x, y) => x! + y!,
  sub: (x, y) => x! - y!,
  mul: (x, y) => Math.imul(x!, y!),
  div_u: (x, y) => Math.floor(x! / y!),
  rem_u: (x, y) => x! % y!,
  and: (x, y) => x! & y!,
  andnot: (x, y) => x! & ~y!,
  or: (x, y) => x! | y!,
  xor: (x, y) => x! ^ y!,
  not: (x) => ~x!,
  bitselect: (x, y, mask) => (x! & mask!) | (y! & ~mask!),
  shl: (x, y) => x! << y!,
  shr_u: (x, y) => x! >>> y!,
  shr_s: (x, y) => x! >> y!,
  abs: (x) => Math.abs(signed(x!)),
  neg: (x) => -signed(x!),
  min_u: (x, y) => Math.min(x!, y!),
  min_s: (x, y) => Math.min(signed(x!), signed(y!)),
  max_u: (x, y) => Math.max(x!, y!),
  max_s: (x, y) => Math.max(signed(x!), signed(y!)),
};
const compared: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  gt: (x, y) => x > y,
  le: (x, y) => x <= y,
  ge: (x, y) => x >= y,
};
const saturated = (x: number, low: number, high: number): number => Math.min(Math.max(Math.trunc(x), low), high);
/** From one type to another. */
const conversions: Readonly<Record<string, (word: number) => number>> = {
  convert_i32_s: (word) => wordOf(signed(word)),
  convert_i32_u: (word) => wordOf(word),
  convert_i32x4_s: (word) => wordOf(signed(word)),
  convert_i32x4_u: (word) => wordOf(word),
  reinterpret_f32: (word) => word,
  reinterpret_i32: (word) => word,
  trunc_sat_f32_s: (word) => saturated(floatOf(word), -(2 ** 31), 2 ** 31 - 1),
  trunc_sat_f32_u: (word) => saturated(floatOf(word), 0, 2 ** 32 - 1),
  trunc_sat_f32x4_s: (word) => saturated(floatOf(word), -(2 ** 31), 2 ** 31 - 1),
  trunc_sat_f32x4_u: (word) => saturated(floatOf(word), 0, 2 ** 32 - 1),
};

/** What one lane of the result is, from the same lane of each operand; truths of vectors are all ones. */
function meaningOf(operation: Operation): ((words: Words) => number) | undefined {
  const [shape, name = ''] = operation.split('.') as [string, string?];
  const isVector = shape.endsWith('x4') || shape === 'v128';
  const comparison = compared[name.replace(/_[su]$/, '')];
  if (comparison !== undefined) {
    const read = shape.startsWith('f')
      ? floatOf
      : name.endsWith('_s') || !name.includes('_')
        ? signed
        : (x: number) => x;
    return ([x, y]) => (comparison(read(x!), read(y!)) ? (isVector ? 0xffffffff : 1) : 0);
  }
  const convert = conversions[name];
  if (convert !== undefined) return ([x]) => convert(x!) >>> 0;
  if (shape.startsWith('f')) {
    const float = onFloats[name];
    return float && ((words) => wordOf(float(...words.map(floatOf))));
  }
  const word = onWords[name];
  return word && ((words) => word(...words) >>> 0);
}

const floats = [1.5, -2.25, 0, 3e9, -0.5, 2.5, -7, 1e-3].map(wordOf);
const whole = [5, 0xfffffff0, 3, 0x80000001, 7, 31, 1, 0x7fffffff];

/** Four words an operand; shifts and divisors are small and not 0. */
function operands(operation: Operation): readonly Words[] {
  const { takes } = signatureOf(operation);
  const isFloat = /^f32|trunc_sat|reinterpret_f32/.test(operation) && !/convert|reinterpret_i32/.test(operation);
  const pool = isFloat ? floats : whole;
  return takes.map((_, i) => [0, 1, 2, 3].map((lane) => pool[(3 * i + 2 * lane) % pool.length]!));
}

describe.each(hasRelaxed ? [true, false] : [false])('with relaxed instructions: %s', (relaxed) => {
  const plain = operations.filter((operation) => meaningOf(operation) !== undefined);
  test.each(plain)('%s', (operation) => {
    const { takes, gives } = signatureOf(operation);
    const words = operands(operation);
    const value = b.apply(operation, ...takes.map(operand));
    const got = run([stored(value)], words.flat(), relaxed);
    for (let lane = 0; lane < (gives === 'v128' ? 4 : 1); lane++) {
      // A number beside a vector, such as a shift's, is the same for all lanes.
      const args = words.map((four, i) => four[takes[i] === 'v128' ? lane : 0]!);
      expect(got[lane], `lane ${lane} of (${args.join(', ')})`).toBe(meaningOf(operation)!(args));
    }
  });

  test('the others are tried below', () => {
    const others = operations.filter((operation) => !plain.includes(operation));
    const lanes = ['i32x4', 'f32x4'].flatMap((shape) => ['splat', 'extract_lane', 'replace_lane'].map((name) => `${shape}.${name}`)); // prettier-ignore
    const relaxedOnes = ['f32x4.relaxed_madd', 'f32x4.relaxed_nmadd', 'i32x4.relaxed_laneselect'];
    const widened = ['i16x8.extend_low_i8x16_u', 'i32x4.extend_low_i16x8_u'];
    expect([...others].sort()).toEqual(['select_i32', 'select_f32', ...lanes, ...relaxedOnes, ...widened].sort());
  });

  test('multiply-add is a b + c, nmadd c - a b, for numbers that need no rounding', () => {
    const words = [[1.5, -2, 3, 0.25], [4, 5, -6, 8], [100, 0.5, -1, 0]].flat().map(wordOf); // prettier-ignore
    const args = [0, 1, 2].map((i) => operand('v128', i));
    const madd = run([stored(b.apply('f32x4.relaxed_madd', ...args))], words, relaxed);
    expect(madd.map(floatOf)).toEqual([106, -9.5, -19, 2]);
    const nmadd = run([stored(b.apply('f32x4.relaxed_nmadd', ...args))], words, relaxed);
    expect(nmadd.map(floatOf)).toEqual([94, 10.5, 17, -2]);
  });

  test('lane select takes the first where the mask is set', () => {
    const words = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [0xffffffff, 0, 0, 0xffffffff],
    ].flat();
    const value = b.apply('i32x4.relaxed_laneselect', ...[0, 1, 2].map((i) => operand('v128', i)));
    expect(run([stored(value)], words, relaxed)).toEqual([1, 6, 7, 4]);
  });
});

describe('lanes', () => {
  const words = [1, 2, 3, 4, 5, 6, 7, 8];
  const [a, c] = [operand('v128', 0), operand('v128', 1)];
  test.each<[string, Code, Words]>([
    ['splat', b.splat(operand('i32', 0)), [1, 1, 1, 1]],
    ['splat of a lane', b.splat(b.extract('i32', a, 2)), [3, 3, 3, 3]],
    ['splat of memory', b.load('v128.load32_splat', b.i32(0), operandAt + 4), [2, 2, 2, 2]],
    ['zeros behind a word', b.load('v128.load32_zero', b.i32(0), operandAt + 8), [3, 0, 0, 0]],
    ['replaced', b.atLane('i32x4.replace_lane', 3, a, b.i32(9)), [1, 2, 3, 9]],
    ['shuffled', b.shuffle([0, 5, 7, 2], a, c), [1, 6, 8, 3]],
    ['a constant', b.vector('i32x4', [1, -1, 0, 7]), [1, 0xffffffff, 0, 7]],
    ['assembled', b.assemble([3, 1, 0, 2].map((lane) => b.extract('i32', a, lane))), [4, 2, 1, 3]],
    ['bytes widened', b.apply('i32x4.extend_low_i16x8_u', b.apply('i16x8.extend_low_i8x16_u', b.vector('i32x4', [0x04ff0201, 0, 0, 0]))), [1, 2, 255, 4]],
  ])('%s', (_, value, expected) => expect(run([stored(value)], words, false)).toEqual(expected)); // prettier-ignore

  test('a transposition is put together from two vectors at a time', () => {
    const locals = ['a', 'b', 'c', 'd'].map((name): Local => ({ name, type: 'v128' }));
    const set = locals.map((local, i): Instruction => ({ kind: 'set', local, value: operand('v128', i) }));
    const numbers = Array.from({ length: 16 }, (_, i) => i);
    for (let lane = 0; lane < 4; lane++) {
      const row = b.assemble(locals.map((local) => b.extract('i32', b.get(local), lane)));
      expect(row.kind).toBe('shuffle');
      expect(run([...set, stored(row)], numbers, false)).toEqual([0, 4, 8, 12].map((i) => i + lane));
    }
  });

  test('select takes the first where the condition holds', () => {
    const choice = (condition: number): Code => b.apply('select_i32', b.i32(11), b.i32(22), b.i32(condition));
    expect(run([stored(choice(1))], [], false)[0]).toBe(11);
    expect(run([stored(choice(0))], [], false)[0]).toBe(22);
    const float = b.apply('select_f32', b.f32(1.5), b.f32(2.5), b.i32(0));
    expect(floatOf(run([stored(float)], [], false)[0]!)).toBe(2.5);
  });
});

describe('numbers', () => {
  test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 2 ** 31 - 1, -(2 ** 31), 0xdeadbeef])('the word %i', (value) => {
    expect(run([stored(b.i32(value))], [], false)[0]).toBe(value >>> 0);
  });
  test.each([0, -0, 0.1, -1e30, Infinity, 2 ** -149, Math.PI])('the float %d', (value) => {
    expect(run([stored(b.f32(value))], [], false)[0]).toBe(wordOf(value));
  });
  test('an offset of many bytes', () => {
    const far = b.load('i32.load', b.i32(1), 20003);
    const write: Instruction = {
      kind: 'store',
      store: 'i32.store',
      address: b.i32(4),
      offset: 20000,
      value: b.i32(77),
    };
    expect(run([write, stored(far)], [], false)[0]).toBe(77);
  });
});

describe('statements', () => {
  const i: Local = { name: 'i', type: 'i32' };
  const total: Local = { name: 'total', type: 'i32' };
  const set = (local: Local, value: Code): Instruction => ({ kind: 'set', local, value });
  const below = (n: number): Code => b.apply('i32.lt_u', b.get(i), b.i32(n));

  test('a loop, a choice in it, and a way out', () => {
    // Of 0, 1, … 9 the odd ones below 7 count once, the even ones tenfold; 8 ends it all.
    const odd = b.apply('i32.and', b.get(i), b.i32(1));
    const body: readonly Instruction[] = [
      { kind: 'break', label: 'out', condition: b.apply('i32.eq', b.get(i), b.i32(8)) },
      {
        kind: 'if',
        condition: odd,
        then: [{ kind: 'if', condition: below(7), then: [set(total, b.sum(b.get(total), b.get(i)))], otherwise: [] }],
        otherwise: [set(total, b.sum(b.get(total), b.times(b.get(i), b.i32(10))))],
      },
      set(i, b.sum(b.get(i), b.i32(1))),
      { kind: 'break', label: 'again', condition: below(10) },
    ];
    const all: readonly Instruction[] = [
      { kind: 'comment', text: 'counts' },
      set(i, b.i32(0)),
      set(total, b.i32(0)),
      { kind: 'block', label: 'out', body: [{ kind: 'loop', label: 'again', body }] },
      stored(b.get(total)),
    ];
    expect(run(all, [], false)[0]).toBe(1 + 3 + 5 + 10 * (2 + 4 + 6));
  });

  test('memory is cleared as far as told', () => {
    const clear: Instruction = { kind: 'clear', address: b.i32(operandAt), bytes: 8 };
    expect(run([clear, stored(operand('v128', 0))], [1, 2, 3, 4], false)).toEqual([0, 0, 3, 4]);
  });

  test('a function gives its value to its caller', () => {
    const x: Local = { name: 'x', type: 'f32' };
    const half = { name: 'half', documentation: [], parameters: [x], body: [], result: b.apply('f32.mul', b.get(x), b.f32(0.5)), exported: false }; // prettier-ignore
    const call: Code = { kind: 'call', type: 'f32', callee: half, args: [b.f32(9)] };
    const main = { name: 'main', documentation: [], parameters: [], body: [stored(call)], exported: true };
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const module = new WebAssembly.Module(encode({ functions: [half, main] }));
    (new WebAssembly.Instance(module, { vaec: { memory } }).exports['main'] as () => void)();
    expect(new Float32Array(memory.buffer, resultAt, 1)[0]).toBe(4.5);
  });
});
