/**
 * The functions that WebAssembly lacks, in both forms and at both widths, against float64: on dense grids, at random
 * bits, and at the numbers where they end. Their bounds are stricter than what the ops and WGSL allow.
 */
import { describe, expect, test } from 'vitest';
import { exp as expOp, log as logOp, pow as powOp, tanh as tanhOp } from '../../compiler/ops/exponential.ts';
import { cos as cosOp } from '../../compiler/ops/trigonometric.ts';
import type { Op } from '../../compiler/ops/op.ts';
import { findSimd, type Simd } from '../../runtime/cpu/engine.ts';
import { elementwise } from '../support/elementwise.ts';
import { ulp } from '../../compiler/5-kernel/rounding.ts';
import { runKernel } from '../support/kernel-wasm.ts';
import { randomFrom } from '../support/kernels.ts';

const forms: readonly Simd[] = findSimd() === 'relaxed' ? ['relaxed', 'plain'] : ['plain'];
const widths = [1, 4] as const;
const smallestNormal = 2 ** -126;

type Name = 'exp' | 'exp2' | 'log' | 'log2' | 'tanh' | 'sin' | 'cos' | 'pow';

interface Function {
  readonly reference: (...args: number[]) => number;
  /** How far the result may be from the exact one. */
  readonly bound: (exact: number, ...args: number[]) => number;
  /** A dense grid: from, to. */
  readonly grid: readonly [number, number];
  /** Defined for all f32 numbers; the others are tried on their grid alone. */
  readonly everywhere: boolean;
  readonly special: readonly (readonly number[])[];
}

const units =
  (count: number) =>
  (exact: number): number =>
    count * ulp(exact);
/** Results below the normal numbers are 0. */
const flushed =
  (count: number) =>
  (exact: number): number =>
    Math.abs(exact) < smallestNormal ? smallestNormal : count * ulp(exact);
const ends = [[0], [-0], [Infinity], [-Infinity], [NaN], [2 ** -149], [-(2 ** -149)], [smallestNormal]];
const largest = [3.4028234663852886e38];
const around = (x: number): readonly (readonly number[])[] =>
  [x, x * (1 - 2 ** -23), x * (1 + 2 ** -23)].map((y) => [y]);

const functions: Readonly<Record<Name, Function>> = {
  exp: {
    reference: Math.exp,
    bound: flushed(1.5),
    grid: [-88, 89],
    everywhere: true,
    special: [...ends, largest, ...around(88.72283935546875), ...around(-87.33654022216797), [-103.97], [1]],
  },
  exp2: {
    reference: (x) => 2 ** x,
    bound: flushed(2),
    grid: [-127, 129],
    everywhere: true,
    special: [...ends, largest, ...around(128), ...around(-126), ...around(0.5), [-149], [1]],
  },
  log: {
    reference: Math.log,
    bound: units(1),
    grid: [0.4, 2.1],
    everywhere: true,
    special: [...ends, largest, ...around(1), ...around(Math.SQRT2), ...around(Math.SQRT1_2)],
  },
  log2: {
    reference: Math.log2,
    bound: units(2),
    grid: [0.4, 2.1],
    everywhere: true,
    special: [...ends, largest, ...around(1), ...around(Math.SQRT2), ...around(Math.SQRT1_2)],
  },
  tanh: {
    reference: Math.tanh,
    bound: (exact) => 4 * ulp(exact),
    grid: [-10, 10],
    everywhere: true,
    special: [...ends, largest, ...around(0.65), ...around(-44)],
  },
  sin: {
    reference: Math.sin,
    bound: () => 2e-7,
    grid: [-10000, 10000],
    everywhere: false,
    special: [[0], [NaN], ...around(Math.PI)],
  },
  cos: {
    reference: Math.cos,
    bound: () => 2e-7,
    grid: [-10000, 10000],
    everywhere: false,
    special: [[0], [NaN], ...around(Math.PI / 2)],
  },
  pow: {
    reference: (x, y) => x ** y,
    bound: (exact, x, y) => flushed(2 + 4 * Math.abs(y! * Math.log2(x!)))(exact),
    grid: [0.001, 40],
    everywhere: false,
    special: [[0, 2], [0, 0], [7, 0], [1, 1e6], [2, 127], [2, 128], [2, -126], [3, NaN], [NaN, 2], [Infinity, 0.5]],
  }, // prettier-ignore
};

describe.each(forms)('%s', (form) => {
  describe.each(Object.keys(functions) as Name[])('%s', (name) => {
    test.each(widths)('%i at a time', (width) => {
      const fn = functions[name];
      const cases = casesOf(name, fn);
      const arity = cases[0]!.length;
      const inputs = Array.from({ length: arity }, (_, i) => Float32Array.from(cases, (args) => args[i]!));
      const arrays = new Map(inputs.map((values, i) => [`x${i}`, values]));
      const got = runKernel(elementwise(name, arity, cases.length, width), form, arrays).get('y')!;
      cases.forEach((_, i) => {
        const args = inputs.map((values) => values[i]!);
        const exact = fn.reference(...args);
        // Past the largest float the f32 number nearest to it is infinite; NaN is NaN.
        const near = Math.fround(exact);
        const right =
          Object.is(got[i]!, near) || (Number.isFinite(near) && Math.abs(got[i]! - exact) <= fn.bound(exact, ...args));
        if (!right) expect.fail(`${name}(${args.join(', ')}) is ${got[i]!}, not ${exact}`);
      });
    });
  });
});

test.each<[Name, Op, readonly (readonly number[])[]]>([
  ['exp', expOp, [[-87], [-1], [0], [1e-9], [88]]],
  ['log', logOp, [[1e-30], [0.7], [1.0001], [3], [1e30]]],
  ['tanh', tanhOp, [[-8], [1e-6], [0.5], [30]]],
  ['cos', cosOp, [[0], [1.57], [3], [9000]]],
  [
    'pow',
    powOp,
    [
      [1e-3, 2],
      [0.999, 900],
      [2, 0.5],
      [40, -7],
    ],
  ],
])('%s is bound more strictly than the op allows', (name, { reference, tolerance }, points) => {
  for (const args of points) {
    const exact = reference(...args);
    const ulps = typeof tolerance.ulp === 'function' ? tolerance.ulp(...args) : tolerance.ulp;
    expect(functions[name].bound(exact, ...args)).toBeLessThanOrEqual(ulps * ulp(exact) + (tolerance.absolute ?? 0));
  }
});

const gridPoints = 20000;
const randomPoints = 20000;

/** A multiple of four of them. */
function casesOf(name: Name, { grid: [from, to], everywhere, special }: Function): readonly (readonly number[])[] {
  const random = randomFrom(1);
  const grid = Array.from({ length: gridPoints }, (_, i) => from + ((to - from) * i) / gridPoints);
  const words = Uint32Array.from({ length: randomPoints }, () => Math.floor(random() * 2 ** 32));
  const anything = everywhere ? [...new Float32Array(words.buffer)] : [];
  const ones = [...grid, ...anything].map((x) => (name === 'pow' ? [x, random() * 16 - 8] : [x]));
  const all = [...special, ...ones];
  return all.slice(0, Math.floor(all.length / 4) * 4);
}
