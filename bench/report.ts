/**
 * `npm run bench:report -- FILE…` writes docs/performance.md from files of bench/results: their tables as they were
 * printed, a chart of each workload on each machine, and bench/notes.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartsOf, measuredGpu } from './harness/charts.ts';
import { machineLine } from './harness/machine.ts';
import type { Results } from './measures/measure.ts';

const withoutGpu =
  "**No graphics card has been measured.** Where a figure is of webgpu, ours or a peer's, Dawn computed on lavapipe: on the " +
  'same cores as all others, by kernels of a profile that is made for it.';

const files = process.argv.slice(2);
const place = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

if (files.length === 0) {
  console.error('usage: npm run bench:report -- bench/results/FILE.json…');
  process.exitCode = 2;
} else {
  const found = files.map((file) => ({ file, results: JSON.parse(readFileSync(file, 'utf8')) as Results }));
  const charts = chartsOf(found.map(({ results }) => results));
  const sections = found.map(({ file, results: { machine, measures } }) =>
    [
      `${machineLine(machine)}, ${machine.time.slice(0, 10)} (\`${basename(file)}\`):`,
      ...measures.map(({ text }) => `\`\`\`text\n${text}\n\`\`\``),
    ].join('\n\n'),
  );
  const text = [
    '<!-- Written by `npm run bench:report` from what `npm run bench` found. -->',
    '# Performance',
    'Ratios of one run count: a machine drifts by a quarter between two. [bench/README.md](../bench/README.md) says how it is measured, and what the columns are.',
    ...(measuredGpu(found.map(({ results }) => results)) ? [] : [withoutGpu]),
    ...charts.map(({ name, title }) => `![${title}](images/${name})`),
    readFileSync(place('bench/notes.md'), 'utf8').trim(),
    '## Figures',
    ...sections,
  ].join('\n\n');
  for (const { name, svg } of charts) writeFileSync(place(`docs/images/${name}`), svg);
  writeFileSync(place('docs/performance.md'), `${text}\n`);
  console.log(`written: docs/performance.md and ${charts.length} charts`);
}
