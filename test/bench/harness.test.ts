/** The benchmark's own logic: its command line, its statistics, who takes part, and what it says of targets. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allContenders } from '../../bench/contenders/list.ts';
import { chartsOf } from '../../bench/harness/charts.ts';
import { curveChart } from '../../bench/harness/curves.ts';
import { distance, leftOutLines } from '../../bench/harness/contestants.ts';
import { describeMachine } from '../../bench/harness/machine.ts';
import { answerIn, meanPixels, samplesChecked } from '../../bench/harness/protocol.ts';
import { growthExponent, ratiosOf, spreadOf } from '../../bench/harness/statistics.ts';
import { logMarks, logScale } from '../../bench/harness/svg.ts';
import { outrun } from '../../bench/harness/variants.ts';
import type { Results } from '../../bench/measures/measure.ts';
import { readOptions } from '../../bench/options.ts';
import { isTheirs, targets, verdict } from '../../bench/targets.ts';

function options(...args: readonly string[]) {
  const read = readOptions(args);
  if (read === 'help') throw new Error('no help was asked for');
  return read;
}

describe('the command line', () => {
  test('a filter takes what has all words of one of its alternatives', () => {
    const { wanted } = options('--filter', 'step vaec,Startup');
    expect(wanted('step', 'mnist-vae', 'vaec webgpu')).toBe(true);
    expect(wanted('step', 'mnist-vae', 'PyTorch, 2 threads')).toBe(false);
    expect(wanted('startup', 'mnist', 'anything')).toBe(true);
    expect(options().wanted('step', 'ddpm', 'jax-js wasm')).toBe(true);
  });

  test('a device is one there is', () => {
    expect(options('--device', 'cuda').device).toBe('cuda');
    expect(options().device).toBeUndefined();
    expect(() => options('--device', 'tpu')).toThrow('--device "tpu": cpu, webgpu, cuda is what there is');
  });

  test('counts are whole and positive, threads are told once', () => {
    expect(options('--threads', '1,1').threads).toEqual([1]);
    expect(() => options('--threads', '100000')).toThrow('--threads "100000": this machine has');
    expect(() => options('--rounds', '0')).toThrow('--rounds "0"');
    expect(() => options('--steps', '2.5')).toThrow('--steps "2.5"');
  });
});

test('where nothing is measured the command fails, and writes no results', () => {
  const results = () => (existsSync('bench/results') ? readdirSync('bench/results') : undefined);
  const before = results();
  const args = ['--import', 'tsx', 'bench/bench.ts', '--filter', 'mistyped', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toContain('nothing was measured');
  expect([status, stdout]).toEqual([1, '']);
  expect(results()).toEqual(before);
});

describe('statistics', () => {
  test('the median of an even number of measurements lies between the middle two', () => {
    expect(spreadOf([4, 1, 3, 10])).toEqual({ median: 3.5, least: 1, most: 10 });
    expect(() => spreadOf([])).toThrow('no measurements');
  });

  test('ratios are taken round by round, so a machine that slows down changes none', () => {
    expect(ratiosOf([1, 2, 4], [2, 4, 8])).toEqual({ median: 0.5, least: 0.5, most: 0.5 });
    expect(ratiosOf([1, 2, 30], [2, 4]).most).toBe(0.5);
  });

  test('the exponent of a power is found from two of its points', () => {
    expect(growthExponent([2, 3 * 2 ** 1.5], [8, 3 * 8 ** 1.5])).toBeCloseTo(1.5, 12);
  });
});

describe('who takes part', () => {
  const variant = (name: string, pace: number, family = 'PyTorch', place = 'cpu') => {
    return { name, family, place, pace } as { name: string; family: 'PyTorch'; place: 'cpu'; pace: number };
  };

  test('the two fastest variants of a library in a place do, and all of vaec', () => {
    const all = [
      variant('slow', 9),
      variant('fast', 1),
      variant('second', 2),
      variant('third', 3),
      variant('elsewhere', 50, 'PyTorch', 'cuda'),
      variant('another', 60, 'jax-js'),
      ...[1, 2, 3].map((n) => variant(`vaec ${n}`, 10 * n, 'vaec')),
    ];
    expect(outrun(all).map(({ name }) => name)).toEqual(['slow', 'third']);
  });

  test('a variant that a target names does, however slow it is', () => {
    const all = allContenders({ threads: [1, 2], python: 'python3' });
    for (const target of targets.filter((one) => one.variant !== undefined)) {
      const named = all.filter((entry) => isTheirs(target, entry));
      expect(named).not.toEqual([]);
      const paced = all.map((entry, i) => ({ ...entry, pace: named.includes(entry) ? 1000 : i }));
      const out = outrun(paced).map(({ name }) => name);
      for (const { name } of named) expect(out).not.toContain(name);
    }
  });

  test('variants that failed outrun nobody', () => {
    expect(outrun([variant('lost', Infinity), variant('lost too', Infinity), variant('slow', 9)])).toEqual([]);
  });

  test('those left out for one reason share a line, which has its first line alone', () => {
    const left = [
      { name: 'a', reason: 'not here\nstack' },
      { name: 'b', reason: 'it failed' },
      { name: 'c', reason: 'not here\nanother stack' },
    ];
    expect(leftOutLines(left)).toEqual(['left out: a; c: not here', 'left out: b: it failed']);
  });
});

describe('what contenders answer', () => {
  test('the distance is that of the worst number, and no number where one is missing', () => {
    expect(distance([1, 2.002], [1, 2])).toBeCloseTo(1e-3, 12);
    expect(distance([1], [1, 2])).toBeNaN();
  });

  test('what a library prints is no answer', () => {
    expect(answerIn('{"kind":"time","milliseconds":2}')).toEqual({ kind: 'time', milliseconds: 2 });
    for (const line of ['loading', '{"kind":"greeting"}', '{not json']) expect(answerIn(line)).toBeUndefined();
  });

  test('mean pixels are those of each picture by itself', () => {
    const pictures = Array.from({ length: 2 * samplesChecked }, (_, i) => [i, i + 2]).flat();
    expect(meanPixels(pictures, 2 * samplesChecked)).toEqual(Array.from({ length: samplesChecked }, (_, i) => i + 1));
  });
});

test('a target is reached at its bound', () => {
  expect(verdict(2.5, 2.5)).toBe('at most 2.50: reached');
  expect(verdict(301, 300, '300')).toBe('at most 300: not reached');
});

test('logarithmic scales keep ratios, and mark round numbers within their range', () => {
  const x = logScale(1, 100, 0, 200);
  expect([x(1), x(10), x(100)]).toEqual([0, 100, 200]);
  expect(logMarks(0.4, 30)).toEqual([0.5, 1, 2, 5, 10, 20]);
  expect(logMarks(0.5, 2000)).toEqual([1, 10, 100, 1000]);
});

test('the names of many curves stay within the picture, above the panels', () => {
  const chart = (count: number) => {
    const curves = Array.from({ length: count }, (_, i) => ({ name: `curve ${i}`, points: [[1, 2, 1, 3]] as const }));
    const svg = curveChart('some', [{ title: 'a panel', curves }]);
    const names = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>curve/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    const width = Number(/width="(\d+)"/.exec(svg)![1]);
    const panels = Number(/translate\(0 (\d+)\)/.exec(svg)![1]);
    return { names, width, panels };
  };
  expect(chart(4).names.map(([, y]) => y)).toEqual([50, 50, 50, 50]);
  const { names, width, panels } = chart(6);
  expect(names).toHaveLength(6);
  expect(new Set(names.map(String)).size).toBe(6);
  for (const [x, y] of names) {
    expect(x! + 150).toBeLessThan(width);
    expect(y).toBeLessThan(panels);
  }
});

test('each machine has its charts, and the files of one machine share them', () => {
  const results = (processor: string, cores: number, ...measures: readonly string[]): Results => ({
    machine: { ...describeMachine(), processor, cores },
    measures: measures.map((measure) => ({
      measure,
      text: '',
      data: [{ workload: 'ddpm', contenders: [{ name: `vaec on ${processor}`, times: [1, 2] }] }],
    })),
  });
  const own = results('EPYC', 2, 'step');
  const charts = chartsOf([own, results('EPYC', 2, 'startup', 'step'), results('Xeon', 16, 'step')]);
  expect(charts.map(({ name }) => name)).toEqual(['bench-ddpm.svg', 'bench-ddpm-2.svg']);
  const [first, second] = charts;
  expect(first!.title).not.toContain('EPYC');
  expect(second!.title).toMatch(/; Xeon, 16 cores$/);
  expect(second!.svg).toContain('vaec on Xeon');
  expect(chartsOf([own])).toEqual([first]);
});
