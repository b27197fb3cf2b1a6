/** How many rows and draws an evaluation holds at once. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { elaborateText } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';

const spec = (...draws: readonly number[]) => `
use "std/objectives"
data d { x : real  source csv("x.csv") }
param u : real = 0.5
model p { z ~ Normal(0, 1)  x ~ Normal(u * z, 1) }
guide q(x) { z ~ Normal(u * x, 1) }
evaluate { data d  report elbo(p, q), ${draws.map((K) => `iwelbo(p, q, K: ${K})`).join(', ')} }`;

describe('an evaluation', () => {
  test.each([
    [[5], 128],
    [[64], 128],
    [[65], 126],
    [[5, 50, 300], 27],
    [[65536], 1],
  ])('with %o draws a row takes %i rows at a time', (draws, batch) => {
    const [program] = elaborateText(spec(...draws)).programs.programs;
    expect(program).toMatchObject({ kind: 'evaluate', batch });
  });

  test('with more draws a row than can be held is refused at the report that asks for them', () => {
    const text = spec(5, 65537);
    const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'not-supported: an evaluation with 65537 draws a row is not supported yet; 65536 are held at once at most',
    ]);
    const { start, end } = diagnostics[0]!.span;
    expect(text.slice(start, end)).toBe('iwelbo(p, q, K: 65537)');
  });
});
