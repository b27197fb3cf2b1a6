/** What turns scheduled kernels into what a target runs, and into texts for people. */
import type { WasmModules } from './plan.ts';
import type { ScheduledKernel } from './schedule/scheduled.ts';

export interface EmittedKernel {
  /** The same for kernels that differ in nothing but what they are bound to. */
  readonly text: string;
  /** Bytes of memory of its own that each thread needs while it runs. */
  readonly scratch?: number;
}

export interface KernelEmitter {
  /** Of a kernel's file. */
  readonly ending: 'wgsl' | 'wat';
  emit(kernel: ScheduledKernel): EmittedKernel;
  /** The kernels with these texts, all of which have been emitted, in one module; absent where the texts are what runs. */
  assemble?(texts: readonly string[]): WasmModules;
}
