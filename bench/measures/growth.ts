/** How a step's time grows with the batch, the width and the depth of a VAE, and with an IWAE's draws a row. */
import type { Entry } from '../contenders/list.ts';
import { type LeftOut, leftOutLines, wantedContenders, withField } from '../harness/contestants.ts';
import { withFixture } from '../harness/fixture.ts';
import { race } from '../harness/race.ts';
import { growthExponent, spreadOf } from '../harness/statistics.ts';
import { digits, table } from '../harness/table.ts';
import type { Options } from '../options.ts';
import { iwaeOf } from '../workloads/iwae/workload.ts';
import { vaeOf } from '../workloads/mnist-vae/workload.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Measure, Tell } from './measure.ts';

/** What grows, while everything else stays. */
interface Axis {
  readonly name: string;
  readonly title: string;
  /** What the rest is like. */
  readonly model: string;
  readonly values: readonly number[];
  workload(value: number): Workload;
}

/** Steps that must agree among the contenders: the interpreter would take minutes for the largest. */
const checked = 3;
const vae = 'VAE 784-400-400-20, batch 128';
const iwae = 'IWAE 784-200-200-50, batch 100';

const axes: readonly Axis[] = [
  {
    name: 'batch',
    title: 'batch',
    model: vae,
    values: [32, 128, 512, 2048],
    workload: (batch) => ({ ...vaeOf('growth', vae, checked, { batch }), reference: 'first contender' }),
  },
  {
    name: 'width',
    title: 'width of the hidden layers',
    model: vae,
    values: [100, 200, 400, 800, 1600],
    workload: (hidden) => ({ ...vaeOf('growth', vae, checked, { hidden }), reference: 'first contender' }),
  },
  {
    name: 'depth',
    title: 'hidden layers of each net',
    model: vae,
    values: [1, 2, 4, 8],
    workload: (depth) => ({ ...vaeOf('growth', vae, checked, { depth }), reference: 'first contender' }),
  },
  {
    name: 'K',
    title: 'K, draws a row of an IWAE',
    model: iwae,
    values: [1, 5, 20, 50],
    workload: (K) => ({ ...iwaeOf('growth', iwae, checked, K), reference: 'first contender' }),
  },
];

/** Rounds and steps of a turn: the curves are told by points, not by decimals. */
const rounds = 3;
const steps = 20;

/** What was found at a value of an axis. */
interface Point {
  readonly value: number;
  readonly contenders: readonly { readonly name: string; readonly device: string; readonly times: readonly number[] }[];
  readonly leftOut: readonly LeftOut[];
}

/** What a file of results keeps of an axis. */
export interface Growth {
  readonly axis: string;
  readonly title: string;
  readonly model: string;
  readonly points: readonly Point[];
}

export const growth: Measure = {
  seconds: (options) =>
    axes.reduce((sum, { name, values }) => sum + values.length * 6 * contendersOf(options, name).length, 0),

  async run(options, tell) {
    const found: Growth[] = [];
    for (const { name, title, model, values, workload } of axes) {
      const entries = contendersOf(options, name);
      if (entries.length === 0) continue;
      const points: Point[] = [];
      for (const value of values) {
        tell(`growth: ${name} ${value}`);
        points.push({ value, ...(await timesOf(workload(value), entries, options, tell)) });
      }
      found.push({ axis: name, title, model, points });
    }
    if (found.length === 0) return undefined;
    return { measure: 'growth', text: found.map(textOf).join('\n\n'), data: found };
  },
};

/** vaec with all threads, and PyTorch as a person would begin with it on each device. */
function contendersOf(options: Options, axis: string): readonly Entry[] {
  const threads = Math.max(...options.threads);
  return wantedContenders(options, 'growth', axis).filter(
    (entry) =>
      (entry.family === 'vaec' && (entry.place === 'webgpu' || entry.threads === threads)) ||
      /^PyTorch(, \d+ threads?| cuda, eager| cuda, graph, fused)$/.test(entry.name),
  );
}

async function timesOf(
  workload: Workload,
  entries: readonly Entry[],
  { data }: Options,
  tell: Tell,
): Promise<Omit<Point, 'value'>> {
  return withFixture(workload, { data }, async ({ folder }) => {
    const setting = { folder, data, question: { ask: 'losses' } } as const;
    const quiet = () => undefined;
    return withField(entries, setting, quiet, async ({ contestants, leftOut }) => {
      const { timed, lost } = await race(contestants, rounds, { ask: 'steps', most: steps }, tell);
      const contenders = timed.map(({ contestant: { entry, ready }, times }) => {
        return { name: entry.name, device: ready.device, times };
      });
      return { contenders, leftOut: [...leftOut, ...lost] };
    });
  });
}

/** Medians, a column for each contender; below, the power of what grows that the last two points lie on. */
function textOf({ axis, title, model, points }: Growth): string {
  const names = [...new Set(points.flatMap(({ contenders }) => contenders.map(({ name }) => name)))];
  const medianOf = (point: Point, name: string): number | undefined => {
    const times = point.contenders.find((one) => one.name === name)?.times;
    return times && spreadOf(times).median;
  };
  const cell = (value: number | undefined) => (value === undefined ? '' : digits(value));
  const rows = points.map((point) => [`${point.value}`, ...names.map((name) => cell(medianOf(point, name)))]);
  const [before, last] = points.slice(-2);
  const exponents = names.map((name) => {
    const [a, b] = [before, last].map((point) => point && medianOf(point, name));
    return a === undefined || b === undefined ? '' : growthExponent([before!.value, a], [last!.value, b]).toFixed(2);
  });
  const leftOut = points.flatMap((point) => point.leftOut);
  const different = leftOut.filter((one, i) => leftOut.findIndex(({ name }) => name === one.name) === i);
  return [
    `growth: milliseconds a step by ${title} (${model}), rounds: ${rounds}`,
    table([axis, ...names], [...rows, ['power, at the end', ...exponents]]),
    ...leftOutLines(different),
  ].join('\n');
}
