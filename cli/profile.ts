/** `--profile [FILE]`: where the time of each kernel goes, as a table, and as a trace to look at. */
import { join } from 'node:path';
import type { PlanProgram } from '../compiler/5-kernel/plan.ts';
import type { Device } from '../runtime/device/device.ts';
import { deviceName } from '../runtime/device/report.ts';
import { writeAtomic } from '../runtime/formats/files.ts';
import { type Ceiling, measureCeiling } from '../runtime/profile/ceiling.ts';
import { kernelTimes } from '../runtime/profile/kernel-times.ts';
import { type ProgramProfile, Profiler, type ProfileWindow } from '../runtime/profile/profiler.ts';
import { ceilingText, kernelTable } from '../runtime/profile/report.ts';
import { traceOf } from '../runtime/profile/trace.ts';
import type { Terminal } from './terminal.ts';

/** A training step is timed so often, once kernels are compiled and caches full. */
const trainingWindow: ProfileWindow = { warmUp: 300, runs: 40 };
/** Evaluations and samples are short: all of them is timed. */
const wholeWindow: ProfileWindow = { warmUp: 0, runs: Infinity };

/** Programs of these kinds are timed. */
export type ProfiledKinds = readonly PlanProgram['kind'][];

export interface ProfileFlags {
  /** A file for the trace; true: where the command has its own place for it. */
  readonly profile?: string | true;
  readonly json?: true;
}

export class Profile {
  /** Computes as the device does, and is timed. */
  readonly device: Device;
  readonly #file: string;
  readonly #json: boolean;
  readonly #terminal: Terminal;
  readonly #ceiling: Ceiling | undefined;
  readonly #profiler: Profiler;
  /** Of the trace; a training is told of as soon as it has been timed. */
  #told: Promise<void> | undefined;

  private constructor(
    device: Device,
    file: string,
    json: boolean,
    terminal: Terminal,
    ceiling: Ceiling | undefined,
    kinds: ProfiledKinds,
  ) {
    this.#file = file;
    this.#json = json;
    this.#terminal = terminal;
    this.#ceiling = ceiling;
    const trains = kinds.includes('train');
    this.#profiler = new Profiler(trains ? trainingWindow : wholeWindow, {
      wanted: ({ kind }) => kinds.includes(kind),
      onMeasured: () => {
        this.#told ??= this.#tell();
        // Whoever finishes the profile hears of it.
        this.#told.catch(() => undefined);
      },
    });
    this.device = this.#profiler.watch(device);
  }

  /** Measures the device first. Undefined where no profile is asked for. `run`: the folder that takes the trace by default. */
  static async of(
    { profile, json }: ProfileFlags,
    kinds: ProfiledKinds,
    device: Device,
    run: string,
    terminal: Terminal,
  ): Promise<Profile | undefined> {
    if (profile === undefined) return undefined;
    terminal.status('measuring what the device can do');
    const ceiling = await measureCeiling(device);
    const file = profile === true ? join(run, `trace.${kinds[0]}.json`) : profile;
    return new Profile(device, file, json ?? false, terminal, ceiling, kinds);
  }

  /** Tells what has been timed, unless it is told already. */
  async finish(): Promise<void> {
    await (this.#told ??= this.#tell());
  }

  async #tell(): Promise<void> {
    const { profiles } = this.#profiler;
    this.#terminal.status('');
    if (profiles.length === 0) {
      this.#terminal.err('note: nothing was timed: the run ended before its kernels were warm');
      return;
    }
    const about = { device: deviceName(this.device.report), spec: profiles[0]!.plan.spec.name };
    await writeAtomic(this.#file, JSON.stringify(traceOf(profiles, about)));
    for (const profile of profiles) {
      if (this.#json) this.#terminal.out(JSON.stringify(this.#event(profile)));
      else this.#terminal.out(this.#text(profile));
    }
    if (this.#json) return;
    if (this.#ceiling !== undefined) this.#terminal.out(ceilingText(this.#ceiling));
    this.#terminal.err(`${this.#file}: the trace, for chrome://tracing or https://ui.perfetto.dev`);
  }

  #event(profile: ProgramProfile): object {
    const { program } = profile;
    const ceiling = this.#ceiling && { ceiling: this.#ceiling };
    return {
      kind: 'profile',
      program: program.name,
      runs: runsOf(profile),
      kernels: kernelTimes(profile),
      ...ceiling,
      trace: this.#file,
    };
  }

  #text(profile: ProgramProfile): string {
    const times = kernelTimes(profile);
    const head = `${profile.program.name}, the mean of ${runsOf(profile)} runs, each kernel timed alone`;
    if (times.length > 0) return `${head}\n${kernelTable(times, this.#ceiling)}`;
    return `${profile.program.name}: the device keeps no times of its kernels (it lacks timestamp-query); the trace shows the host's`;
  }
}

function runsOf({ flights }: ProgramProfile): number {
  return flights.reduce((sum, { runs }) => sum + runs, 0);
}
