import { expect, test } from 'vitest';
import { eventPrinter } from '../../cli/events.ts';
import type { TrainEvent } from '../../runtime/train/events.ts';
import { record } from './recorder.ts';

const onCpu = { target: 'cpu' } as const;
const begin: TrainEvent = { kind: 'begin', step: 0, steps: 30, resumed: false };
const progress = (step: number): TrainEvent => ({
  kind: 'progress',
  step,
  steps: 30,
  epoch: step / 10,
  epochs: 3,
  objective: -step,
  terms: [
    { name: 'objective', text: 'elbo(p, q)', value: -step },
    { name: 'term_1', text: 'log p(x | z)', value: -1 },
  ],
});

test('what a training takes on the device is told before it begins', () => {
  const mib = 2 ** 20;
  const parts = [
    { part: 'data', bytes: 37.5 * mib },
    { part: 'activations', bytes: 2 * mib },
  ] as const;
  const event: TrainEvent = { kind: 'memory', total: 39.5 * mib, parts };
  const { terminal, err } = record();
  eventPrinter(terminal, onCpu)(event);
  expect(err()).toBe('memory: 39.5 MiB in all; data 37.5 MiB, activations 2 MiB\n');
  const json = record();
  eventPrinter(json.terminal, { ...onCpu, json: true })(event);
  expect(JSON.parse(json.out())).toEqual(event);
});

test.each([
  ['webgpu', /the first steps, for which drivers compile once more .*$/],
  ['cpu', /the first steps$/],
] as const)('a terminal shows what takes its time before the first step on %s', (target, firstSteps) => {
  const { terminal, err } = record({ isTTY: true });
  const print = eventPrinter(terminal, { target });
  print({ kind: 'warm-up', stage: 'data' });
  expect(err()).toMatch(/reading the data$/);
  print({ kind: 'warm-up', stage: 'kernels', kernels: 38 });
  expect(err()).toMatch(/compiling 38 kernels$/);
  print(begin);
  expect(err()).toMatch(firstSteps);
});

test('off a terminal there is one line an epoch on standard error', () => {
  const { terminal, out, err } = record();
  const print = eventPrinter(terminal, onCpu);
  print(begin);
  for (let step = 1; step <= 30; step++) print(progress(step));
  expect(out()).toBe('');
  expect(err().trim().split('\n')).toEqual([
    'epoch 1.0/3 · elbo(p, q) -10.00: log p(x | z) -1.0000',
    'epoch 2.0/3 · elbo(p, q) -20.00: log p(x | z) -1.0000',
    'epoch 3.0/3 · elbo(p, q) -30.00: log p(x | z) -1.0000',
  ]);
});

test('a resumed run does not tell again of the epochs before', () => {
  const { terminal, err } = record();
  const print = eventPrinter(terminal, onCpu);
  print({ ...begin, step: 14, resumed: true });
  for (let step = 15; step <= 20; step++) print(progress(step));
  expect(err().trim().split('\n')).toEqual([
    'going on from step 14 of 30',
    'epoch 2.0/3 · elbo(p, q) -20.00: log p(x | z) -1.0000',
  ]);
});

test('JSON lines of progress come once an epoch, and once a second between', () => {
  const { terminal, out, err } = record();
  const clock = { now: 0 };
  const print = eventPrinter(terminal, { ...onCpu, json: true }, () => clock.now);
  print(begin);
  for (let step = 1; step <= 30; step++) {
    clock.now += 300;
    print(progress(step));
  }
  const lines = out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainEvent);
  expect(lines.map((line) => ('step' in line ? line.step : -1))).toEqual([0, 1, 5, 9, 10, 14, 18, 20, 24, 28, 30]);
  expect(err()).toBe('');
});

test('evaluations are results: they go to standard output, on one line where there is one report', () => {
  const { terminal, out } = record({ isTTY: true });
  const report = {
    name: 'elbo',
    text: 'elbo(p, q)',
    unit: 'nats',
    kind: 'number',
    value: -108.7,
    standardError: 0.24,
  } as const;
  const evaluation = { program: 'track_1', set: 'mnist.test', rows: 10000, step: 469, reports: [report] };
  const print = eventPrinter(terminal, onCpu);
  print({ kind: 'evaluation', step: 469, epoch: 1.0005, evaluation });
  // Due where 13 epochs are done; and within one.
  print({ kind: 'evaluation', step: 102, epoch: 13.056, evaluation });
  print({ kind: 'evaluation', step: 100, epoch: 12.8, evaluation });
  expect(out()).toBe(
    ['1', '13', '12.8'].map((epoch) => `epoch ${epoch}, mnist.test: elbo(p, q)  -108.70 ± 0.24 nats\n`).join(''),
  );
});
