/** Compiles a spec for a command: diagnostics told, errors thrown. */
import { compile, type Compilation, type Elaboration, type SourceHost } from '../compiler/compile.ts';
import type { Piece } from '../compiler/5-kernel/fuse/pieces.ts';
import type { PlannedKernel } from '../compiler/5-kernel/library.ts';
import { PlanError } from '../compiler/5-kernel/memory.ts';
import type { TunedSchedule } from '../compiler/5-kernel/tuned.ts';
import { profileNamed, profiles } from '../compiler/5-kernel/schedule/profile.ts';
import { InternalError, UsageError, UserError } from '../runtime/errors.ts';
import { type FrozenTensors, readFrozen } from '../runtime/run/frozen.ts';
import { tellDiagnostics } from './diagnostics.ts';
import type { Settings } from './options.ts';
import { diskSources } from '../runtime/spec-sources.ts';
import type { Terminal } from './terminal.ts';

export interface CompileFlags {
  readonly set?: Settings;
  /** The profile the kernels are scheduled for, or a target, which stands for its first; `portable` where absent. */
  readonly profile?: string;
  /** Pieces of fusion to leave out. */
  readonly without?: readonly Piece[];
  /** Bytes that a training step's buffers may take. */
  readonly memory?: number;
  /** Called with the text of each stage as it is reached. */
  readonly dump?: (stage: string, text: string) => void;
  /** Other numbers of samples, by the name of the sample program. */
  readonly samples?: Readonly<Record<string, number>>;
  /** Where sources are read; the disk where absent. */
  readonly host?: SourceHost;
  /** Schedules in place of the profile's own. */
  readonly tuned?: readonly TunedSchedule[];
  /** Called with each kernel before it is scheduled. */
  readonly onKernel?: (kernel: PlannedKernel) => void;
  /** What `check` made of the same spec, settings, samples and host, so that it is not made again. */
  readonly elaboration?: Elaboration;
  /** Leaves warnings and notes untold. */
  readonly quiet?: boolean;
}

/** The compiled spec. Throws a ToldError after telling what is wrong with it. */
export function compileSpec(spec: string, flags: CompileFlags, terminal: Terminal): Compilation {
  const profile = flags.profile === undefined ? undefined : profileOf(flags.profile);
  const { diagnostics, sources, compiled } = withinLimits(spec, () =>
    compile({
      entry: spec,
      host: flags.host ?? diskSources(),
      ...(profile !== undefined && { profile }),
      ...(flags.set && { hypers: flags.set }),
      ...(flags.without && { without: flags.without }),
      ...(flags.dump && { dump: flags.dump }),
      ...(flags.memory !== undefined && { memory: flags.memory }),
      ...(flags.samples && { samples: flags.samples }),
      ...(flags.tuned && { tuned: flags.tuned }),
      ...(flags.elaboration && { elaboration: flags.elaboration }),
      ...(flags.onKernel && { onKernel: flags.onKernel }),
    }),
  );
  const told = flags.quiet ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics;
  tellDiagnostics({ sources, diagnostics: told }, terminal);
  if (compiled === undefined) throw new InternalError(`"${spec}" has no error and was not compiled`);
  return compiled;
}

/** The parameters that the spec takes from finished runs, as `openModel` takes them. */
export async function frozenOf({ plan, runs }: Compilation): Promise<{ readonly frozen?: FrozenTensors }> {
  return plan.frozen === undefined ? {} : { frozen: await readFrozen(plan.frozen, runs) };
}

/** The name of the profile, or of the target's first. */
function profileOf(name: string): string {
  const found = profileNamed(name) ?? profiles.find(({ target }) => target === name);
  if (found !== undefined) return found.name;
  throw new UsageError(`there is no profile "${name}"; there is ${profiles.map((one) => one.name).join(', ')}`);
}

/** A spec that is right and larger than any plan can be is its user's to shrink. */
function withinLimits<T>(spec: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PlanError)
      throw new UserError(`"${spec}" cannot be compiled: ${error.message}`, { cause: error });
    throw error;
  }
}
