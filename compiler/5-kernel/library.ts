/** The kernels of a plan, each once, scheduled and emitted: by default, or as a tuned schedule has them. */
import { sizeOf } from '../4-tensor/ir.ts';
import { fingerprint } from '../fingerprint.ts';
import type { EmittedKernel, KernelEmitter } from './emitter.ts';
import type { Kernel } from './ir.ts';
import { identifier, Names } from './names.ts';
import type { Plan, PlanKernel } from './plan.ts';
import type { Choice } from './schedule/choice.ts';
import type { Profile } from './schedule/profile.ts';
import { scheduleStages } from './schedule/schedule.ts';
import type { ScheduledKernel } from './schedule/scheduled.ts';
import { isInSpace } from './schedule/space.ts';
import type { AccessOf } from './schedule/tensors.ts';
import type { TunedSchedule } from './tuned.ts';

/** A kernel of the plan before it is scheduled: what a search for its schedule begins with. */
export interface PlannedKernel {
  /** Its name in the plan, and that of the program that it is taken for first. */
  readonly name: string;
  readonly program: string;
  readonly kernel: Kernel;
  readonly accessOf: AccessOf;
  /** By default: how it runs, and its fingerprint. */
  readonly choice: Choice;
  readonly fingerprint: string;
}

export interface LibraryOptions {
  readonly profile: Profile;
  readonly emitter: KernelEmitter;
  /** Schedules in place of the profile's own, for the kernels that they were found for. */
  readonly tuned?: readonly TunedSchedule[];
  /** Bytes that the sums of a divided kernel may take: a tuned schedule that needs more is not taken. */
  readonly partSumsBytes?: number;
  /** Called with each kernel that is taken, once. */
  readonly onKernel?: (kernel: PlannedKernel) => void;
}

/** A kernel with its text. */
export interface Emitted {
  readonly scheduled: ScheduledKernel;
  readonly emitted: EmittedKernel;
}

/** A dispatch of a kernel of the plan, with the tensors of its bindings and its workgroups. */
export interface Taken {
  readonly name: string;
  readonly scheduled: ScheduledKernel;
}

/** The kernels of the spec so far, by their text. */
export class Library {
  readonly kernels: PlanKernel[] = [];
  readonly sources = new Map<string, string>();
  readonly #names = new Names();
  readonly #known = new Map<string, PlanKernel>();
  readonly #options: LibraryOptions;
  readonly #wanted: ReadonlyMap<string, TunedSchedule>;
  /** By the fingerprint of the default. */
  readonly #tuned = new Map<string, NonNullable<Plan['tuned']>[number]>();
  readonly #told = new Set<string>();

  constructor(options: LibraryOptions) {
    this.#options = options;
    this.#wanted = new Map((options.tuned ?? []).map((schedule) => [schedule.kernel, schedule]));
  }

  /** The schedules that were taken in place of the default. */
  get tuned(): NonNullable<Plan['tuned']> {
    return [...this.#tuned.values()];
  }

  /** What the plan dispatches for this kernel, in order. */
  take(kernel: Kernel, program: string, accessOf: AccessOf): readonly Taken[] {
    const { profile, onKernel } = this.#options;
    const byDefault = this.#emit(scheduleStages(kernel, profile, { accessOf }));
    const mark = this.#wanted.size > 0 || onKernel !== undefined ? fingerprintOf(byDefault) : '';
    const wanted = this.#wanted.get(mark);
    const asTuned = wanted && this.#asTuned(kernel, accessOf, wanted);
    const taken = (asTuned ?? byDefault).map((stage) => this.#add(stage, program));
    const { name } = taken.at(-1)!;
    if (wanted !== undefined && asTuned !== undefined) this.#tuned.set(mark, { ...wanted, name });
    if (onKernel !== undefined && !this.#told.has(mark)) {
      this.#told.add(mark);
      onKernel({ name, program, kernel, accessOf, choice: byDefault[0]!.scheduled.choice, fingerprint: mark });
    }
    return taken;
  }

  /** The kernel by a tuned schedule, where that still gives the text that was checked, and there is memory for its sums. */
  #asTuned(kernel: Kernel, accessOf: AccessOf, { choice, text }: TunedSchedule): readonly Emitted[] | undefined {
    const { profile, partSumsBytes = Infinity } = this.#options;
    if (!isInSpace(choice, kernel, profile)) return undefined;
    const stages = scheduleStages(kernel, profile, { accessOf, choice });
    const tensors = stages.flatMap(({ bindings }) => bindings.map(({ tensor }) => tensor));
    if (tensors.some(({ role, shape }) => role.kind === 'part-sums' && 4 * sizeOf(shape) > partSumsBytes))
      return undefined;
    const made = this.#emit(stages);
    return fingerprintOf(made) === text ? made : undefined;
  }

  #emit(stages: readonly ScheduledKernel[]): readonly Emitted[] {
    return stages.map((scheduled) => ({ scheduled, emitted: this.#options.emitter.emit(scheduled) }));
  }

  #add({ scheduled, emitted }: Emitted, program: string): Taken {
    const { emitter } = this.#options;
    const same = this.#known.get(emitted.text);
    if (same !== undefined) return { name: same.name, scheduled };
    const wanted = scheduled.name;
    const name = this.#names.unique(this.sources.has(wanted) ? `${wanted}__${identifier(program)}` : wanted);
    const named = name === wanted ? scheduled : { ...scheduled, name };
    const own = name === wanted ? emitted : emitter.emit(named);
    const made = planKernel(named, own, emitter.ending);
    this.kernels.push(made);
    this.sources.set(name, own.text);
    this.#known.set(emitted.text, made);
    return { name, scheduled };
  }
}

/** Tells one schedule of a kernel from another: by its texts, and by their workgroups, which a text may not show. */
export function fingerprintOf(stages: readonly Emitted[]): string {
  return fingerprint(stages.flatMap(({ scheduled, emitted }) => [emitted.text, scheduled.workgroups.join(' ')]));
}

export function planKernel(scheduled: ScheduledKernel, { scratch = 0 }: EmittedKernel, ending: string): PlanKernel {
  const { name, bindings, scalars, features, subgroupSize, workgroupSize, flops, bytes } = scheduled;
  return {
    name,
    file: `${name}.${ending}`,
    bindings: bindings.map(({ name, access, tensor }) => ({ name, access, shape: tensor.shape })),
    scalars: scalars.map((scalar) => scalar.name),
    features,
    ...(subgroupSize === undefined ? {} : { subgroupSize }),
    ...(scratch === 0 ? {} : { scratch }),
    workgroupSize,
    flops,
    bytes,
  };
}
