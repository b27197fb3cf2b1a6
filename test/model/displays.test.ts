/** What draws of a sample program are shown as. */
import { expect, test } from 'vitest';
import { elaborateText } from '../support/elaborated.ts';

test.each([
  ['a number', 'e ~ Normal(0, 1)  return e', 'number'],
  ['a vector of one', 'e ~ Normal(0, 1)[1]  return e', 'number'],
  ['a point', 'e ~ Normal(0, 1)[2]  return e', 'points'],
  ['a vector', 'e ~ Normal(0, 1)[3]  return e', 'numbers'],
  ['a picture', 'e ~ Normal(0, 1)[4, 4]  return e', 'picture'],
  ['a category, whose mean says nothing', 's ~ Categorical(logits: [0, 1, 2])  return s', 'numbers'],
  ['several numbers that share a draw', 'e ~ Normal(0, 1)  return [e + i for i in 0..9]', 'numbers'],
])('%s', (_, body, display) => {
  const { programs } = elaborateText(`sample draws(n = 10) { ${body} }\n`).programs;
  expect(programs.map((program) => program.kind === 'sample' && program.display)).toEqual([display]);
});
