/** Means, tables and clocks, by hand. */
import { expect, test } from 'vitest';
import { cpuModules, cpuMultiplyAdds } from '../../../runtime/profile/ceiling-cpu.ts';
import { kernelTimes } from '../../../runtime/profile/kernel-times.ts';
import type { ProgramProfile } from '../../../runtime/profile/profiler.ts';
import { kernelTable } from '../../../runtime/profile/report.ts';
import type { DispatchInterval, Timeline } from '../../../runtime/profile/timeline.ts';
import { traceOf } from '../../../runtime/profile/trace.ts';
import { tinyPlan } from '../../support/tiny-plan.ts';

const program = tinyPlan.programs.find(({ name }) => name === 'train')!;
const plan = {
  ...tinyPlan,
  kernels: tinyPlan.kernels.map((kernel, i) => ({ ...kernel, flops: 2e6 * (i + 1), bytes: 1e6 })),
};

const timeline = (
  at: number,
  dispatches: readonly DispatchInterval[],
  clock: Timeline['clock'] = 'host',
): Timeline => ({
  upload: { begin: at, end: at + 1 },
  submit: { begin: at + 1, end: at + 2 },
  readBack: { begin: at + 20, end: at + 21 },
  dispatches,
  clock,
});
const took = (run: number, dispatch: number, lane: number, begin: number, end: number): DispatchInterval => {
  return { run, dispatch, lane, begin, end };
};
/** Two threads at the first dispatch, one at the others; two runs. */
const dispatches = [
  took(0, 0, 0, 3, 4),
  took(0, 1, 0, 5, 6),
  took(0, 2, 0, 6, 8),
  took(1, 0, 0, 9, 10),
  took(1, 1, 0, 12, 15),
  took(1, 2, 0, 15, 17),
  took(0, 0, 1, 3.5, 5),
  took(1, 0, 1, 9.5, 12),
];
const profile: ProgramProfile = { plan, program, flights: [{ runs: 2, timeline: timeline(0, dispatches) }] };

test('a dispatch lasts from the first thread to the last, and its time is the mean over the runs', () => {
  expect(kernelTimes(profile)).toEqual([
    { kernel: 'rows', milliseconds: 2.5, flops: 2e6, bytes: 1e6 },
    { kernel: 'loss_and_gradient', milliseconds: 2, flops: 4e6, bytes: 1e6 },
    { kernel: 'update', milliseconds: 2, flops: 6e6, bytes: 1e6 },
  ]);
  expect(kernelTimes({ ...profile, flights: [] })).toEqual([]);
});

test('the table tells rates, and how near they are to what the device can do', () => {
  expect(kernelTable(kernelTimes(profile), { gigaflops: 4, gigabytes: 1 }).split('\n')).toEqual([
    'kernel                ms   of all  GFLOP/s  of peak   GB/s  of peak',
    'rows               2.500   38.5 %    0.800   20.0 %  0.400   40.0 %',
    'loss_and_gradient  2.000   30.8 %     2.00   50.0 %  0.500   50.0 %',
    'update             2.000   30.8 %     3.00   75.0 %  0.500   50.0 %',
    'all                6.500  100.0 %     1.85   46.2 %  0.462   46.2 %',
  ]);
  expect(kernelTable(kernelTimes(profile)).split('\n')[0]).toBe('kernel                ms   of all  GFLOP/s   GB/s');
});

test("a device's own clock is moved so that no flight begins before it was handed over, and no kernel changes its length", () => {
  // The device's clock is 1000 ms ahead; the second flight waits 5 ms for the first.
  const flights = [0, 10].map((at, i) => ({
    runs: 1,
    timeline: timeline(at, [took(0, 0, 0, 1000 + at + 1 + 5 * i, 1000 + at + 4 + 5 * i)], 'device'),
  }));
  const { traceEvents } = traceOf([{ plan, program, flights }], {});
  const kernels = traceEvents.filter(({ pid, ph }) => pid === 2 && ph === 'X');
  expect(kernels.map(({ ts, dur }) => [ts, dur])).toEqual([
    [1000, 3000],
    [16_000, 3000],
  ]);
});

test("the processor's kernels for measuring do what they say", () => {
  const chunk = 256;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const module = new WebAssembly.Module(cpuModules(chunk).plain);
  const { multiply_add: multiplyAdd, copy } = new WebAssembly.Instance(module, { vaec: { memory } })
    .exports as Readonly<Record<string, (...args: number[]) => void>>;
  const bytes = new Uint8Array(memory.buffer);
  for (let i = 0; i < 4 * chunk; i++) bytes[1024 + i] = i % 251;
  copy!(1024, 8192, 1, 3);
  for (let i = 0; i < 4 * chunk; i++) {
    expect(bytes[8192 + i]).toBe(i >= chunk && i < 3 * chunk ? i % 251 : 0);
  }
  // x = x / 2 + 1/2 tends to 1; a vector of the twelve sums is stored for each workgroup.
  multiplyAdd!(16_384, 1, 3);
  const floats = new Float32Array(memory.buffer);
  expect([...floats.subarray(4096, 4096 + 16)]).toEqual(
    [0, 12, 0].flatMap((x, i) => Array<number>(i === 1 ? 8 : 4).fill(x)),
  );
  expect(cpuMultiplyAdds.bytes).toBe(16 * cpuMultiplyAdds.workgroups);
});
