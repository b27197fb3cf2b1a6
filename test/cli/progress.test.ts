import { expect, test } from 'vitest';
import { epochsDone, formatDuration, formatValue, progressLine } from '../../cli/progress.ts';

const progress = {
  step: 1500,
  steps: 14063,
  epoch: 3.2,
  epochs: 30,
  stepsPerSecond: 41.24,
  values: [
    { name: 'elbo', value: -112.312 },
    { name: 'log p(x | z)', value: -87.041 },
    { name: 'KL(q(z | x) || p(z))', value: 25.271 },
  ],
};

test('the line tells epoch, rate, time left, the objective and its terms', () => {
  expect(progressLine(progress, 200)).toBe(
    'epoch 3.2/30 · 41.2 steps/s · 5:05 left · elbo -112.31: log p(x | z) -87.04, KL(q(z | x) || p(z)) 25.27',
  );
});

test('it is cut to the width of the terminal', () => {
  const line = progressLine(progress, 60);
  expect(line.length).toBeLessThan(60);
  expect(line.endsWith('…')).toBe(true);
});

test('the last step of an epoch, whose batch begins the next one, has done whole epochs', () => {
  // 1000 rows in batches of 128: the eighth step ends the first epoch, the 102nd the thirteenth.
  const after = (step: number): number => epochsDone(step, (step * 128) / 1000);
  expect([1, 7, 8, 9].map(after)).toEqual([0.128, 0.896, 1, 1.152]);
  expect([101, 102, 103].map(after)).toEqual([12.928, 13, 13.184]);
  expect(progressLine({ step: 102, steps: 235, epoch: 13.056, epochs: 30.08, values: [] }, 100)).toBe('epoch 13.0/30');
  // Batches that divide the rows, one that is all of them, and no step yet.
  expect([epochsDone(8, 1), epochsDone(3, 3), epochsDone(0, 0)]).toEqual([1, 3, 0]);
});

test('before the first measurement there is no rate', () => {
  const { stepsPerSecond: _, ...first } = progress;
  expect(progressLine({ ...first, values: [] }, 100)).toBe('epoch 3.2/30');
});

test('numbers and times are short', () => {
  expect([0, -0.25, 12.345, 1e-5, 2.5e7, Number.NaN].map(formatValue)).toEqual([
    '0.0000',
    '-0.2500',
    '12.35',
    '1.000e-5',
    '2.500e+7',
    'NaN',
  ]);
  expect([7.4, 760, 11100].map(formatDuration)).toEqual(['0:07', '12:40', '3:05:00']);
});
