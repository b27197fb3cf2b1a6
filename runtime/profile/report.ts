/** The table of a profile: what each kernel takes, and how near that is to what the device can do. */
import type { Ceiling } from './ceiling.ts';
import type { KernelTime } from './kernel-times.ts';
import { digits, table } from './table.ts';

/** The dispatches of a run in order, and their sum; shares of the ceiling where there is one. */
export function kernelTable(times: readonly KernelTime[], ceiling?: Ceiling): string {
  const sum = (part: (one: KernelTime) => number) => times.reduce((total, one) => total + part(one), 0);
  const all: KernelTime = {
    kernel: 'all',
    milliseconds: sum((one) => one.milliseconds),
    flops: sum((one) => one.flops),
    bytes: sum((one) => one.bytes),
  };
  const rows = [...times, all].map(({ kernel, milliseconds, flops, bytes }) => {
    const rates = [flops, bytes].map((amount) => amount / milliseconds / 1e6);
    const shares = ceiling === undefined ? [] : [ceiling.gigaflops, ceiling.gigabytes];
    const cells = rates.flatMap((rate, i) => [
      digits(rate),
      ...shares.slice(i, i + 1).map((most) => percent(rate / most)),
    ]);
    return [kernel, milliseconds.toFixed(3), percent(milliseconds / all.milliseconds), ...cells];
  });
  const rate = (unit: string) => [unit, ...(ceiling === undefined ? [] : ['of peak'])];
  return table(['kernel', 'ms', 'of all', ...rate('GFLOP/s'), ...rate('GB/s')], rows);
}

/** `the device's peak: 61.2 GFLOP/s of multiply-adds, 14.1 GB/s of copying` */
export function ceilingText({ gigaflops, gigabytes }: Ceiling): string {
  return `the device's peak: ${digits(gigaflops)} GFLOP/s of multiply-adds in registers, ${digits(gigabytes)} GB/s of copying from memory to memory`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
