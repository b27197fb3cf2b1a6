/** Every piece of fusion can be left out: the same numbers, by more kernels or by kernels that do more. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { pieceNames, type Piece } from '../../compiler/5-kernel/fuse/pieces.ts';
import type { KernelProgram } from '../../compiler/5-kernel/ir.ts';
import { compile } from '../../compiler/compile.ts';
import { costOf } from '../../compiler/5-kernel/schedule/cost.ts';
import { elaborateText } from '../support/elaborated.ts';
import { pieceSpecs } from '../support/piece-specs.ts';
import { testSources } from '../support/sources.ts';
import { expectSame } from './differential.ts';

/** The training step's kernels, held against the tensor reference in float64. */
function kernelsOf(text: string, without: readonly Piece[]): KernelProgram {
  const { programs, session } = elaborateText(text);
  const train = programs.programs.find(({ kind }) => kind === 'train')!;
  const fn = optimise(session.builder, train.function);
  return expectSame(fn, { builder: session.builder, layout: programs.layout, without: new Set(without) });
}

interface Taken {
  readonly dispatches: number;
  readonly bytes: number;
  readonly flops: number;
}

/** What a step takes: dispatches, bytes that kernels move, operations. */
function takes({ kernels }: KernelProgram): Taken {
  const costs = kernels.map(costOf);
  const sum = (key: 'bytes' | 'flops'): number => costs.reduce((total, cost) => total + cost[key], 0);
  return { dispatches: kernels.length, bytes: sum('bytes'), flops: sum('flops') };
}

/** Where each piece is used, and what it spares there. */
const spares: Readonly<Record<Piece, readonly [spec: string, measure: keyof Taken]>> = {
  epilogues: ['a VAE', 'dispatches'],
  prologues: ['a VAE', 'dispatches'],
  recomputation: ['a VAE', 'bytes'],
  'shared-products': ['a VAE', 'dispatches'],
  'riding-sums': ['a VAE', 'dispatches'],
  'partial-sums': ['a VAE', 'bytes'],
  'shared-rows': ['a VAE', 'dispatches'],
  'linear-sums': ['a VAE', 'dispatches'],
  'packed-sums': ['a wide layer', 'bytes'],
  'sparse-windows': ['a transposed convolution', 'flops'],
  'in-place': ['a VAE', 'dispatches'],
};

describe.each(Object.entries(pieceSpecs))('%s', (name, text) => {
  const whole = takes(kernelsOf(text, []));

  test.each(pieceNames)('computes the same without %s', (piece) => {
    const taken = takes(kernelsOf(text, [piece]));
    const [spec, measure] = spares[piece];
    if (spec === name) expect(taken[measure]).toBeGreaterThan(whole[measure]);
  });

  test('computes the same without any of them', () => {
    expect(takes(kernelsOf(text, pieceNames)).dispatches).toBeGreaterThan(whole.dispatches);
  });
});

test('a piece that is not known is refused, with a list of those that are', () => {
  const host = testSources({ 'a.vae': pieceSpecs['a VAE']! });
  const without = ['epilogue' as Piece];
  expect(() => compile({ entry: 'a.vae', host, without })).toThrow(
    `no piece of fusion 'epilogue'; there is ${pieceNames.join(', ')}`,
  );
});

test('what is left out is in the plan and in the explanation', () => {
  const { compiled } = compile({
    entry: 'a.vae',
    host: testSources({ 'a.vae': pieceSpecs['a VAE']! }),
    without: ['in-place', 'epilogues'],
  });
  expect(compiled!.plan.without).toEqual(['epilogues', 'in-place']);
  expect(compiled!.explanation.lines).toContainEqual(
    expect.stringMatching(/dispatches of the profile 'portable', without epilogues, in-place:$/),
  );
});

test('every piece has a row in the table of the documentation', () => {
  const [table] = readFileSync('docs/architecture.md', 'utf8').match(/^\| piece .*(\n\|.*)*/m)!;
  const rows = table.matchAll(/^\| `([a-z-]+)` +\|/gm);
  expect([...rows].map(([, name]) => name)).toEqual(pieceNames);
});
