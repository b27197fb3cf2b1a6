/** plan.json as a person reads it, and as a program does. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planText } from '../../cli/plan-text.ts';
import type { Plan } from '../../compiler/5-kernel/plan.ts';

const textOf = (value: unknown): string => planText(value as Plan);

test('whatever the numbers, texts and lists, it reads back as the same', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 5 }),
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
      (a, b) => {
        const value: unknown = JSON.parse(JSON.stringify({ a, b, c: [b, [1, 2], '[\n 1\n]', ['1', 2], [3, null]] }));
        expect(JSON.parse(textOf(value))).toEqual(value);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

test('lists of numbers stand on one line where they fit, else on full ones', () => {
  expect(textOf({ shape: [784, 400], names: ['a', 'b'], none: [] })).toBe(
    '{\n "shape": [784, 400],\n "names": [\n  "a",\n  "b"\n ],\n "none": []\n}\n',
  );
  // Nineteen of them, six characters each, are a line.
  const lines = textOf({ values: Array.from({ length: 100 }, (_, i) => 1000 + i) }).split('\n');
  expect(lines).toHaveLength(11);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
});

test('the checked-in plan has no number on a line of its own', () => {
  expect(readFileSync('docs/compiled/mixture/plan.json', 'utf8')).not.toMatch(/^\s*-?\d+,?$/m);
});
