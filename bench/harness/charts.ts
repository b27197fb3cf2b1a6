/** The charts of a report: what files of bench/results tell of each workload, in SVG. */
import type { Growth } from '../measures/growth.ts';
import type { Finding, Results } from '../measures/measure.ts';
import { workloadNamed } from '../workloads/list.ts';
import { type Curve, curveChart } from './curves.ts';
import { type Dot, dotChart } from './dots.ts';
import type { Machine } from './machine.ts';
import { spreadOf } from './statistics.ts';

/** What a race keeps of a workload, as far as a chart needs it. */
interface Raced {
  readonly workload: string;
  readonly contenders: readonly { readonly name: string; readonly device: string; readonly times: readonly number[] }[];
}

interface Chart {
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

/**
 * One of each workload on each machine: one that was measured again under other settings is told in its table. Files of one
 * machine belong together; those of the machines after the first have its number in their charts' names.
 */
export function chartsOf(all: readonly Results[]): readonly Chart[] {
  const machines = [...new Set(all.map(({ machine }) => labelOf(machine)))];
  const drawn = all.flatMap(({ machine, measures }) => {
    const number = machines.indexOf(labelOf(machine)) + 1;
    const mark: Mark = number === 1 ? { file: '', title: '' } : { file: `-${number}`, title: `; ${labelOf(machine)}` };
    return measures.flatMap((finding) => chartsOfFinding(finding, mark));
  });
  return drawn.filter(({ name }, i) => drawn.findIndex((one) => one.name === name) === i);
}

/** What tells a machine from others, as far as a file of results knows. */
function labelOf({ processor, cores }: Machine): string {
  return `${processor}, ${cores} cores`;
}

/** What a machine adds to its charts. */
interface Mark {
  readonly file: string;
  readonly title: string;
}

function chartsOfFinding({ measure, data }: Finding, mark: Mark): readonly Chart[] {
  switch (measure) {
    case 'step':
      return (data as readonly Raced[]).map((raced) =>
        dots(raced, `milliseconds a step: ${workloadNamed(raced.workload).title}`, mark),
      );
    case 'sampling':
      return (data as readonly Raced[]).map((raced) =>
        dots(raced, 'milliseconds to draw 10,000 pictures: MNIST VAE', mark),
      );
    case 'growth':
      return [curves(data as readonly Growth[], mark)];
    default:
      return [];
  }
}

function dots({ workload, contenders }: Raced, what: string, mark: Mark): Chart {
  const title = `${what}${mark.title}`;
  const sorted = contenders
    .map(({ name, device, times }): Dot => {
      return { name: placed(name, device), ...spreadOf(times), ours: name.startsWith('vaec') };
    })
    .sort((a, b) => a.median - b.median);
  return { name: `bench-${workload}${mark.file}.svg`, title, svg: dotChart(title, sorted) };
}

/** Whether any of the contenders computed on a graphics card. */
export function measuredGpu(all: readonly Results[]): boolean {
  const raced = all.flatMap(({ measures }) => measures.filter(({ measure }) => ['step', 'sampling'].includes(measure)));
  return raced
    .flatMap(({ data }) => data as readonly Raced[])
    .flatMap(({ contenders }) => contenders)
    .some(({ name, device }) => name.includes('cuda') || (name.includes('webgpu') && placed(name, device) === name));
}

/** The contender as a reader must know it: `webgpu` alone would be taken for a graphics card. */
function placed(name: string, device: string): string {
  return /llvmpipe/i.test(device) ? name.replace('webgpu', 'webgpu (lavapipe)') : name;
}

function curves(grown: readonly Growth[], mark: Mark): Chart {
  const models = [...new Set(grown.map(({ model }) => model))];
  const title = `milliseconds a step as the work grows: ${models.join('; ')}${mark.title}`;
  const panels = grown.map(({ title: of, points }) => {
    const all = points.flatMap(({ contenders }) => contenders);
    const names = [...new Set(all.map(({ name, device }) => placed(name, device)))];
    const at = (wanted: string) =>
      points.flatMap(({ value, contenders }): Curve['points'] => {
        const times = contenders.find(({ name, device }) => placed(name, device) === wanted)?.times;
        if (times === undefined) return [];
        const { median, least, most } = spreadOf(times);
        return [[value, median, least, most]];
      });
    return { title: of, curves: names.map((name): Curve => ({ name, points: at(name) })) };
  });
  return { name: `bench-growth${mark.file}.svg`, title, svg: curveChart(title, panels) };
}
