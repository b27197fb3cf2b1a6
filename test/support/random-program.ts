/**
 * Random well-typed tensor functions, for properties: any pass keeps the values, any device computes them. Shapes are
 * small and odd, extents of 1 among them. A step whose values leave the tame range is not taken, so that a difference
 * found is never one between infinities.
 */
import * as fc from 'fast-check';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import {
  argumentsOf,
  sizeOf,
  topological,
  type Node,
  type Table,
  type TensorFunction,
} from '../../compiler/4-tensor/ir.ts';
import { evaluate, type Tables } from '../../compiler/4-tensor/reference.ts';
import { random } from '../distributions/random.ts';
import { kinked, smooth, type Draw } from './random-steps.ts';

export interface RandomProgram {
  readonly b: Builder;
  readonly fn: TensorFunction;
  /** f32 numbers for every input of the function, and for those it does not reach. */
  readonly inputs: ReadonlyMap<Node, readonly number[]>;
  /** The stored bytes of the one table that batches read. */
  readonly tables: Tables;
}

/** Grey values of two by three pixels; its rows are bytes from a fixed stream. */
export const table: Table = { set: 'random', field: 'x', storage: 'u8', rowShape: [2, 3], scale: 1 / 255 };
const tableRows = 11;

export interface RandomProgramOptions {
  /** Only nodes that have derivatives everywhere. */
  readonly smooth?: boolean;
  /** Zeros of both signs, tiny and large numbers among the inputs. */
  readonly extreme?: boolean;
  readonly steps?: number;
}

const shapes: readonly (readonly number[])[] = [
  [],
  [1],
  [3],
  [7],
  [2, 3],
  [3, 1],
  [1, 5],
  [5, 3],
  [3, 2, 3],
  [1, 7, 2],
];
const extremes = [0, -0, 1, -1, 2 ** -100, -(2 ** -126), 1000, -1000, 0.5, 16777215];

/** Shrinks to fewer steps and to earlier choices; prints as its tensor function. */
export function randomProgram(options: RandomProgramOptions = {}): fc.Arbitrary<RandomProgram> {
  const step = fc.array(fc.nat({ max: 1000 }), { minLength: 8, maxLength: 8 });
  const recipe = fc.record({
    seed: fc.nat({ max: 10_000 }),
    sizes: fc.array(fc.nat({ max: shapes.length - 1 }), { minLength: 2, maxLength: 4 }),
    steps: fc.array(step, { minLength: 1, maxLength: options.steps ?? 20, size: 'max' }),
  });
  // Without a bias to small numbers, every step and every length is as likely as the next.
  return fc.noBias(recipe).map(({ seed, sizes, steps }) => build(seed, sizes, steps, options));
}

function build(
  seed: number,
  sizes: readonly number[],
  steps: readonly (readonly number[])[],
  options: RandomProgramOptions,
): RandomProgram {
  const b = new Builder();
  const { normal, uniform } = random(seed);
  const inputs = new Map<Node, readonly number[]>();
  const values = new Map<Node, Float64Array>();
  const largest = options.smooth === true ? 30 : options.extreme === true ? 1e30 : 1e4;
  const bytes = Uint8Array.from({ length: tableRows * sizeOf(table.rowShape) }, () => Math.floor(uniform() * 256));
  const tables: Tables = () => bytes;
  const number = (): number => {
    if (options.extreme === true && uniform() < 0.3) return extremes[Math.floor(uniform() * extremes.length)]!;
    return Math.fround(normal());
  };
  const pool: Node[] = [];
  const keep = (node: Node): void => {
    if (values.has(node)) return;
    const [value] = evaluate([node], inputs, tables);
    if (!value!.every((one) => Number.isFinite(one) && Math.abs(one) <= largest)) return;
    values.set(node, value!);
    pool.push(node);
  };
  sizes.forEach((size, i) => {
    const shape = shapes[size]!;
    const node = b.input({ kind: 'argument', name: `x${i}` }, shape);
    inputs.set(node, Array.from({ length: sizeOf(shape) }, number));
    pool.push(node);
    values.set(node, Float64Array.from(inputs.get(node)!));
  });
  const catalogue = options.smooth === true ? smooth : [...smooth, ...kinked];
  for (const genes of steps) {
    const draw = drawFrom({ b, pool, values }, genes);
    const node = catalogue[draw.choose(catalogue.length)]!(draw);
    if (node !== undefined && node.dtype === 'f32' && sizeOf(node.shape) <= 500) keep(node);
  }
  const used = new Set(topological(pool).flatMap(argumentsOf));
  const outputs = pool.filter((node) => !used.has(node));
  return {
    b,
    fn: {
      name: 'random',
      outputs: outputs.map((node, i) => ({ name: `y${i}`, node, target: { kind: 'result' } })),
    },
    inputs,
    tables,
  };
}

interface Made {
  readonly b: Builder;
  readonly pool: readonly Node[];
  readonly values: ReadonlyMap<Node, Float64Array>;
}

/** Choices from genes; where they run out, the first. */
function drawFrom({ b, pool, values }: Made, genes: readonly number[]): Draw {
  let at = 0;
  const choose = (n: number): number => (genes[at++] ?? 0) % n;
  return {
    b,
    choose,
    // Newer nodes are likelier, so that laws of nested ops meet their patterns.
    node: () => pool[pool.length - 1 - Math.min(choose(pool.length), choose(pool.length))]!,
    all: pool,
    batch: (rows) => b.batch(table, b.map('rem', rows, b.constant(tableRows, 'u32'))),
    within: (node, low, high) => values.get(node)!.every((value) => value >= low && value <= high),
  };
}
