/**
 * GFLOP/s of the contractions of a variational autoencoder's training step, forward, backward and for the weights, and of
 * larger ones that caches are hard put to, under each profile that can run here, the processor's on one thread:
 * `npx tsx bench/contract.ts [profile ...]`.
 * In brackets the same by the processor's time, which other work on the machine disturbs less: a software adapter's
 * threads are this process's own.
 */
import { tensorsOf } from '../compiler/5-kernel/schedule/dependence.ts';
import { profiles, type Profile } from '../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../compiler/5-kernel/schedule/schedule.ts';
import { EnvironmentError } from '../runtime/errors.ts';
import { WebGpuDevice } from '../runtime/webgpu/device.ts';
import { biasRelu, contraction, inputsFor, plainStore, type Layout } from '../test/support/kernels.ts';
import { wasmRunner } from './contract/wasm.ts';
import { webGpuRunner } from './contract/webgpu.ts';

/**
 * Rows, inner extent, columns of each product of 784-400-400-20-400-400-784 at batch 128; of 1024-1024 at batch 512, whose
 * rows lie a power of two apart; of a long sum.
 */
const works: readonly (readonly [what: string, layout: Layout, shape: readonly [number, number, number]])[] = [
  ['x W, first layer', 'plain', [128, 784, 400]],
  ['x W, hidden layer', 'plain', [128, 400, 400]],
  ['x W, heads', 'plain', [128, 400, 40]],
  ['x W, from the latent', 'plain', [128, 20, 400]],
  ['x W, last layer', 'plain', [128, 400, 784]],
  ['dY Wᵀ, last layer', 'right', [128, 784, 400]],
  ['dY Wᵀ, hidden layer', 'right', [128, 400, 400]],
  ['dY Wᵀ, to the latent', 'right', [128, 400, 20]],
  ['dY Wᵀ, heads', 'right', [128, 40, 400]],
  ['Xᵀ dY, first layer', 'left', [784, 128, 400]],
  ['Xᵀ dY, hidden layer', 'left', [400, 128, 400]],
  ['Xᵀ dY, heads', 'left', [400, 128, 40]],
  ['Xᵀ dY, from the latent', 'left', [20, 128, 400]],
  ['Xᵀ dY, last layer', 'left', [400, 128, 784]],
  ['x W, 1024 wide', 'plain', [512, 1024, 1024]],
  ['dY Wᵀ, 1024 wide', 'right', [512, 1024, 1024]],
  ['Xᵀ dY, 1024 wide', 'left', [1024, 512, 1024]],
  ['Xᵀ dY, over 5000 rows', 'left', [200, 5000, 784]],
];

const asked = process.argv.slice(2);
const wanted = profiles.filter(({ name }) => asked.length === 0 || asked.includes(name));
const device = wanted.some(({ target }) => target === 'webgpu') ? await openDevice() : undefined;
const sizes = device?.report.subgroupSize;
const chosen = wanted.filter(({ target, subgroupSize: size }: Profile) => {
  if (target === 'cpu') return true;
  return device !== undefined && (size === undefined || (sizes?.min === size && sizes.max === size));
});

if (device !== undefined) console.log(`${device.report.description}\n`);
console.log(`${'GFLOP/s'.padEnd(28)}${chosen.map(({ name }) => name.padStart(16)).join('')}   compile`);
const rates = (flops: number, wall: number, processor: number): string =>
  `${(flops / wall / 1e6).toFixed(1)} (${(flops / processor / 1e6).toFixed(1)})`.padStart(16);
const totals = new Map<string, { readonly wall: number; readonly processor: number }>();
for (const [what, layout, shape] of works) {
  const kernel = contraction(layout, shape, layout === 'plain' ? biasRelu : plainStore);
  const { loaded, stored } = tensorsOf(kernel);
  const inputs = inputsFor(kernel, [...loaded, ...stored]);
  let line = `${what.padEnd(28)}`;
  let compiling = '';
  for (const profile of chosen) {
    const scheduled = scheduleKernel(kernel, profile);
    const runner =
      profile.target === 'cpu' ? await wasmRunner(scheduled, inputs) : await webGpuRunner(device!, scheduled, inputs);
    compiling += runner.compiling.toFixed(0).padStart(6);
    const flops = 2 * shape[0] * shape[1] * shape[2];
    const times = Math.max(4, Math.round(8e8 / flops));
    const runs = [await runner.run(times), await runner.run(times), await runner.run(times)];
    const wall = Math.min(...runs.map((one) => one.wall)) / times;
    const processor = Math.min(...runs.map((one) => one.processor)) / times;
    const total = totals.get(profile.name) ?? { wall: 0, processor: 0 };
    totals.set(profile.name, { wall: total.wall + wall, processor: total.processor + processor });
    line += rates(flops, wall, processor);
    runner.close();
  }
  console.log(`${line}   ${compiling} ms`);
}
const flops = works.reduce((sum, [, , [m, k, n]]) => sum + 2 * m * k * n, 0);
const overall = chosen.map(({ name }) => rates(flops, totals.get(name)!.wall, totals.get(name)!.processor));
console.log(`${'all of them'.padEnd(28)}${overall.join('')}`);
device?.close();

async function openDevice(): Promise<WebGpuDevice | undefined> {
  try {
    return await WebGpuDevice.open();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    console.error(error.message);
    return undefined;
  }
}
