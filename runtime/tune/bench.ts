/** A kernel alone on the device: its variants run over random numbers, checked against the plain one, and timed. */
import type { KernelEmitter } from '../../compiler/5-kernel/emitter.ts';
import type { Kernel, Tensor } from '../../compiler/5-kernel/ir.ts';
import type { Plan } from '../../compiler/5-kernel/plan.ts';
import { type Trial, trialOf, type Variant } from '../../compiler/5-kernel/trial.ts';
import { storedBy, tensorsOf } from '../../compiler/5-kernel/walk.ts';
import type { Device } from '../device/device.ts';
import { EnvironmentError, InternalError } from '../errors.ts';
import type { Executor, Flight } from '../execute/executor.ts';
import type { Scalars } from '../execute/inputs.ts';
import { type Bounds, boundsOf, disagreement, finiteShare, type Stored } from './agreement.ts';
import { BatchClock } from './clock.ts';
import { type Inputs, randomInputs, tableRows } from './inputs.ts';
import type { Heat } from './search.ts';

export interface BenchOptions {
  readonly device: Device;
  readonly plan: Plan;
  readonly emitter: KernelEmitter;
  readonly kernel: Kernel;
  readonly scalars: Scalars;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

/** What every variant of the kernel must come to, on some inputs. */
export interface Expected {
  readonly inputs: Inputs;
  readonly plain: Stored;
  readonly bounds: Bounds;
}

/** What a heat throws is the device's end; a variant that it refuses to compile is only told. */
export async function openHeat(
  variants: readonly Variant[],
  { inputs, plain, bounds }: Expected,
  options: BenchOptions,
): Promise<Heat<Variant>> {
  const trial = trialOf(variants, options.plan, tableRows, options.emitter);
  const executor = options.device.executor(trial.compiled);
  const bench = new Bench(executor, trial, variants, inputs, options);
  const refused = new Map<Variant, string>();
  try {
    for (const variant of variants) {
      const reason = await bench.prepare(variant);
      if (reason !== undefined) refused.set(variant, reason);
    }
    if (refused.size < variants.length) bench.fill();
  } catch (error) {
    executor.close();
    throw error;
  }
  return {
    objection: async (variant) => refused.get(variant) ?? disagreement(plain, await bench.results(variant), bounds),
    time: (variant, runs) => bench.time(variant, runs),
    settle: () => bench.settle(),
    close: () => executor.close(),
  };
}

/**
 * What the kernel computes by the plain variant, with its rounding bounds; in words where nothing can be checked. Numbers
 * of both signs are tried first, positive ones where those give too few finite results.
 */
export async function expectedOf(plain: Variant, options: BenchOptions): Promise<Expected | string> {
  const { kernel, device, plan, emitter } = options;
  const trial = trialOf([plain], plan, tableRows, emitter);
  let best: { readonly share: number; readonly inputs: Inputs; readonly stored: Stored } | undefined;
  for (const range of ['mixed', 'positive'] as const) {
    const inputs = randomInputs(tensorsOf(kernel), range);
    const executor = device.executor(trial.compiled);
    try {
      const bench = new Bench(executor, trial, [plain], inputs, options);
      const refused = await bench.prepare(plain);
      if (refused !== undefined) return refused;
      bench.fill();
      const stored = await bench.results(plain);
      const share = finiteShare(stored);
      if (best === undefined || share > best.share) best = { share, inputs, stored };
    } finally {
      executor.close();
    }
    if (best.share > 0.99) break;
  }
  if (best === undefined || best.share < 0.5) return 'most of what it computes from random numbers is not finite';
  const scalars = Object.fromEntries(
    plain.stages
      .flatMap(({ scalars }) => scalars)
      .map(({ name, scalar }) => {
        const value = options.scalars(name);
        return [name, scalar === 'f32' ? Math.fround(value) : value];
      }),
  );
  const bounds = boundsOf(kernel, best.inputs, scalars);
  if (bounds === undefined) return 'its loops are too long to evaluate even two of its results in float64';
  return { inputs: best.inputs, plain: best.stored, bounds };
}

class Bench {
  readonly #executor: Executor;
  readonly #trial: Trial;
  readonly #variants: readonly Variant[];
  readonly #inputs: Inputs;
  readonly #options: BenchOptions;
  readonly #stored: readonly Tensor[];
  readonly #clock = new BatchClock();

  constructor(executor: Executor, trial: Trial, variants: readonly Variant[], inputs: Inputs, options: BenchOptions) {
    this.#executor = executor;
    this.#trial = trial;
    this.#variants = variants;
    this.#inputs = inputs;
    this.#options = options;
    this.#stored = storedBy(options.kernel);
  }

  /** Why the device refuses the variant; undefined where it does not. */
  async prepare(variant: Variant): Promise<string | undefined> {
    try {
      await this.#executor.prepare([this.#programOf(variant)], () => {
        throw new InternalError('a trial reads no data');
      });
      return undefined;
    } catch (error) {
      // A device that is lost is none for any variant; one that has no room for this one may have it for the next.
      this.#options.device.check();
      if (!(error instanceof InternalError || error instanceof EnvironmentError)) throw error;
      return error.message;
    }
  }

  /** Writes every input. */
  fill(): void {
    for (const [name, values] of this.#inputs) this.#executor.write(name, values);
  }

  /** What one run stores, from the inputs. */
  async results(variant: Variant): Promise<Stored> {
    this.#restore();
    await this.#submit(variant, 1).results();
    const stored = new Map<string, Awaited<ReturnType<Executor['read']>>>();
    for (const { name } of this.#stored) stored.set(name, await this.#executor.read(name));
    return stored;
  }

  /** Milliseconds of so many runs, from the inputs: what is updated in place must not drift away. */
  async time(variant: Variant, runs: number): Promise<number> {
    this.#restore();
    // Until all before it is through, the writes among it.
    await this.#submit(variant, 0).results();
    const begin = this.#options.now();
    const flight = this.#submit(variant, runs, this.#options.device.report.target === 'webgpu');
    await flight.results();
    const host = this.#options.now() - begin;
    const { clock, dispatches } = await flight.timeline();
    const times = dispatches.map(({ begin, end }) => end - begin);
    const isTimed = clock === 'device' && times.length > 0;
    return this.#clock.reading(host, isTimed ? times.reduce((sum, time) => sum + time, 0) : undefined);
  }

  /** Keeps to the clock that is believed by now. */
  settle(): void {
    this.#clock.settle();
  }

  #restore(): void {
    for (const { name } of this.#stored) this.#executor.write(name, this.#inputs.get(name)!);
  }

  #submit(variant: Variant, runs: number, timed = false): Flight {
    const scalars = Array.from({ length: runs }, () => this.#options.scalars);
    return this.#executor.submit(this.#programOf(variant).name, scalars, timed);
  }

  #programOf(variant: Variant) {
    return this.#trial.programs[this.#variants.indexOf(variant)]!;
  }
}
