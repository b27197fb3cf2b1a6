/** Times the dispatches of programs while they run: a device that watches what the executors of another do. */
import type { CompiledKernels, Plan, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import type { Device } from '../device/device.ts';
import type { Executor, Flight } from '../execute/executor.ts';
import { hostNow, type Timeline } from './timeline.ts';

/** Which runs of each program are timed. */
export interface ProfileWindow {
  /** Milliseconds after the program's first flight landed before the first that is timed: caches fill, clocks rise. */
  readonly warmUp: number;
  /** Flights are timed until they hold so many runs. */
  readonly runs: number;
}

export interface ProfileOptions {
  /** The programs that are timed; all where absent. */
  readonly wanted?: (program: PlanProgram) => boolean;
  /** Called for each program once all the runs that are to be timed have landed. */
  readonly onMeasured?: (profile: ProgramProfile) => void;
}

/** The timed flights of a program, in order. */
export interface ProgramProfile {
  readonly plan: Plan;
  readonly program: PlanProgram;
  readonly flights: readonly { readonly runs: number; readonly timeline: Timeline }[];
}

interface Watched {
  readonly plan: Plan;
  readonly program: PlanProgram;
  readonly flights: { readonly runs: number; readonly timeline: Timeline }[];
  /** Runs of the flights that are timed, landed or not. */
  begun: number;
  firstLanding: number | undefined;
}

export class Profiler {
  readonly #window: ProfileWindow;
  readonly #options: ProfileOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(window: ProfileWindow, options: ProfileOptions = {}) {
    this.#window = window;
    this.#options = options;
  }

  /** The device, but that what its executors run is timed. Closing it closes the device. */
  watch(device: Device): Device {
    return {
      report: device.report,
      limits: device.limits,
      check: () => device.check(),
      executor: (compiled) => this.#watchExecutor(device.executor(compiled), compiled),
      close: () => device.close(),
    };
  }

  /** What has been timed so far, program by program in the order of their first runs. */
  get profiles(): readonly ProgramProfile[] {
    return [...this.#watched.values()].filter(({ flights }) => flights.length > 0);
  }

  #watchExecutor(executor: Executor, { plan }: CompiledKernels): Executor {
    return {
      device: executor.device,
      plan,
      needs: (programs, splits) => executor.needs(programs, splits),
      prepare: (programs, splits) => executor.prepare(programs, splits),
      isPrepared: (program) => executor.isPrepared(program),
      capacity: (program) => executor.capacity(program),
      holds: (name) => executor.holds(name),
      write: (name, values) => executor.write(name, values),
      read: (name) => executor.read(name),
      close: () => executor.close(),
      submit: (name, runs) => {
        const watched = this.#named(plan, name);
        const timed = this.#isDue(watched);
        if (timed) watched.begun += runs.length;
        const flight = executor.submit(name, runs, timed);
        return { ...flight, results: () => this.#landed(watched, flight, timed) };
      },
    };
  }

  #named(plan: Plan, name: string): Watched {
    const known = this.#watched.get(name);
    if (known !== undefined) return known;
    const program = plan.programs.find((one) => one.name === name)!;
    const watched: Watched = { plan, program, flights: [], begun: 0, firstLanding: undefined };
    this.#watched.set(name, watched);
    return watched;
  }

  #isDue({ program, firstLanding, begun }: Watched): boolean {
    const { warmUp, runs } = this.#window;
    if (begun >= runs || this.#options.wanted?.(program) === false) return false;
    return warmUp === 0 || (firstLanding !== undefined && hostNow() - firstLanding >= warmUp);
  }

  async #landed(watched: Watched, flight: Flight, timed: boolean): ReturnType<Flight['results']> {
    const results = await flight.results();
    watched.firstLanding ??= hostNow();
    if (timed) {
      watched.flights.push({ runs: flight.runs, timeline: await flight.timeline() });
      const landed = watched.flights.reduce((sum, { runs }) => sum + runs, 0);
      if (landed === watched.begun && landed >= this.#window.runs) this.#options.onMeasured?.(watched);
    }
    return results;
  }
}
