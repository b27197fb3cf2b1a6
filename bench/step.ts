/**
 * Milliseconds a training step of specs/vae/mnist_grey.vae and its dispatches, beside PyTorch on the CPU where it is
 * installed: `npm run bench [-- --data DIR] [--steps N] [--rounds N] [--json]`. Rounds alternate, so that a machine
 * whose speed drifts slows both; quote the medians and the ratio, which is what compares.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compile } from '../compiler/compile.ts';
import { diskSources } from '../cli/sources.ts';
import { openModel, WebGpuDevice } from '../runtime/index.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: existsSync('data/mnist') ? 'data' : '../shared/data' },
    steps: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const rounds = Number(values.rounds);
const python = '/usr/bin/python3';

const device = await WebGpuDevice.open();
const { compiled } = compile({
  entry: 'specs/vae/mnist_grey.vae',
  host: diskSources(),
  profile: device.report.profile,
});
if (compiled === undefined) throw new Error('specs/vae/mnist_grey.vae does not compile');
// Evaluations have no place in a step's time.
const programs = compiled.plan.programs.map((program) =>
  program.kind === 'train' ? { ...program, track: [] } : program,
);
const plan = { ...compiled.plan, programs };
const dispatches = programs.find((program) => program.kind === 'train')!.dispatches.length;
const model = await openModel({ plan, sources: compiled.kernels, data: { folder: values.data }, device });

/** Trains `steps` more and gives milliseconds a step. */
async function ours(): Promise<number> {
  const target = model.step + steps;
  const started = performance.now();
  await model.train({ steps: target });
  return (performance.now() - started) / steps;
}

/** The same step in PyTorch: data loading left out, the faster of Adam's two loops. */
function peer(): number | undefined {
  const { status, stdout } = spawnSync(python, ['bench/step.py', String(steps)], {
    encoding: 'utf8',
    env: { ...process.env, OMP_WAIT_POLICY: 'passive' },
  });
  return status === 0 ? Number(stdout.trim()) : undefined;
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
const range = (times: readonly number[]): string =>
  `${median(times).toFixed(2)} ms  (${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)})`;

await ours(); // Compiles the kernels and fills the driver's cache.
const here: number[] = [];
const there: number[] = [];
for (let round = 0; round < rounds; round++) {
  here.push(await ours());
  const time = peer();
  if (time !== undefined) there.push(time);
}
const ratio = there.length === 0 ? undefined : median(here) / median(there);
if (values.json) {
  const result = { device: device.report.description, profile: plan.profile, dispatches, steps, here, there, ratio };
  console.log(JSON.stringify(result));
} else {
  console.log(`${device.report.description}, profile ${plan.profile}, ${rounds} rounds of ${steps} steps`);
  console.log(`vaec      ${range(here)}, ${dispatches} dispatches a step`);
  console.log(there.length === 0 ? 'PyTorch   not installed' : `PyTorch   ${range(there)}`);
  if (ratio !== undefined) console.log(`ratio     ${ratio.toFixed(2)}`);
}
device.close();
