/** The whole pipeline on one screen: from a spec to kernels, a plan and an explanation. */
import { checkNames } from './2-check/names.ts';
import { Context } from './2-check/context.ts';
import { scheduleEnds, type ScheduleEnd } from './2-check/schedules.ts';
import { elaborate as elaborateExpression } from './3-model/elaborate.ts';
import { load } from './2-check/load.ts';
import { elaboratePrograms, type Elaborated } from './3-model/programs/index.ts';
import { optimise } from './4-tensor/passes/index.ts';
import { printFunction } from './4-tensor/print.ts';
import { buildPlan, vectorLengths } from './5-kernel/build-plan.ts';
import type { KernelEmitter } from './5-kernel/emitter.ts';
import { fit, type Fitted, type Recomputation } from './5-kernel/fit.ts';
import { fuse } from './5-kernel/fuse.ts';
import { isPiece, pieceNames, type Piece } from './5-kernel/fuse/pieces.ts';
import type { PlannedKernel } from './5-kernel/library.ts';
import type { Plan, PlanProgram, WasmModules } from './5-kernel/plan.ts';
import { printKernelProgram } from './5-kernel/print.ts';
import type { TunedSchedule } from './5-kernel/tuned.ts';
import { portable, profileNamed, profiles, type Profile } from './5-kernel/schedule/profile.ts';
import { WasmEmitter } from './6-emit/wasm/emit.ts';
import { wgslEmitter } from './6-emit/wgsl/print.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { explain, type Explanation } from './explain.ts';
import { fingerprint } from './fingerprint.ts';
import { Session, type SourceHost } from './session.ts';

export type { ScheduleEnd } from './2-check/schedules.ts';
export type { SourceHost, UsedRun } from './session.ts';

export interface CheckOptions {
  /** Path of the spec, as the host reads it. */
  readonly entry: string;
  readonly host: SourceHost;
  /** `--set name=value`: the text of each value. */
  readonly hypers?: Readonly<Record<string, string>>;
  /** Other numbers of samples, by the name of the sample program. */
  readonly samples?: Readonly<Record<string, number>>;
}

export interface CompileOptions extends CheckOptions {
  /** Name of the target profile; the portable one where absent. */
  readonly profile?: string;
  /** Pieces of fusion to leave out, to find the one that a fault comes from. */
  readonly without?: readonly Piece[];
  /** Bytes that the buffers of a training step may take; where they would take more, activations are computed anew. */
  readonly memory?: number;
  /** Called with the text of each stage, a program at a time: tensor, simplified, kernel; then wgsl or wat. */
  readonly dump?: (stage: Stage, text: string) => void;
  /** Schedules that were found by measuring, taken where they fit a kernel exactly; those of the profile elsewhere. */
  readonly tuned?: readonly TunedSchedule[];
  /** What `check` made of the same entry, host, hypers and samples: it is not made again. */
  readonly elaboration?: Elaboration;
  /** Called with each kernel before it is scheduled: what a search for schedules needs. */
  readonly onKernel?: (kernel: PlannedKernel) => void;
}

export const stages = ['tensor', 'simplified', 'kernel', 'wgsl', 'wat'] as const;
export type Stage = (typeof stages)[number];

/** A spec as tensors, for `compile`: large, to be let go of. `elaborated` is absent where a diagnostic is an error. */
export interface Elaboration {
  readonly session: Session;
  readonly context?: Context;
  readonly elaborated: Elaborated | undefined;
}

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

export interface Compilation {
  readonly plan: Plan;
  /** The target's text by kernel name. */
  readonly kernels: ReadonlyMap<string, string>;
  /** The same kernels assembled; only on the cpu target. */
  readonly modules?: WasmModules;
  readonly explanation: Explanation;
  /** What training steps compute anew to take less memory, by program; only those that would take too much. */
  readonly recomputations: ReadonlyMap<string, Recomputation>;
  /** The texts of the spec and of what it uses, by path; those of runs are not among them. */
  readonly texts: ReadonlyMap<string, string>;
  /** The folders of the finished runs whose parameters the plan needs, by name. */
  readonly runs: ReadonlyMap<string, string>;
}

export interface Compiled extends Checked {
  /** Absent where a diagnostic is an error. */
  readonly compiled?: Compilation;
}

/** Says everything that is wrong with a spec, where its schedules end, and what programs it has. Never throws for what the user wrote. */
export function check(options: CheckOptions): Checked & {
  readonly schedules: readonly ScheduleEnd[];
  readonly programs: readonly Pick<PlanProgram, 'name' | 'kind'>[];
  readonly elaboration: Elaboration;
} {
  const elaboration = elaborate(options);
  const { session, context, elaborated } = elaboration;
  const schedules = context === undefined ? [] : scheduleEnds(context);
  const programs = (elaborated?.programs.programs ?? []).map(({ name, kind }) => ({ name, kind }));
  return { diagnostics: session.diagnostics, sources: session.sources, schedules, programs, elaboration };
}

/** Compiles a spec; the same spec, options and version give the same bytes. */
export function compile(options: CompileOptions): Compiled {
  const { session, elaborated } = options.elaboration ?? elaborate(options);
  const checked: Checked = { diagnostics: session.diagnostics, sources: session.sources };
  if (elaborated === undefined) return checked;
  const { programs } = elaborated;
  const { builder } = session;
  const profile = profileNamed(options.profile ?? portable.name);
  if (profile === undefined) {
    throw new Error(`no profile '${options.profile}'; there is ${profiles.map(({ name }) => name).join(', ')}`);
  }
  const unknown = options.without?.find((name) => !isPiece(name));
  if (unknown !== undefined) {
    throw new Error(`no piece of fusion '${unknown}'; there is ${pieceNames.join(', ')}`);
  }
  const without = pieceNames.filter((name) => options.without?.includes(name));
  const { dump, tuned, onKernel } = options;
  const recomputations = new Map<string, Recomputation>();
  let partSumsBytes = Infinity;
  const kernels = programs.programs.map((program) => {
    dump?.(
      'tensor',
      printFunction(program.function, (node) => builder.labelOf(node)),
    );
    const simplified = optimise(builder, program.function);
    dump?.(
      'simplified',
      printFunction(simplified, (node) => builder.labelOf(node)),
    );
    const { layout, frozen } = programs;
    const context = { builder, layout, ...(frozen && { frozen }), without: new Set(without) };
    const fused: Fitted =
      program.kind === 'train' && options.memory !== undefined
        ? fit(simplified, context, vectorLengths(programs, []), options.memory)
        : { program: fuse(simplified, context), spare: Infinity };
    partSumsBytes = Math.min(partSumsBytes, fused.spare);
    if (fused.recomputation !== undefined) recomputations.set(program.name, fused.recomputation);
    dump?.('kernel', printKernelProgram(fused.program));
    return fused.program;
  });
  const name = options.entry.replace(/^.*\//, '').replace(/\.vae$/, '');
  // Of texts and weights alone, not of paths: a run folder's copy of a spec is the same spec.
  const weights = (programs.frozen?.runs ?? []).map(({ checkpoint }) => checkpoint);
  const spec = { name, hash: fingerprint([...[...session.sources.values()].sort(), ...weights]) };
  const emitter = emitterFor(profile);
  const search = { partSumsBytes, ...(tuned && { tuned }), ...(onKernel && { onKernel }) };
  const isAnew = [...recomputations.values()].some(({ contractions }) => contractions > 0);
  const left = { without, ...(isAnew && { memory: options.memory! }) };
  const { plan, sources, ...modules } = buildPlan({ spec, programs, kernels, profile, emitter, ...left, ...search });
  for (const text of sources.values()) dump?.(emitter.ending, text);
  const runs = new Map([...session.runs].map(([run, { folder }]) => [run, folder]));
  const isOfRun = (path: string): boolean => [...runs.values()].some((folder) => path.startsWith(`${folder}/`));
  const texts = new Map([...session.sources].filter(([path]) => !isOfRun(path)));
  const explanation = explain(elaborated, kernels, plan, runs, recomputations);
  return { ...checked, compiled: { plan, kernels: sources, ...modules, explanation, recomputations, texts, runs } };
}

/** What turns scheduled kernels into what the profile's target runs. */
export function emitterFor({ target }: Profile): KernelEmitter {
  return target === 'cpu' ? new WasmEmitter() : wgslEmitter;
}

/** Stages 1 to 3: the spec as tensors, or undefined after reporting why not. */
function elaborate(options: CheckOptions): Elaboration {
  const session = new Session(options.host);
  const spec = load(session, options.entry);
  if (spec === undefined) return { session, elaborated: undefined };
  checkNames(session, spec);
  const context = new Context(session, spec, new Map(Object.entries(options.hypers ?? {})), elaborateExpression);
  return { session, context, elaborated: elaboratePrograms(context, options.samples ?? {}) };
}
