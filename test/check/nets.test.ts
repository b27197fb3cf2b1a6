/** What nets are written with: residuals, dropout, functions with layers, values like others, joined channels. */
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { check } from '../../compiler/compile.ts';
import { elaborateText, run64, someNumbers } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';

const spec = (net: string, shape = '4, 4, 2', extra = ''): string => `${extra}
data points { x : real[${shape}]  source npy("points.npy") }
net f(x) = ${net}
param none : real
objective loss = mean_square(f(x)) + none
train { data points  minimize loss  optimizer sgd(lr: 0.1)  batch 50  steps 9 }
evaluate { data points  report loss }
`;

const paths = (text: string): string[] =>
  elaborateText(text)
    .programs.layout.parameters.flatMap(({ path }) => (path === 'none' ? [] : [path]))
    .sort();

function messages(text: string): string[] {
  const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

/** The objective of a program at a step in float64. Rows and parameters are the same numbers in each. */
function objective(text: string, kind: 'train' | 'evaluate', step = 0, offset = 0): number {
  const elaborated = elaborateText(text);
  const program = elaborated.programs.programs.find((one) => one.kind === kind)!;
  const { layout } = elaborated.programs;
  const parameters = Object.fromEntries(
    layout.parameters.map(({ path, shape }, i) => [path, path === 'none' ? [0] : someNumbers(sizeOf(shape), i + 1)]),
  );
  const uniforms = { step, seed: 7, rows: 60, epoch: 0, offset, first: 0 };
  const values = run64(program.function, elaborated, { parameters, uniforms, tables: { x: someNumbers(60 * 32, 9) } });
  const found = [...values.values()][0]!;
  return found.reduce((sum, value) => sum + value, 0) / found.length;
}

describe('residual', () => {
  test('adds its steps to its input, whose layers are the net’s', () => {
    const text = spec('x |> residual(conv2d(3, 3), silu, conv2d(2, 3))');
    expect(paths(text)).toEqual(['f.conv2d_1.bias', 'f.conv2d_1.weight', 'f.conv2d_2.bias', 'f.conv2d_2.weight']);
    const written = spec('g(x, x |> conv2d(3, 3) |> silu |> conv2d(2, 3))', '4, 4, 2', 'function g(a, b) = a + b');
    expect(objective(text, 'evaluate')).toBeCloseTo(objective(written, 'evaluate'), 12);
  });

  test('says what is wrong with its steps', () => {
    expect(messages(spec('x |> residual'))).toEqual([
      "missing-argument: 'residual' needs 'steps, as conv2d(64, 3) is one'",
    ]);
    expect(messages(spec('x |> residual(conv2d(3, 3))'))).toEqual([
      "shape-mismatch: the shapes [4, 4, 2] and [4, 4, 3] do not match in 'residual'; give both one shape",
    ]);
    expect(messages(spec('x |> residual(by: conv2d(2, 3))'))[0]).toMatch(/^unknown-argument: /);
  });
});

describe('dropout', () => {
  const text = spec('dropout(x, 0.25)');

  test('keeps three entries of four, scaled so that the mean of squares is 4/3 of what it was', () => {
    const [on, off] = [objective(text, 'train'), objective(spec('dropout(x, 0)'), 'train')];
    // 1600 entries of [-1, 1]: a mean of x² with a mask of variance 1/3 errs by √(1/3 · E x⁴ / 1600) = 0.0065, x² being 1/3.
    expect(Math.abs(on - (4 / 3) * off)).toBeLessThan(4 * 0.0065 * (4 / 3));
    expect(on).not.toBeCloseTo(off, 3);
  });

  test('draws anew each step, the same again for the same step, and only while training', () => {
    expect(objective(text, 'train', 1)).not.toBe(objective(text, 'train'));
    expect(objective(text, 'train', 1)).toBe(objective(text, 'train', 1));
    expect(objective(text, 'evaluate')).toBe(objective(spec('dropout(x, 0)'), 'evaluate'));
  });

  test('is a row’s own, whatever the batch', () => {
    const half = text.replace('batch 50', 'batch 30');
    const halves = [objective(half, 'train', 0, 0), objective(half, 'train', 0, 30)];
    const whole = objective(text.replace('batch 50', 'batch 60'), 'train');
    expect((halves[0]! + halves[1]!) / 2).toBeCloseTo(whole, 12);
    expect(halves[0]).not.toBeCloseTo(halves[1]!, 3);
  });

  test('takes a rate from 0 on and below 1', () => {
    expect(messages(spec('dropout(x, 1)'))).toEqual([
      "wrong-type: expected a number from 0 on and below 1 for 'rate', found the number 1",
    ]);
  });
});

describe('a function', () => {
  test('may be a block, and gives each call in a net layers of its own', () => {
    const block = `function twice(h, units) {
  a = h |> dense(units, silu)
  return a + dense(a, units)
}`;
    const text = spec('x |> flatten |> twice(3) |> twice(2)', '4, 4, 2', block);
    const weights = paths(text).filter((path) => path.endsWith('weight'));
    expect(weights).toEqual([1, 2, 3, 4].map((n) => `f.dense_${n}.weight`));
  });

  test('says what a block lacks, and that params belong elsewhere', () => {
    expect(messages(spec('g(x)', '2', 'function g(h) { a = h }'))).toContainEqual(
      expect.stringMatching(/^missing-return/),
    );
    expect(messages(spec('g(x)', '2', 'function g(h) { param s : real  return s * h }'))).toContainEqual(
      'not-supported: a param in a function is not supported yet; declare it at the top of the file, or in a net',
    );
  });
});

test('a value like another is repeated over the axes before its own', () => {
  const apart = 'concat(split(x, 2, axis: 2)[0] + 1, split(x, 2, axis: 2)[1] + 2, axis: 2)';
  expect(objective(spec('x + [1, 2] like x'), 'evaluate')).toBe(objective(spec(apart), 'evaluate'));
  expect(messages(spec('x + [1, 2, 3] like x'))).toEqual([
    "shape-mismatch: the shapes [3] and [4, 4, 2] do not match in 'like'; give both one shape",
  ]);
});

test('channels are joined and cut along axis 2', () => {
  expect(messages(spec('concat(x, conv2d(x, 3, 3), axis: 2) |> reshape(80)'))).toEqual([]);
  expect(objective(spec('concat(split(x, 2, axis: 2)[0], split(x, 2, axis: 2)[1], axis: 2)'), 'evaluate')).toBe(
    objective(spec('x + 0'), 'evaluate'),
  );
  expect(messages(spec('concat(x, x, axis: 3)'))[0]).toMatch(/^layer-input: concat along axis 3/);
  expect(messages(spec('concat(x, x, along: 2)'))[0]).toMatch(/^unknown-argument/);
});
