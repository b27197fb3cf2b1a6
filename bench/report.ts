/**
 * `npm run bench:report -- FILE…` writes docs/performance.md from files of bench/results: their tables as they were
 * printed, a chart of each workload, and bench/notes.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { barChart, type Bar } from './harness/bars.ts';
import { type Curve, curveChart } from './harness/curves.ts';
import { machineLine } from './harness/machine.ts';
import { spreadOf } from './harness/statistics.ts';
import type { Growth } from './measures/growth.ts';
import type { Finding, Results } from './measures/measure.ts';
import { workloadNamed } from './workloads/list.ts';

const files = process.argv.slice(2);
const place = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

if (files.length === 0) {
  console.error('usage: npm run bench:report -- bench/results/FILE.json…');
  process.exitCode = 2;
} else {
  const found = files.map((file) => ({ file, results: JSON.parse(readFileSync(file, 'utf8')) as Results }));
  const drawn = found.flatMap(({ results }) => results.measures.flatMap(chartsOf));
  // A workload that was measured again under other settings is told in its table.
  const charts = drawn.filter(({ name }, i) => drawn.findIndex((one) => one.name === name) === i);
  const sections = found.map(({ file, results: { machine, measures } }) =>
    [
      `${machineLine(machine)}, ${machine.time.slice(0, 10)} (\`${basename(file)}\`):`,
      ...measures.map(({ text }) => `\`\`\`text\n${text}\n\`\`\``),
    ].join('\n\n'),
  );
  const text = [
    '<!-- Written by `npm run bench:report` from what `npm run bench` found. -->',
    '# Performance',
    'Ratios of one run count: a machine drifts by a quarter between two. [bench/README.md](../bench/README.md) says how it is measured.',
    ...charts.map(({ name, title }) => `![${title}](images/${name})`),
    readFileSync(place('bench/notes.md'), 'utf8').trim(),
    '## Figures',
    ...sections,
  ].join('\n\n');
  for (const { name, svg } of charts) writeFileSync(place(`docs/images/${name}`), svg);
  writeFileSync(place('docs/performance.md'), `${text}\n`);
  console.log(`written: docs/performance.md and ${charts.length} charts`);
}

/** What a race keeps of a workload, as far as a chart needs it. */
interface Raced {
  readonly workload: string;
  readonly contenders: readonly { readonly name: string; readonly times: readonly number[] }[];
}

interface Chart {
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

function chartsOf({ measure, data }: Finding): readonly Chart[] {
  switch (measure) {
    case 'step':
      return (data as readonly Raced[]).map((raced) =>
        bars(raced, `milliseconds a step: ${workloadNamed(raced.workload).title}`),
      );
    case 'sampling':
      return (data as readonly Raced[]).map((raced) => bars(raced, 'milliseconds to draw 10,000 pictures: MNIST VAE'));
    case 'growth':
      return [curves(data as readonly Growth[])];
    default:
      return [];
  }
}

function bars({ workload, contenders }: Raced, title: string): Chart {
  const sorted = contenders
    .map(({ name, times }): Bar => ({ name, ...spreadOf(times), ours: name.startsWith('vaec') }))
    .sort((a, b) => a.median - b.median);
  return { name: `bench-${workload}.svg`, title, svg: barChart(title, sorted) };
}

function curves(grown: readonly Growth[]): Chart {
  const models = [...new Set(grown.map(({ model }) => model))];
  const title = `milliseconds a step as the work grows: ${models.join('; ')}`;
  const panels = grown.map(({ title: of, points }) => {
    const names = [...new Set(points.flatMap(({ contenders }) => contenders.map(({ name }) => name)))];
    const at = (name: string) =>
      points.flatMap(({ value, contenders }): Curve['points'] => {
        const times = contenders.find((one) => one.name === name)?.times;
        if (times === undefined) return [];
        const { median, least, most } = spreadOf(times);
        return [[value, median, least, most]];
      });
    return { title: of, curves: names.map((name): Curve => ({ name, points: at(name) })) };
  });
  return { name: 'bench-growth.svg', title, svg: curveChart(title, panels) };
}
