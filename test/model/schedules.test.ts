/** Schedules: their tables against plain float64 loops, and every way to read a step that they do not have. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { Context } from '../../compiler/2-check/context.ts';
import { declaredValue } from '../../compiler/2-check/declared.ts';
import { Frame } from '../../compiler/2-check/context.ts';
import { load } from '../../compiler/2-check/load.ts';
import { at, type Table } from '../../compiler/2-check/tables.ts';
import { elaborate } from '../../compiler/3-model/elaborate.ts';
import { Session } from '../../compiler/session.ts';
import { testSources } from '../support/sources.ts';

/** The tables of `schedule noise = …` in a spec that uses std/diffusion. */
function tablesOf(schedule: string): (name: string) => Table {
  const session = new Session(testSources({ 'test.vae': `use "std/diffusion"\nschedule noise = ${schedule}\n` }));
  const spec = load(session, 'test.vae')!;
  const context = new Context(session, spec, new Map(), elaborate);
  const frame = new Frame({ context, program: undefined, scope: spec.scope });
  const declared = spec.scope.names.get('noise')!;
  const value = declaredValue(declared, frame, declared.declaration.span);
  if (value.kind !== 'schedule') throw new Error(session.diagnostics.map(({ message }) => message).join('\n'));
  return (name) => {
    const found = value.tables.get(name);
    if (found?.kind !== 'table') throw new Error(`no table ${name}`);
    return found.table;
  };
}

const near = (actual: number | undefined, wanted: number): void =>
  expect(Math.abs(actual! - wanted)).toBeLessThanOrEqual(1e-12 * Math.abs(wanted));

describe('linear, 1e-4 to 0.02, T = 1000', () => {
  const table = tablesOf('linear(1000, beta: 1e-4 -> 0.02)');
  const beta = (t: number): number => 1e-4 + ((t - 1) * (0.02 - 1e-4)) / 999;
  const abar = (t: number): number => {
    let product = 1;
    for (let i = 1; i <= t; i++) product *= 1 - beta(i);
    return product;
  };

  test.each([1, 100, 250, 500, 750, 1000])('t = %d', (t) => {
    near(at(table('beta'), t), beta(t));
    near(at(table('abar'), t), abar(t));
    near(at(table('sigma'), t), Math.sqrt(1 - abar(t)));
    const variance = t === 1 ? 0 : (beta(t) * (1 - abar(t - 1))) / (1 - abar(t));
    near(at(table('posterior_variance'), t), variance);
  });

  test('abar as published', () => {
    const published = [0.9999, 0.89701815, 0.52408537, 0.078587243, 0.0033505504, 0.000040358298];
    [1, 100, 250, 500, 750, 1000].forEach((t, i) => {
      expect(at(table('abar'), t)! / published[i]!).toBeCloseTo(1, 7);
    });
  });

  test('nothing was added at step 0, and no step is changed there', () => {
    expect(at(table('abar'), 0)).toBe(1);
    expect(at(table('sigma'), 0)).toBe(0);
    expect(at(table('beta'), 0)).toBeUndefined();
    expect(at(table('abar'), 1001)).toBeUndefined();
  });
});

describe('cosine, T = 100', () => {
  const table = tablesOf('cosine(100)');
  const f = (t: number): number => Math.cos(((t / 100 + 0.008) / 1.008) * (Math.PI / 2)) ** 2;

  test('beta is 1 - f(t) / f(t - 1), at most 0.999, and abar is the product of what is left', () => {
    let product = 1;
    for (let t = 1; t <= 100; t++) {
      const beta = Math.min(1 - f(t) / f(t - 1), 0.999);
      product *= 1 - beta;
      near(at(table('beta'), t), beta);
      near(at(table('abar'), t), product);
    }
    expect(at(table('beta'), 100)).toBe(0.999);
  });
});

test('scaled_linear: the roots of beta lie on a line between those of the ends that were given', () => {
  const table = tablesOf('scaled_linear(10, beta: 0.01 -> 0.04)');
  for (let t = 1; t <= 10; t++) near(at(table('beta'), t), (0.1 + ((t - 1) * 0.1) / 9) ** 2);
});

describe('zero_terminal_snr of cosine, T = 100 (Lin et al., 2024)', () => {
  const published = tablesOf('cosine(100)');
  const table = tablesOf('zero_terminal_snr(published)\nschedule published = cosine(100)');
  const root = (t: number): number => Math.sqrt(at(published('abar'), t)!);

  test('the root of abar is shifted to end at 0 and scaled to begin as it did', () => {
    for (let t = 1; t <= 100; t++) {
      const signal = ((root(t) - root(100)) * root(1)) / (root(1) - root(100));
      near(at(table('abar'), t), signal ** 2);
    }
    expect(at(table('abar'), 0)).toBe(1);
    expect(at(table('abar'), 100)).toBe(0);
    expect(at(table('sigma'), 100)).toBe(1);
    expect(at(table('beta'), 100)).toBe(1);
  });

  test('a schedule is called where one is asked for, whatever else its name is', () => {
    const nested = tablesOf('zero_terminal_snr(cosine(100))');
    expect(nested('abar')).toEqual(table('abar'));
  });
});

describe('geometric, 0.01 to 10, T = 20', () => {
  const table = tablesOf('geometric(20)');
  const sigma = (t: number): number => (t === 0 ? 0 : 0.01 * 1000 ** ((t - 1) / 19));

  test('sigma rises by one factor, and steps by what its squares rise by', () => {
    for (let t = 1; t <= 20; t++) {
      near(at(table('sigma'), t), sigma(t));
      near(at(table('beta'), t), sigma(t) ** 2 - sigma(t - 1) ** 2);
      expect(at(table('signal'), t)).toBe(1);
    }
    expect(at(table('sigma'), 0)).toBe(0);
    expect(at(table('posterior_variance'), 1)).toBe(0);
    near(at(table('posterior_variance'), 2), sigma(1) ** 2 * (1 - (sigma(1) / sigma(2)) ** 2));
  });
});

test('a schedule without its arguments is told where it is used', () => {
  const text = 'use "std/diffusion"\nschedule noise = zero_terminal_snr(linear)\n';
  const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
  expect(diagnostics.map(({ code, span }) => [code, text.slice(span.start, span.end)])).toEqual([
    ['wrong-type', 'linear'],
  ]);
});

describe('a step that a table does not have is an error where it is written', () => {
  const problems = (body: string, more = ''): readonly string[] => {
    const text = `use "std/diffusion"\nschedule noise = linear(10)\n${more}\nsample s(n = 2) {\n  carry x ~ Normal(0, 1)\n${body}\n  return x\n}\n`;
    const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
    return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  };

  test('in range, it is none', () => {
    expect(problems('  for t in noise.T..1 { x = x * noise.alpha[t] + noise.sigma[t - 1] }')).toEqual([]);
  });

  test('one before the first', () => {
    expect(problems('  for t in noise.T..1 { x = x * noise.alpha[t - 1] }')).toEqual([
      'expected a step from 1 to 10, found the step 0',
    ]);
  });

  test('one after the last', () => {
    expect(problems('  for t in 1..noise.T { x = x * noise.abar[t + 1] }')).toEqual([
      'expected a step from 0 to 10, found the step 11',
    ]);
  });

  test('a coefficient that is no number in some iteration', () => {
    const sampler = (predicts: string): string => `use "std/diffusion"
function net(x: real[2], t) = x
sample s = ddim(net, zero_terminal_snr(linear(10)), ${predicts}, steps: 5)
`;
    const told = (predicts: string): readonly string[] => {
      const host = testSources({ 'test.vae': sampler(predicts) });
      const { diagnostics } = check({ entry: 'test.vae', host });
      // The spec's own line is shown with the library's.
      for (const { notes } of diagnostics) {
        const shown = { message: 'in this call', span: expect.objectContaining({ file: 'test.vae' }) as unknown };
        expect(notes).toContainEqual(shown);
      }
      return diagnostics.map(({ code }) => code);
    };
    expect(told('v_prediction')).toEqual([]);
    expect(told('x0_prediction')).toEqual([]);
    // Where nothing of the data is left, the noise does not tell what it was.
    expect(new Set(told('eps_prediction'))).toEqual(new Set(['non-finite-constant']));
  });

  test('a net refuses step 0', () => {
    const net = 'net f(t: step(10)) = sinusoidal(t, 4) |> dense(1) |> scalar';
    expect(problems('  for t in noise.T..1 { x = x + f(t) }', net)).toEqual([]);
    expect(problems('  for t in noise.T..0 { x = x + f(t) }', net)).toEqual([
      "expected a step, 1 to 10, for 't' of 'f', found a count number",
    ]);
  });
});
