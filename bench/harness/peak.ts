/** What a core can do at most: multiply-adds that wait for nothing, in the form of WebAssembly that the kernels have. */
import { CpuDevice } from '../../runtime/cpu/device.ts';
import { measureCeiling } from '../../runtime/profile/ceiling.ts';

/** GFLOP/s of one core in vectors of four, operands in registers: the best of some tries. */
export async function peakOfCore(): Promise<number> {
  const device = new CpuDevice({ threads: 1 });
  try {
    return (await measureCeiling(device))!.gigaflops;
  } finally {
    device.close();
  }
}
