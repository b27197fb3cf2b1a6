/** Running the programs of a plan, as the rest of the runtime sees it: many runs a submit, results once a submit. */
import type { Plan, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import type { MemoryNeed } from '../../compiler/5-kernel/needs.ts';
import type { Device } from '../device/device.ts';
import type { Timeline } from '../profile/timeline.ts';
import type { Splits } from './contents.ts';
import type { Numbers, RunResults } from './results.ts';
import type { Scalars } from './inputs.ts';

/** Runs that have been handed to the device. */
export interface Flight {
  readonly runs: number;
  /** Waits for them and reads what they computed, run by run. To be called exactly once. */
  results(): Promise<readonly RunResults[]>;
  /** When each part of it took place, once its results have been read; without dispatches unless it was to be timed. */
  timeline(): Promise<Timeline>;
}

export interface Executor {
  readonly device: Device;
  readonly plan: Plan;
  /** What preparing the programs would take of the device's memory, beside what it holds already. Makes nothing. */
  needs(programs: readonly PlanProgram[], splits: Splits): readonly MemoryNeed[];
  /**
   * Makes programs ready to run, unless they are: checks memory and limits, makes the buffers they use (vectors and
   * states hold zeros), puts their tables on the device and compiles their kernels. Throws an EnvironmentError when
   * the device cannot hold them.
   */
  prepare(programs: readonly PlanProgram[], splits: Splits): Promise<void>;
  isPrepared(program: string): boolean;
  /** How many runs of a program one submit can hold. */
  capacity(program: string): number;
  /**
   * Hands runs to the device, one after the other, each with its own scalars. Returns at once. `timed`: every dispatch is
   * timed alone, which makes them slower and changes no number.
   */
  submit(program: string, runs: readonly Scalars[], timed?: boolean): Flight;
  /** Whether a buffer of the plan is on the device: only what the opened programs use is. */
  holds(name: string): boolean;
  /** Writes numbers to the start of a buffer: a vector, a state, an argument; after all that was submitted before. */
  write(name: string, values: Numbers | Uint8Array): void;
  /** The numbers of a buffer, once all that was submitted before has run. */
  read(name: string): Promise<Numbers>;
  /** Frees its memory on the device; the device stays open. */
  close(): void;
}
