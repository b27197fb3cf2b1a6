/** The verifier finds what the builder would never make. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import type { Node, Output, TensorFunction } from '../../compiler/4-tensor/ir.ts';
import { verifyFunction } from '../../compiler/4-tensor/verify.ts';
import { randomProgram } from '../support/random-program.ts';

const b = new Builder();
const x = b.parameter('x', [3, 5]);
const v = b.parameter('v', [5]);
const i = b.iota(5);
const p = b.map('gt', x, 0);

type Draft = Node extends infer N ? (N extends Node ? Omit<N, 'id'> : never) : never;

/** A node that no builder has checked. */
function forged(draft: Draft): Node {
  return { ...draft, id: 1000 };
}

function functionOf(...outputs: readonly Output[]): TensorFunction {
  return { name: 'f', outputs };
}

const result = (name: string, node: Node): Output => ({ name, node, target: { kind: 'result' } });

const f32 = { dtype: 'f32' } as const;

const wrong: readonly (readonly [string, Draft, RegExp])[] = [
  ['an extent of 0', { kind: 'iota', dtype: 'u32', shape: [0] }, /shape \[0\]/],
  ['a broken extent', { kind: 'input', ...f32, shape: [1.5], source: { kind: 'uniform', name: 'u' } }, /shape \[1\.5\]/],
  ['an infinite constant', { kind: 'constant', ...f32, shape: [], value: Infinity }, /Infinity is no f32/],
  ['a constant beyond f32', { kind: 'constant', ...f32, shape: [], value: 1e39 }, /is no f32/],
  ['a negative word', { kind: 'constant', dtype: 'u32', shape: [], value: -1 }, /-1 is no u32/],
  ['a truth of 2', { kind: 'constant', dtype: 'bool', shape: [], value: 2 }, /2 is no bool/],
  ['a constant with axes', { kind: 'constant', ...f32, shape: [2], value: 1 }, /f32\[\]/],
  ['an array that is too short', { kind: 'array', ...f32, shape: [3], values: [1, 2] }, /2 values/],
  ['a NaN in an array', { kind: 'array', ...f32, shape: [1], values: [NaN] }, /no f32/],
  ['an iota of two axes', { kind: 'iota', dtype: 'u32', shape: [2, 2] }, /more than one axis/],
  ['an op of too many', { kind: 'map', ...f32, shape: [3, 5], op: 'exp', args: [x, x] }, /exp of 2/],
  ['an op of other shapes', { kind: 'map', ...f32, shape: [3, 5], op: 'add', args: [x, v] }, /add of f32\[5\]/],
  ['an op of another dtype', { kind: 'map', ...f32, shape: [5], op: 'exp', args: [i] }, /exp of u32/],
  ['an op of two dtypes', { kind: 'map', ...f32, shape: [5], op: 'add', args: [v, i] }, /add of u32 as argument 2/],
  ['an op of another result', { kind: 'map', ...f32, shape: [3, 5], op: 'lt', args: [x, x] }, /make bool/],
  ['a reduction of no axis', { kind: 'reduce', ...f32, shape: [3, 5], op: 'sum', axes: [], arg: x }, /axes \[\]/],
  ['a reduction over unsorted axes', { kind: 'reduce', ...f32, shape: [], op: 'sum', axes: [1, 0], arg: x }, /axes/],
  ['a reduction of truths', { kind: 'reduce', dtype: 'bool', shape: [3], op: 'max', axes: [1], arg: p }, /bools/],
  ['a reduction to another shape', { kind: 'reduce', ...f32, shape: [5], op: 'sum', axes: [1], arg: x }, /make f32\[3\]/],
  ['a label of two extents', { kind: 'contract', ...f32, shape: [], a: x, b: v, aLabels: [0, 1], bLabels: [0], labels: [] }, /two extents/],
  ['a label twice', { kind: 'contract', ...f32, shape: [], a: x, b: v, aLabels: [0, 0], bLabels: [1], labels: [] }, /labels/],
  ['a label from nowhere', { kind: 'contract', ...f32, shape: [3], a: x, b: v, aLabels: [0, 1], bLabels: [1], labels: [2] }, /no operand/],
  ['a broadcast that does not fit', { kind: 'broadcast', ...f32, shape: [3, 4], axes: [1], arg: v }, /at axes/],
  ['a reshape of another size', { kind: 'reshape', ...f32, shape: [14], arg: x }, /size/],
  ['a transpose that repeats', { kind: 'transpose', ...f32, shape: [3, 3], permutation: [0, 0], arg: x }, /permutation/],
  ['a slice beyond the end', { kind: 'slice', ...f32, shape: [3, 4], starts: [0, 2], arg: x }, /range/],
  ['a pad that cuts', { kind: 'pad', ...f32, shape: [3, 6], starts: [0, 2], arg: x }, /range/],
  ['a concat of different rows', { kind: 'concat', ...f32, shape: [4, 5], axis: 0, args: [x, b.reshape(v, [5, 1])] }, /different shapes/],
  ['rows that are not words', { kind: 'batch', ...f32, shape: [5], table: { set: 's', field: 'f', storage: 'u8', rowShape: [], scale: 1 }, rows: v }, /u32/],
  ['a take by numbers', { kind: 'take', ...f32, shape: [5, 5], table: x, indices: v }, /u32/],
  ['a scatter of other updates', { kind: 'scatter', ...f32, shape: [7, 2], indices: i, updates: v }, /updates/],
  ['parts that overlap', { kind: 'pack', ...f32, shape: [20], parts: [x, v], offsets: [0, 14] }, /overlap/],
  ['parts that stick out', { kind: 'pack', ...f32, shape: [16], parts: [x], offsets: [2] }, /stick out/],
]; // prettier-ignore

describe('the verifier', () => {
  it.each(wrong)('finds %s', (_, draft, problem) => {
    const problems = verifyFunction(functionOf(result('out', forged(draft))));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('finds an argument that is younger than its user', () => {
    const young: Node = { kind: 'map', dtype: 'f32', shape: [5], op: 'exp', args: [v], id: 2000 };
    const user: Node = { kind: 'map', dtype: 'f32', shape: [5], op: 'neg', args: [young], id: 1999 };
    expect(verifyFunction(functionOf(result('out', user)))).toEqual(['%1999 map: uses the later %2000']);
  });

  it('finds two outputs of one name or of one target', () => {
    expect(verifyFunction(functionOf(result('a', x), result('a', v)))).toEqual(['two outputs a']);
    const vector = { kind: 'vector', name: 'ema' } as const;
    const twice = functionOf({ name: 'a', node: v, target: vector }, { name: 'b', node: v, target: vector });
    expect(verifyFunction(twice)).toEqual(['two outputs vector ema']);
  });

  it('finds nothing in what a builder makes', () => {
    const found = fc.property(randomProgram(), ({ fn }) => {
      expect(verifyFunction(fn)).toEqual([]);
    });
    fc.assert(found, { numRuns: 200, seed: 3 });
  });
});
