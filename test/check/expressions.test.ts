/** What expressions stand for where it is easy to get wrong: comparisons as numbers, π, lists, categories, clauses. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { elaborateText, run64 } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';

interface Parts {
  readonly objective?: string;
  readonly train?: string;
  readonly optimizer?: string;
  readonly data?: string;
  readonly rest?: string;
}

const spec = ({
  objective = 'u',
  train = 'epochs 1',
  optimizer = 'sgd(lr: 1)',
  data = '',
  rest = '',
}: Parts): string => `
param u : real = 0.5
param v : real[2] = 0.25
data d { x : real[2]  label : category(3)  source npy(x: "x.npy", label: "l.npy") ${data} }
train { data d  maximize ${objective}  optimizer ${optimizer}  batch 2  ${train} }
${rest}`;

function messages(parts: Parts): string[] {
  const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': spec(parts) }) });
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

/** The objective of a batch of two rows, in float64. */
function valueOf(objective: string): number {
  const elaborated = elaborateText(spec({ objective }));
  const train = elaborated.programs.programs.find(({ kind }) => kind === 'train')!;
  const results = run64(train.function, elaborated, {
    parameters: { u: [0.5], v: [0.25, 0.25] },
    uniforms: { rows: 2 },
    tables: { x: [1, 2, 3, 4], label: [2, 0] },
  });
  return results.get('objective')![0]!;
}

describe('values', () => {
  test.each([
    ['u + (u < 1)', 1.5],
    ['u * (if u == 2 then 3 else 4)', 2],
    ['pi * u', Math.PI / 2],
    ['u + split(x, 2)[1] |> scalar', 0.5 + (2 + 4) / 2],
    ['u + mean_square(one_hot(label))', 0.5 + 1 / 3],
    ['u * sum([label, u])', 0.5 * (1 + 0.5)],
  ] as const)('%s', (objective, expected) => {
    expect(valueOf(objective)).toBeCloseTo(expected, 12);
  });

  test('a softmax of a vector is a probability of each category', () => {
    const rest = `model p { label ~ Categorical(probs: softmax([u, 2 * u, 3 * u])) }`;
    const elaborated = elaborateText(spec({ objective: 'log p(label)', rest }));
    const train = elaborated.programs.programs.find(({ kind }) => kind === 'train')!;
    const inputs = { parameters: { u: [0.5] }, uniforms: { rows: 2 }, tables: { x: [1, 2, 3, 4], label: [2, 0] } };
    const total = Math.exp(0.5) + Math.exp(1) + Math.exp(1.5);
    const [found] = run64(train.function, elaborated, inputs).get('objective')!;
    expect(found).toBeCloseTo((1.5 + 0.5) / 2 - Math.log(total), 12);
  });
});

test.each<[Parts, string]>([
  [{ objective: 'u * split(v, 2)[2]' }, 'wrong-type: expected an index below 2, found the number 2'],
  [{ objective: 'u * split(v, 2)[-1]' }, 'not-positive-integer: an index must be a whole number of at least 0, not -1'],
  [{ objective: 'if u then 1 else u' }, "wrong-type: expected a comparison such as 'a < b', found a real number"],
  [{ train: 'epochs 0' }, "wrong-type: expected a positive number for 'epochs', found the number 0"],
  [{ train: 'steps -1' }, "wrong-type: expected a positive number for 'steps', found the number -1"],
  [{ train: 'epochs 1 steps 5' }, "repeated-clause: 'epochs or steps' stands twice; remove one"],
  [{ train: 'epochs 1 clip 0' }, "wrong-type: expected a number from 1e-20 to 1e20 for 'clip', found the number 0"],
  [
    { train: 'epochs 1 clip value(-1)' },
    "wrong-type: expected a number from 1e-20 to 1e20 for 'clip value', found the number -1",
  ],
  [{ train: 'epochs 1 clip value()' }, "missing-argument: 'clip value' needs 'limit'"],
  [{ train: 'epochs 1 ema 1' }, "wrong-type: expected a number from 0 to 0.9999999 for 'ema', found the number 1"],
  [
    { train: 'epochs 1 seed 0.5' },
    "wrong-type: expected a whole number of at least 0 for 'seed', found the number 0.5",
  ],
  ...(
    [
      ['sgd(lr: -1)', "a number from 0 to 1e5 for 'lr', found the number -1"],
      ['adam(lr: 1e6)', "a number from 0 to 1e5 for 'lr', found the number 1000000"],
      ['sgd(lr: 1, momentum: 1)', "a number from 0 to 0.9999 for 'momentum', found the number 1"],
      ['adam(betas: (1, 2))', "a number from 0 to 0.9999999 for both of 'betas', found the number 1"],
      ['adam(betas: (0.9, 2))', "a number from 0 to 0.9999999 for both of 'betas', found the number 2"],
      ['adam(eps: 0)', "a number from 1e-20 to 1e20 for 'eps', found the number 0"],
      ['adamw(weight_decay: -0.1)', "a number from 0 to 1e5 for 'weight_decay', found the number -0.1"],
      ['rmsprop(alpha: 1)', "a number from 0 to 0.9999999 for 'alpha', found the number 1"],
      ['rmsprop(eps: 1e-40)', "a number from 1e-20 to 1e20 for 'eps', found the number 1e-40"],
    ] as const
  ).map(([optimizer, message]): [Parts, string] => [{ optimizer }, `wrong-type: expected ${message}`]),
  [
    { optimizer: 'adam(betas: (0.99999, 0.9999999))' },
    "optimizer-arguments: the first of 'betas' has to be a number from 0 to 0.9999",
  ],
  [
    { optimizer: 'adamw(betas: (0.99, 0.9))' },
    "optimizer-arguments: the first of 'betas' squared passes the second, so that steps have no bound; make the second " +
      'larger',
  ],
  [
    { optimizer: 'adamw(lr: 10, weight_decay: 0.2)' },
    "optimizer-arguments: 'lr' times 'weight_decay' passes 1, so that parameters decay beyond 0; make one of them smaller",
  ],
  [
    { optimizer: 'sgd(lr: 1, nesterov: true)' },
    "optimizer-arguments: 'nesterov' looks ahead by the momentum; give 'momentum:'",
  ],
  [{ train: 'epochs 1 restarts 3' }, "not-supported: 'restarts' in train is not supported yet"],
  [{ rest: 'evaluate { data d  report u  seed 1 }' }, "not-supported: 'seed' in evaluate is not supported yet"],
  [
    { rest: 'evaluate { data d  report u on d }' },
    "not-supported: 'on' in evaluate is not supported yet; a block evaluates on what its 'data' names",
  ],
  [
    { objective: 'sum(log Normal(0, [exp(u), u])(x))' },
    "parameter-support: 'scale' of Normal must be positive, found real[2]; write softplus([exp(u), u]), or exp([exp(u), u]) of a logarithm: of half a log variance for a standard deviation",
  ],
  [{ data: 'split a: 0.5, b: 0.4' }, 'wrong-type: expected shares that sum to 1, found a sum of 0.9'],
  [{ data: 'split a: 0.5, a: 0.5' }, "duplicate-name: 'a' is declared twice; rename one of the two"],
  [{ data: 'where x > 1' }, "wrong-type: expected a field of one number a row, found 'x' [2]"],
  [{ rest: 'param w : cholesky[2]' }, 'not-supported: a param over cholesky is not supported yet'],
  [
    { rest: 'sample s { z ~ Normal(u, 1)  return z + d[0].x }' },
    "not-supported: indexing the data set 'd' is not supported yet; a sample takes a row of it as an argument, as in 'sample f(a: d)'",
  ],
  [
    { rest: 'sample s(a: d) { return [[1, 2], [3, 4]][0, 1] + a.x }' },
    'not-supported: indexing by several numbers at once is not supported yet; write one after the other, x[0][1]',
  ],
  [
    { rest: 'sample s { z ~ Normal(u, 1)  return [z, z][d] }' },
    "not-supported: indexing a list by the data set 'd' is not supported yet; lists and tensors take a fixed number or a category, and draws their own index, as in z[k]",
  ],
  [
    { rest: 'sample s { z ~ Normal(u, 1)  z ~ Normal(u, 1)  return z }' },
    "assigned-twice: 'z' is assigned twice; names are assigned once",
  ],
])('%j is told', (parts, message) => {
  expect(messages(parts)).toEqual([message]);
});

describe('clip', () => {
  /** How far a step of sgd at rate 1 moves u and both v, whose gradients are 3, 4 and 4. */
  const moves = (clip: string): number[] => {
    const elaborated = elaborateText(spec({ objective: '3 * u + 4 * sum(v)', train: `epochs 1 ${clip}` }));
    const { layout, programs } = elaborated.programs;
    const train = programs.find(({ kind }) => kind === 'train')!;
    const start = { u: [0.5], v: [0.25, 0.25] };
    const next = run64(train.function, elaborated, { parameters: start, uniforms: { rows: 2 } }).get('parameters')!;
    const at = (path: string) => layout.parameters.find((parameter) => parameter.path === path)!.offset;
    return [next[at('u')]! - 0.5, next[at('v')]! - 0.25, next[at('v') + 1]! - 0.25];
  };
  const norm = Math.hypot(3, 4, 4);

  test.each([
    ['', [3, 4, 4]],
    ['clip 2', [6 / norm, 8 / norm, 8 / norm]],
    ['clip norm(2)', [6 / norm, 8 / norm, 8 / norm]],
    ['clip 100', [3, 4, 4]],
    ['clip value(3.5)', [3, 3.5, 3.5]],
    ['clip value(0.5 * 4)', [2, 2, 2]],
  ])('%s', (clip, expected) => {
    // By norm, 1e-6 in the divisor moves each by less than 4e-7 of itself.
    moves(clip).forEach((move, i) => expect(move).toBeCloseTo(expected[i]!, 5));
  });
});

test('the same without these mistakes is fine', () => {
  const right = { train: 'epochs 1 clip 1 ema 0.9 seed 3', data: 'where label > 0 split a: 0.5, b: 0.5' };
  expect(
    messages({ ...right, rest: 'evaluate { data d.a  report u, sum(v) }\nsample s { z ~ Normal(u, 1)  return z }' }),
  ).toEqual([]);
});

describe('a model with a condition', () => {
  const conditional = (objective: string, more = ''): string => `use "std/objectives"
data d { x : real[2]  label : category(3)  source npy(x: "x.npy", label: "l.npy") }
net decoder(z, label) = concat(z, one_hot(label)) |> dense(2)
net encoder(x, label) = concat(x, one_hot(label)) |> dense(1)
model p(label: category(3)) {
  z ~ Normal(0, 1)[1]
  x ~ Normal(decoder(z, label), 1)
}
guide q(x, label) { z ~ Normal(encoder(x, label), 0.5) }
train { data d  maximize ${objective}  optimizer sgd(lr: 1)  batch 2  epochs 1 }
${more}`;
  const inputs = {
    parameters: {
      'decoder.dense_1.weight': [0.1, 0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8],
      'encoder.dense_1.weight': [1, 2, -1, 0.5, 0.3],
    },
    uniforms: { rows: 2, seed: 5 },
    tables: { x: [1, 2, 3, 4], label: [2, 0] },
  };
  const objectiveOf = (objective: string): number => {
    const elaborated = elaborateText(conditional(objective));
    const train = elaborated.programs.programs.find(({ kind }) => kind === 'train')!;
    return run64(train.function, elaborated, inputs).get('objective')![0]!;
  };

  test('is observed by the objectives of std as by one that spells it out', () => {
    const spelled = objectiveOf('E[z ~ q(z | x, label)](log p(x | z, label)) - KL(q(z | x, label) || p(z))');
    expect(objectiveOf('elbo(p, q)')).toBe(spelled);
    // And it matters: with the category left out the value is another.
    expect(objectiveOf('E[z ~ q(z | x, label)](log p(x | z, label = 1)) - KL(q(z | x, label) || p(z))')).not.toBe(
      spelled,
    );
  });

  test('takes a fixed number for a category, and one that there is', () => {
    const told = (category: string): string[] => {
      const text = conditional('elbo(p, q)', `sample s { z ~ p(z)  return mean p(x | z, label = ${category}) }`);
      const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
      return diagnostics.map(({ message }) => message);
    };
    expect(told('2')).toEqual([]);
    expect(told('3')).toEqual(["expected a category, 0 to 2, for 'label' of the model 'p', found the number 3"]);
  });
});

test.each([
  ['u', ['u']],
  ['log Normal(0, 1)(u)', ['log Normal(0, 1)(u)']],
  ['log p(x) - u', ['log p(x) - u', 'log p(x)', 'u']],
  ['log p(x)', ['log p(x)']],
  ['whole(p)', ['whole(p)', 'log p(x)']],
])('an objective that is no sum has no terms: %s', (objective, terms) => {
  const rest = 'model p { x ~ Normal(v, 1) }\nobjective whole(p: model) = log p(x)';
  const { programs } = elaborateText(spec({ objective, rest })).programs;
  const [train] = programs;
  expect(train?.kind === 'train' && train.terms.map(({ text }) => text)).toEqual(terms);
});
