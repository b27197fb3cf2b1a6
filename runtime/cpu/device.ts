/** The processor as a device: threads that run WebAssembly over one memory. */
import { cpus } from 'node:os';
import type { CompiledKernels } from '../../compiler/5-kernel/plan.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import type { DeviceLimits } from '../../compiler/5-kernel/schedule/space.ts';
import type { Device } from '../device/device.ts';
import type { ProcessorReport } from '../device/report.ts';
import { EnvironmentError } from '../errors.ts';
import { coresToUse } from './cores.ts';
import { findSimd, type Simd } from './engine.ts';
import { CpuExecutor } from './executor.ts';

export interface CpuOptions {
  /** How many threads compute; as many as there are cores where absent. No result depends on it. */
  readonly threads?: number;
  /** Which form of the kernels runs; the faster one that the engine has where absent. */
  readonly simd?: Simd;
}

export class CpuDevice implements Device {
  readonly report: ProcessorReport;
  /** A workgroup is a call: it has one invocation, and shares nothing. */
  readonly limits: DeviceLimits = { invocations: 1, workgroupBytes: 0 };
  readonly #executors = new Set<CpuExecutor>();

  /** Every processor that Node runs on will do; throws an EnvironmentError only for a `simd` that its engine lacks. */
  constructor({ threads = coresToUse(), simd }: CpuOptions = {}) {
    const best = findSimd();
    if (simd === 'relaxed' && best === 'plain') {
      throw new EnvironmentError('this engine has no relaxed SIMD, or no multiply-add in one go: leave "simd" out');
    }
    this.report = reportOf(threads, simd ?? best);
  }

  check(): void {
    for (const { threads } of this.#executors) threads.check();
  }

  executor(compiled: CompiledKernels): CpuExecutor {
    const executor = new CpuExecutor(this, compiled);
    this.#executors.add(executor);
    return executor;
  }

  /** For an executor that has been closed. */
  release(executor: CpuExecutor): void {
    this.#executors.delete(executor);
  }

  close(): void {
    for (const executor of this.#executors) executor.close();
  }
}

function reportOf(threads: number, simd: Simd): ProcessorReport {
  const description = cpus()[0]?.model.trim() ?? '';
  return { target: 'cpu', description: description || process.arch, simd, threads, profile: cpu.name };
}
