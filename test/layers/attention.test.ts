/** Attention against plain loops, and attention and group_norm beside PyTorch, which is handed the same weights. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Shape } from '../../compiler/4-tensor/ir.ts';
import { layers } from '../../compiler/layers/index.ts';
import { type LayerArgument, LayerError } from '../../compiler/layers/layer.ts';
import { Bench } from '../distributions/bench.ts';
import { random } from '../distributions/random.ts';
import { hasPython } from '../runtime/python.ts';

const size = (value: number): LayerArgument => ({ kind: 'size', value });

/** A layer's result for a random input, with what it was computed from. */
function run(name: string, shape: Shape, leading: number, args: Record<string, LayerArgument>) {
  const bench = new Bench();
  const { normal } = random(5);
  const normals = (of: Shape): number[] => Array.from({ length: of.reduce((a, c) => a * c, 1) }, normal);
  const weights: Record<string, number[]> = {};
  const x = normals(shape);
  const parameter = (part: string, of: Shape) => bench.given((weights[part] = normals(of)), of);
  const node = layers.get(name)!.apply({ b: bench.b, parameter }, { node: bench.given(x, shape), leading }, args);
  return { x, shape: node.shape, values: bench.run(node), weights };
}

describe('attention', () => {
  test('is a mean of values weighted by softmax(q k / √d), head by head', () => {
    const [rows, positions, channels, heads] = [2, 5, 6, 3];
    const width = channels / heads;
    const { x, shape, values, weights } = run('attention', [rows, positions, channels], 1, { heads: size(heads) });
    expect(shape).toEqual([rows, positions, channels]);
    expect(Object.keys(weights).sort()).toEqual(
      ['query.weight', 'query.bias', 'key.weight', 'value.weight', 'value.bias', 'output.weight', 'output.bias'].sort(),
    );
    const dense = (from: readonly number[], part: string): number[] =>
      Array.from({ length: channels }, (_, j) =>
        from.reduce(
          (sum, v, i) => sum + v * weights[`${part}.weight`]![i * channels + j]!,
          weights[`${part}.bias`]?.[j] ?? 0,
        ),
      );
    for (let row = 0; row < rows; row++) {
      const at = (p: number): number[] =>
        x.slice((row * positions + p) * channels, (row * positions + p + 1) * channels);
      const all = (part: string): number[][] => Array.from({ length: positions }, (_, p) => dense(at(p), part));
      const [query, key, value] = [all('query'), all('key'), all('value')];
      for (let p = 0; p < positions; p++) {
        const mixed = Array.from({ length: channels }, (_, c) => {
          const places = Array.from({ length: width }, (_, d) => Math.floor(c / width) * width + d);
          const score = key.map((k) =>
            Math.exp(places.reduce((s, d) => s + query[p]![d]! * k[d]!, 0) / Math.sqrt(width)),
          );
          const total = score.reduce((s, w) => s + w, 0);
          return value.reduce((s, v, other) => s + (score[other]! / total) * v[c]!, 0);
        });
        dense(mixed, 'output').forEach((wanted, c) =>
          expect(values[(row * positions + p) * channels + c]).toBeCloseTo(wanted, 10),
        );
      }
    }
  });

  test('of an image is that of its positions', () => {
    const image = run('attention', [2, 3, 4, 6], 1, { heads: size(2) });
    const sequence = run('attention', [2, 12, 6], 1, { heads: size(2) });
    expect(image.shape).toEqual([2, 3, 4, 6]);
    expect(image.values).toEqual(sequence.values);
  });

  test('stays finite where scores are large', () => {
    const bench = new Bench();
    const { normal } = random(2);
    const parameter = (_: string, of: Shape) =>
      bench.given(
        Array.from({ length: of.reduce((a, c) => a * c, 1) }, () => 100 * normal()),
        of,
      );
    const x = bench.given(Array.from({ length: 12 }, normal), [3, 4]);
    const node = layers.get('attention')!.apply({ b: bench.b, parameter }, { node: x, leading: 0 }, { heads: size(2) });
    expect(bench.run(node).every(Number.isFinite)).toBe(true);
  });

  test('refuses what has no positions, and heads that do not divide the channels', () => {
    expect(() => run('attention', [6], 0, { heads: size(2) })).toThrow(/put 'reshape' before it/);
    expect(() => run('attention', [4, 6], 0, { heads: size(4) })).toThrow(LayerError);
  });
});

/** A program that reads { x, weights } from its standard input and prints a list. */
function torch(program: string, given: object): number[] {
  const script = `import json, sys, torch\ngiven = json.load(sys.stdin)\nt = lambda v, *s: torch.tensor(v, dtype=torch.float64).reshape(*s)\nw = given["weights"]\n${program}\nprint(json.dumps(result.reshape(-1).tolist()))`;
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script], {
    input: JSON.stringify(given),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as number[];
}

describe.skipIf(!hasPython('torch'))('beside PyTorch in float64', () => {
  test('attention', () => {
    const { x, values, weights } = run('attention', [3, 7, 8], 1, { heads: size(4) });
    const program = `
layer = torch.nn.MultiheadAttention(8, 4, batch_first=True).double()
with torch.no_grad():
    layer.in_proj_weight.copy_(torch.cat([t(w[p + ".weight"], 8, 8).T for p in ["query", "key", "value"]]))
    layer.in_proj_bias.copy_(torch.cat([t(w["query.bias"], 8), torch.zeros(8), t(w["value.bias"], 8)]))
    layer.out_proj.weight.copy_(t(w["output.weight"], 8, 8).T)
    layer.out_proj.bias.copy_(t(w["output.bias"], 8))
x = t(given["x"], 3, 7, 8)
result = layer(x, x, x)[0]`;
    torch(program, { x, weights }).forEach((wanted, i) => expect(values[i]).toBeCloseTo(wanted, 10));
  });

  test('group_norm', () => {
    const { x, values, weights } = run('group_norm', [2, 3, 5, 6], 1, { groups: size(3) });
    const program = `
layer = torch.nn.GroupNorm(3, 6).double()
with torch.no_grad():
    layer.weight.copy_(t(w["scale"], 6))
    layer.bias.copy_(t(w["shift"], 6))
result = layer(t(given["x"], 2, 3, 5, 6).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)`;
    torch(program, { x, weights }).forEach((wanted, i) => expect(values[i]).toBeCloseTo(wanted, 10));
  });
});
