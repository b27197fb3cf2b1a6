/** Sums over packed vectors: shortened where that gives the same number, in float64. */
import { describe, expect, test } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import type { Node } from '../../compiler/4-tensor/ir.ts';
import { expectSame } from './differential.ts';
import { layoutOf } from './mlp.ts';

/** The tensors of partial sums of Σ f(pack(xᵀ y, column sums of y)), 65 × 70 numbers and 70, with a gap between. */
function partialsOf(f: (b: Builder, pack: Node) => Node): string[] {
  const b = new Builder();
  const argument = (name: string, shape: readonly number[]): Node => b.input({ kind: 'argument', name }, shape);
  const [x, y] = [argument('x', [5, 65]), argument('y', [5, 70])];
  const weight = b.label(b.contract(x, y, [0, 1], [0, 2], [1, 2]), 'weight');
  const pack = b.label(b.pack([b.reshape(weight, [4550]), b.sum(y, [0])], [0, 4608], 4736), 'gradient');
  const outputs = [
    { name: 'gradient', node: pack, target: { kind: 'result' as const } },
    { name: 'total', node: b.sum(f(b, pack), [0]), target: { kind: 'result' as const } },
  ];
  const { kernels } = expectSame({ name: 'packed', outputs }, { builder: b, layout: layoutOf({}) });
  return kernels.flatMap(({ phases }) =>
    phases.flatMap(({ stores }) => stores.flatMap(({ partial, tensor }) => (partial === undefined ? [] : tensor.name))),
  );
}

const shortened: Record<string, (b: Builder, pack: Node) => Node> = {
  'of squares': (b, pack) => b.square(pack),
  'of magnitudes, scaled': (b, pack) => b.mul(b.map('abs', pack), b.uniform('scale')),
  'of the numbers themselves': (_, pack) => pack,
};

describe('a sum over a packed vector begins beside its parts', () => {
  test.each(Object.entries(shortened))('%s', (_, f) => {
    expect(partialsOf(f)).toEqual(['weight_sum']);
  });
});

const left: Record<string, (b: Builder, pack: Node) => Node> = {
  'the gaps would add to it': (b, pack) => b.exp(pack),
  'another vector has a part in it': (b, pack) => b.mul(pack, b.input({ kind: 'argument', name: 'other' }, [4736])),
};

describe('a sum over a packed vector is left alone where', () => {
  test.each(Object.entries(left))('%s', (_, f) => {
    expect(partialsOf(f)).toEqual([]);
  });
});
