/** Elaborates every program of a spec, then gives each parameter its place and finishes what needs to know it. */
import type { DeclarationOf, Report } from '../../1-syntax/ast.ts';
import { type Shape, sizeOf } from '../../4-tensor/ir.ts';
import type { FrozenLayout, ParameterLayout, Program, SpecPrograms, TrainProgram } from '../../4-tensor/program.ts';
import { didYouMean } from '../../diagnostics/suggest.ts';
import type { Decision } from '../../2-check/derivation.ts';
import { Frame, type Context } from '../../2-check/context.ts';
import type { Table } from '../../2-check/tables.ts';
import { contractOf, referenceOf } from '../data.ts';
import { declaredValue } from '../../2-check/declared.ts';
import { isSampler, nameOf } from '../../2-check/scope.ts';
import { staticCount } from '../../2-check/static.ts';
import { checkReached, isProgram } from '../../2-check/unreached.ts';
import { describe } from '../../2-check/values.ts';
import { gather, missing, refuseOthers, type ClauseOf } from './clauses.ts';
import { draftEvaluate, type DraftEvaluate } from './evaluate.ts';
import { draftSample } from './sample.ts';
import { draftTrain, finishTrain, type DraftTrain } from './train.ts';

/** A parameter begins at a multiple of this many f32: 256 bytes, the alignment of a binding's offset. */
const parameterAlignment = 64;

export interface Elaborated {
  readonly programs: SpecPrograms;
  /** What was decided, by program. */
  readonly decisions: ReadonlyMap<string, readonly Decision[]>;
  /** The schedules that programs read, each with its tables by name. */
  readonly schedules: readonly { readonly name: string; readonly tables: ReadonlyMap<string, Table> }[];
}

/** The spec as tensors; undefined where an error was reported. */
export function elaboratePrograms(context: Context, counts: Readonly<Record<string, number>>): Elaborated | undefined {
  const { declarations } = context.spec.root;
  const { session } = context;
  const decisions = new Map<string, readonly Decision[]>();
  const programs: Program[] = [];
  const evaluations: DraftEvaluate[] = [];
  let train: { draft: DraftTrain; track: TrainProgram['track'] } | undefined;
  /** Programs that were given up, each for a reason that is told. */
  const givenUp: string[] = [];
  for (const declaration of declarations) {
    switch (declaration.kind) {
      case 'train': {
        if (train !== undefined) {
          session.report('repeated-clause', declaration.span, { clause: 'train' });
          break;
        }
        const draft = draftTrain(declaration, context);
        if (draft === undefined) givenUp.push('train');
        else train = { draft, track: trackPrograms(draft, evaluations, givenUp, context) };
        break;
      }
      case 'evaluate':
        evaluations.push(...evaluateProgram(declaration, givenUp, context));
        break;
      case 'sample': {
        if (isSampler(declaration, context.spec.scope)) break;
        const sample = draftSample(declaration, context, counts);
        if (sample === undefined) givenUp.push(declaration.name.text);
        else programs.push(...sample.parts, sample.sample);
        break;
      }
      case 'infer':
      case 'sweep': {
        const what = `'${declaration.kind}'`;
        const name = declaration.kind === 'infer' ? declaration.name : declaration.hyper;
        session.report('not-supported', name.span, { what, instead: "; 'train' is" });
        break;
      }
      default:
    }
  }
  if (!session.failed) checkReached(session, context.spec);
  checkHypers(context);
  elaborateData(context);
  if (session.failed) return undefined;
  if (givenUp.length > 0) throw new Error(`nothing says why there is no program for ${givenUp.join(', ')}`);
  const layout = layoutOf(context);
  if (train !== undefined) {
    programs.unshift(finishTrain(train.draft, layout, train.track, context));
    decisions.set('train', train.draft.program.decisions);
  }
  for (const { evaluate, program } of evaluations) {
    programs.push(evaluate);
    decisions.set(evaluate.name, program.decisions);
  }
  programs.unshift(...context.derivations);
  const frozen = frozenLayoutOf(context);
  const hypers = [...context.hypers.values()].map(({ name, value, static: fixed }) => ({ name, value, static: fixed }));
  return {
    decisions,
    schedules: schedulesOf(context),
    programs: {
      layout,
      ...(frozen && { frozen }),
      data: [...context.contracts.values()],
      hypers,
      uniforms: [...context.uniforms.values()],
      programs,
    },
  };
}

/** The schedules that programs have read, with their tables over the steps. */
function schedulesOf({ values }: Context): Elaborated['schedules'] {
  return [...values.values()].flatMap((value) => {
    if (value.kind !== 'schedule') return [];
    const tables = [...value.tables].flatMap(([name, table]) =>
      table.kind === 'table' ? [[name, table.table] as const] : [],
    );
    return [{ name: value.name, tables: new Map(tables) }];
  });
}

/** `track every 1 epoch { elbo(p, q) on mnist.test }`: one evaluation a data set and rhythm. */
function trackPrograms(
  draft: DraftTrain,
  evaluations: DraftEvaluate[],
  givenUp: string[],
  context: Context,
): TrainProgram['track'] {
  const frame = new Frame({ context, program: undefined, scope: context.spec.scope });
  const track: TrainProgram['track'][number][] = [];
  for (const clause of draft.track) {
    const every = staticCount(frame.elaborate(clause.every), clause.every.span, "'every'", frame);
    if (every === undefined) continue;
    const groups = new Map<string, Report[]>();
    for (const report of clause.reports) {
      const on = report.on === undefined ? undefined : frame.elaborate(report.on);
      if (on !== undefined && on.kind !== 'data') {
        const found = describe(on);
        context.session.report('wrong-type', report.on!.span, { expected: 'a data set', found });
        continue;
      }
      const set = on === undefined ? draft.program.set : referenceOf(on);
      groups.set(set, [...(groups.get(set) ?? []), report]);
    }
    for (const reports of groups.values()) {
      const name = `track_${track.length + 1}`;
      const data = reports[0]!.on ?? dataOf(draft.declaration);
      const drafted = draftEvaluate(name, reports, data, context);
      if (drafted === undefined) {
        givenUp.push(name);
        continue;
      }
      evaluations.push(drafted);
      track.push({ every, unit: clause.unit, evaluate: name });
    }
  }
  return track;
}

function dataOf(declaration: DeclarationOf<'train'>): ClauseOf<'data'>['value'] {
  return declaration.clauses.find((clause) => clause.kind === 'data')!.value;
}

function evaluateProgram(declaration: DeclarationOf<'evaluate'>, givenUp: string[], context: Context): DraftEvaluate[] {
  const frame = new Frame({ context, program: undefined, scope: context.spec.scope });
  refuseOthers(declaration.clauses, ['data', 'report'], 'evaluate', frame);
  const clauses = gather(declaration.clauses, frame);
  const data = clauses.get('data') as ClauseOf<'data'> | undefined;
  const report = clauses.get('report') as ClauseOf<'report'> | undefined;
  if (data === undefined) return missing('data …', 'evaluate', declaration.span, frame) ?? [];
  if (report === undefined) return missing('report …', 'evaluate', declaration.span, frame) ?? [];
  for (const { on } of report.reports) {
    const instead = "; a block evaluates on what its 'data' names";
    if (on !== undefined) context.session.report('not-supported', on.span, { what: "'on' in evaluate", instead });
  }
  const name = context.evaluations.size === 0 ? 'evaluate' : `evaluate_${context.evaluations.size + 1}`;
  context.evaluations.add(name);
  const drafted = draftEvaluate(name, report.reports, data.value, context);
  if (drafted === undefined) givenUp.push(name);
  return drafted === undefined ? [] : [drafted];
}

/** Parameters in the order they were met, each at its own aligned place in the flat vector. */
function layoutOf(context: Context): ParameterLayout {
  const { tensors, length } = placed([...context.parameters.values()]);
  return { parameters: tensors, length: Math.max(parameterAlignment, length) };
}

/** What is read of finished runs, of which all are named that the spec uses: it is another spec with another one. */
function frozenLayoutOf({ frozen, session }: Context): FrozenLayout | undefined {
  if (session.runs.size === 0) return undefined;
  const runs = [...session.runs].map(([name, { checkpoint }]) => ({ name, checkpoint }));
  return { runs, ...placed([...frozen.values()]) };
}

function placed<T extends { readonly shape: Shape }>(
  found: readonly T[],
): { readonly tensors: readonly (T & { readonly offset: number })[]; readonly length: number } {
  let length = 0;
  const tensors = found.map((each) => {
    const offset = length;
    length += Math.ceil(sizeOf(each.shape) / parameterAlignment) * parameterAlignment;
    return { ...each, offset };
  });
  return { tensors, length };
}

/** A hyper of the root file must reach a program; `--set` must name one. */
function checkHypers(context: Context): void {
  const { session, spec } = context;
  const known: string[] = [];
  for (const [name, { declaration }] of spec.scope.names) if (declaration.kind === 'hyper') known.push(name);
  for (const name of context.overrides.keys()) {
    const run = spec.scope.names.get(name)?.scope.run;
    if (known.includes(name) && run === undefined) continue;
    const hint =
      run === undefined ? didYouMean(name, known) : ` to set: it is the run '${run.name}' that has one, which is done`;
    session.report('unknown-hyper', spec.root.span, { name, hint });
  }
  if (session.failed) return;
  const hasProgram = spec.root.declarations.some((declaration) => isProgram(declaration, spec.scope));
  for (const declaration of spec.root.declarations) {
    if (declaration.kind !== 'hyper' || !hasProgram || context.hypers.has(declaration.name.text)) continue;
    if (context.values.has(declaration)) continue;
    session.report('unused-hyper', declaration.name.span, { name: declaration.name.text });
  }
}

/** Elaborates the data sets that no program reached: they mean something by themselves. */
function elaborateData(context: Context): void {
  const frame = new Frame({ context, program: undefined, scope: context.spec.scope });
  for (const declaration of context.spec.root.declarations) {
    if (declaration.kind !== 'data' && declaration.kind !== 'derived-data') continue;
    const declared = context.spec.scope.names.get(nameOf(declaration).text);
    const value = declared && declaredValue(declared, frame, nameOf(declaration).span);
    if (value?.kind === 'data') contractOf(value, context);
  }
}
