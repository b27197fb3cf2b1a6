/** What computes, as the rest of the runtime sees it: a device that makes executors. webgpu/ implements it. */
import type { CompiledKernels } from '../../compiler/5-kernel/plan.ts';
import type { DeviceLimits } from '../../compiler/5-kernel/schedule/space.ts';
import type { Executor } from '../execute/executor.ts';
import type { DeviceReport } from './report.ts';

export interface Device {
  readonly report: DeviceReport;
  /** What it allows kernels. */
  readonly limits: DeviceLimits;
  /** Throws what went wrong since the last look: the device was lost, or refused a command. */
  check(): void;
  /** Makes the programs of a plan runnable here. Closing the executor frees its memory and leaves the device open. */
  executor(compiled: CompiledKernels): Executor;
  /** Lets go of all its memory. Safe to call twice. */
  close(): void;
}
