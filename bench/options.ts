/** The command line of the benchmark. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { sharedData } from '../test/shared-data.ts';
import { type Place, places } from './contenders/list.ts';

export interface Options {
  readonly rounds: number;
  /** Steps of a turn, fewer for contenders that are very slow. */
  readonly steps: number;
  /** The folder that holds mnist/. */
  readonly data: string;
  /** Numbers of threads to compare. */
  readonly threads: readonly number[];
  /** Where contenders compute; all places where absent. */
  readonly device?: Place;
  readonly python: string;
  /** The kernels that OpenBLAS is to use, such as Haswell; those it finds best where absent. */
  readonly coretype?: string;
  readonly json: boolean;
  readonly profile: boolean;
  /** Whether something is to be measured, by its measure, its workload and its name. */
  wanted(...words: readonly string[]): boolean;
}

export const help = `npm run bench -- [options]

What is measured: step (milliseconds a training step beside other libraries), sampling (10,000 pictures), startup, memory,
idle, growth (a step as the batch, the width, the depth and K grow).

  --filter TEXT    only what has all words of TEXT in its measure, workload or name; commas separate alternatives:
                   --filter startup, --filter "step vaec,step pytorch"
  --device NAME    only contenders that compute there: cpu, webgpu or cuda
  --rounds N       rounds (7); every contender has a turn in each
  --steps N        steps of a turn (40)
  --threads LIST   numbers of threads to compare, those that there are cores for (1,2)
  --data DIR       the folder that holds mnist/
  --python FILE    the Python that has PyTorch (/usr/bin/python3)
  --coretype NAME  the kernels that PyTorch's OpenBLAS is to use, such as Haswell, in place of those it finds best
  --profile        the time of each kernel of vaec instead
  --json           print the results as JSON; they are written to bench/results/ in any case
`;

/** Throws a TypeError for an option that is not there, an Error for a value that makes no sense. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      filter: { type: 'string', default: '' },
      device: { type: 'string', default: 'all' },
      rounds: { type: 'string', default: '7' },
      steps: { type: 'string', default: '40' },
      threads: { type: 'string', default: '1,2' },
      data: { type: 'string', default: existsSync('data/mnist') ? 'data' : sharedData },
      python: { type: 'string', default: '/usr/bin/python3' },
      coretype: { type: 'string' },
      profile: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { device, data, python, coretype, json, profile } = values;
  const place = places.find((one) => one === device);
  if (device !== 'all' && place === undefined)
    throw new Error(`--device "${device}": ${places.join(', ')} is what there is`);
  const threads = [...new Set(values.threads.split(',').map((text) => atLeastOne('--threads', text)))];
  const possible = threads.filter((count) => count <= availableParallelism());
  if (possible.length === 0)
    throw new Error(`--threads "${values.threads}": this machine has ${availableParallelism()} cores`);
  return {
    rounds: atLeastOne('--rounds', values.rounds),
    steps: atLeastOne('--steps', values.steps),
    threads: possible,
    data,
    python,
    json,
    profile,
    ...(coretype !== undefined && { coretype }),
    ...(place !== undefined && { device: place }),
    wanted: wantedBy(values.filter),
  };
}

function atLeastOne(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name} "${text}": a whole number of at least 1 is needed`);
  return value;
}

function wantedBy(filter: string): Options['wanted'] {
  const alternatives = filter
    .toLowerCase()
    .split(',')
    .map((words) => words.split(' ').filter((word) => word !== ''));
  return (...words) => {
    const text = words.join(' ').toLowerCase();
    return alternatives.some((all) => all.every((word) => text.includes(word)));
  };
}
