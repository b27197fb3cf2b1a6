/**
 * The training step: the objective's mean over a batch, its gradient packed in one flat vector, and the optimizer's
 * update of the flat parameter vector, which the first trouble stops for good.
 */
import type { DeclarationOf } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import type { Node, Output } from '../../4-tensor/ir.ts';
import { sizeOf, topological } from '../../4-tensor/ir.ts';
import { directions } from '../../4-tensor/monotone.ts';
import { gradients } from '../../4-tensor/passes/differentiate.ts';
import { simplifyNodes } from '../../4-tensor/passes/simplify.ts';
import type { Duration, HostExpr, ParameterLayout, Term, TrainProgram } from '../../4-tensor/program.ts';
import { type Bound, limitOf, magnitude, positive, share, wholeFromZero } from '../../optimizers/bounds.ts';
import { clipByNorm, clipByValue, globalNorm } from '../../optimizers/clip.ts';
import { emaWeight, updateEma } from '../../optimizers/ema.ts';
import { keepUnless, trouble } from '../../optimizers/trouble.ts';
import { Frame, type Context, type ProgramContext } from '../../2-check/context.ts';
import { staticCount } from '../../2-check/static.ts';
import { toTensor } from '../../2-check/tensors.ts';
import { describe, type TensorValue } from '../../2-check/values.ts';
import {
  type ChosenOptimizer,
  gather,
  missing,
  readClip,
  readOptimizer,
  readScalar,
  readSet,
  refuseOthers,
  type ClauseOf,
  type Clip,
} from './clauses.ts';
import { openProgram, rowsPlate } from './open.ts';
import { fieldsAt, shuffledRows } from './rows.ts';

/** A training step elaborated up to its objective; the layout of the parameters is not known yet. */
export interface DraftTrain {
  readonly declaration: DeclarationOf<'train'>;
  readonly program: ProgramContext;
  readonly objective: TensorValue;
  /** The objective as it is written. */
  readonly text: string;
  readonly sense: 'maximize' | 'minimize';
  readonly optimizer: ChosenOptimizer;
  readonly batch: number;
  readonly duration: Duration;
  readonly seed: HostExpr;
  readonly ema?: HostExpr;
  readonly clip?: Clip;
  readonly track: readonly ClauseOf<'track'>[];
}

export function draftTrain(declaration: DeclarationOf<'train'>, context: Context): DraftTrain | undefined {
  const outer = new Frame({ context, program: undefined, scope: context.spec.scope });
  const { session } = context;
  refuseOthers(declaration.clauses, clausesOfTrain, 'train', outer);
  if (declaration.clauses.some(({ kind }) => kind === 'alternate')) return undefined;
  const track = declaration.clauses.filter((clause) => clause.kind === 'track');
  const clauses = gather(
    declaration.clauses.filter((clause) => clause.kind !== 'track'),
    outer,
  );
  const of = 'train';
  const setting = (name: string): ClauseOf<'setting'> | undefined =>
    clauses.get(name) as ClauseOf<'setting'> | undefined;
  const data = clauses.get('data') as ClauseOf<'data'> | undefined;
  const goal = (clauses.get('goal') as ClauseOf<'goal'> | undefined)?.goal;
  if (data === undefined) return missing('data …', of, declaration.span, outer);
  if (goal === undefined) return missing('maximize …', of, declaration.span, outer);
  if (goal.over.length > 0 || goal.with !== undefined) {
    const what = goal.over.length > 0 ? "'over' in a goal" : "'with' in a goal";
    session.report('not-supported', goal.span, { what, instead: '; give the optimizer in a clause of its own' });
    return undefined;
  }
  const chosen = setting('optimizer');
  const size = setting('batch');
  const length = setting('epochs') ?? setting('steps');
  const other = setting('steps');
  if (other !== undefined && other !== length) {
    const note = { message: 'the other one is here', span: length!.span };
    session.report('repeated-clause', other.span, { clause: 'epochs or steps' }, [note]);
  }
  if (chosen === undefined) return missing('optimizer …', of, declaration.span, outer);
  if (size === undefined) return missing('batch …', of, declaration.span, outer);
  if (length === undefined) return missing('epochs …', of, declaration.span, outer);
  const set = readSet(data.value, outer);
  const optimizer = readOptimizer(chosen.value, outer);
  const batch = staticCount(outer.elaborate(size.value), size.value.span, "'batch'", outer);
  const duration = readScalar(length.value, `'${length.name}'`, outer, positive);
  const seed = optional(setting('seed'), outer, wholeFromZero) ?? { kind: 'number', value: 0 };
  const ema = optional(setting('ema'), outer, share);
  const limits = setting('clip');
  const clip = limits && readClip(limits.value, outer);
  if (set === undefined || optimizer === undefined || batch === undefined || duration === undefined) return undefined;
  const rows = rowsPlate('batch', batch);
  const { index, epoch } = shuffledRows(context, batch, set.reference);
  const fields = fieldsAt(context, set.contract, set.reference, index, epoch, [rows]);
  const program = openProgram({
    name: 'train',
    kind: 'train',
    rows,
    rowIndex: index,
    set: set.reference,
    fields,
  });
  const frame = new Frame({ context, program, scope: context.spec.scope });
  const value = frame.elaborate(goal.objective);
  const objective = value.kind === 'invalid' ? undefined : toTensor(frame, value, goal.objective.span);
  if (objective === undefined) return undefined;
  if (objective.shape.length > 0) {
    session.report('not-an-objective', goal.objective.span, { found: describe(objective) });
    return undefined;
  }
  if (!topological([objective.node]).some(isParameter)) {
    session.report('nothing-to-train', goal.objective.span, {});
    return undefined;
  }
  if (makesDataUnlikely(objective.node, goal.sense, program)) {
    const other = goal.sense === 'maximize' ? 'minimize' : 'maximize';
    session.report('data-made-unlikely', goal.span, { sense: goal.sense, other });
  }
  const unit = length.name === 'steps' ? 'steps' : 'epochs';
  return {
    declaration,
    program,
    objective,
    text: printExpr(goal.objective),
    sense: goal.sense,
    optimizer,
    batch,
    duration: { unit, value: duration },
    seed,
    ...(ema && { ema }),
    ...(clip && { clip }),
    track,
  };
}

/** Whether all that the goal can do with log-densities of data that training changes is to lower them: seldom what is meant. */
function makesDataUnlikely(objective: Node, sense: 'maximize' | 'minimize', { densities }: ProgramContext): boolean {
  const found = directions(objective);
  const met = densities.filter(({ node, of }) => found.has(node) && isData(of) && isTrained(node));
  const wrong = sense === 'maximize' ? -1 : 1;
  return met.length > 0 && met.every(({ node }) => found.get(node) === wrong);
}

/** Whether a density follows a parameter: one that stands still is a weight, or a constant. */
function isTrained(density: Node): boolean {
  return [...directions(density).keys()].some(isParameter);
}

/** What the rows hold, or follows from that alone: nothing trained, which an objective may well make unlikely. */
function isData(value: Node): boolean {
  const nodes = topological([value]);
  return nodes.some(({ kind }) => kind === 'batch') && !nodes.some(isParameter);
}

/** The clauses that a training program has. */
const clausesOfTrain = ['data', 'goal', 'track', 'optimizer', 'batch', 'epochs', 'steps', 'seed', 'ema', 'clip'];

function optional(clause: ClauseOf<'setting'> | undefined, frame: Frame, bound: Bound): HostExpr | undefined {
  return clause && readScalar(clause.value, `'${clause.name}'`, frame, bound);
}

function isParameter(node: Node): boolean {
  return node.kind === 'input' && node.source.kind === 'parameter';
}

/** The finished program, once every parameter has its place. */
export function finishTrain(
  draft: DraftTrain,
  layout: ParameterLayout,
  track: TrainProgram['track'],
  context: Context,
): TrainProgram {
  const { b } = context;
  const { program } = draft;
  const mean = (value: TensorValue): Node =>
    value.plates.length === 0
      ? value.node
      : b.mul(
          b.sum(
            value.node,
            value.plates.map((_, i) => i),
          ),
          1 / draft.batch,
        );
  // Simple before it is differentiated: the derivative of log(sigmoid(x)) must not be one of log(p).
  const [simple] = simplifyNodes(b, [mean(draft.objective)]);
  const objective = b.label(simple!, 'objective');
  const loss = draft.sense === 'maximize' ? b.neg(objective) : objective;
  // An objective that is no sum has no terms beside itself.
  const seen = new Set([draft.text]);
  const named = (draft.objective.terms ?? []).filter((term) => !seen.has(term.text) && seen.add(term.text));
  const terms = named.map((term, i): Term & { node: Node } => {
    const value = term.value.kind === 'tensor' ? term.value.node : context.hostScalar(term.value.expression);
    const node = term.value.kind === 'tensor' ? mean(term.value) : value;
    return { name: `term_${i + 1}`, text: term.text, node };
  });
  const reached = new Set(topological([loss]).filter(isParameter));
  const trained = layout.parameters.filter((p) => reached.has(b.parameter(p.path, p.shape)));
  const adjoints = gradients(
    b,
    loss,
    trained.map((p) => b.parameter(p.path, p.shape)),
  );
  const parts = adjoints.map((node, i) => {
    b.label(node, `${trained[i]!.path}.gradient`);
    return b.reshape(node, [sizeOf(node.shape)]);
  });
  const gradient = b.label(
    b.pack(
      parts,
      trained.map((p) => p.offset),
      layout.length,
    ),
    'gradient',
  );
  const outputs = updateOutputs(draft, layout, gradient, [objective, ...terms.map((term) => term.node)], context);
  return {
    kind: 'train',
    name: program.name,
    function: {
      name: 'train',
      outputs: [
        { name: 'objective', node: objective, target: { kind: 'result' } },
        ...terms.map((term): Output => ({ name: term.name, node: term.node, target: { kind: 'result' } })),
        ...outputs,
      ],
    },
    sense: draft.sense,
    set: program.set,
    batch: draft.batch,
    duration: draft.duration,
    seed: draft.seed,
    terms: [{ name: 'objective', text: draft.text }, ...terms.map(({ name, text }) => ({ name, text }))],
    vectors: [
      ...draft.optimizer.rule.slots.map((slot) => ({
        name: `${draft.optimizer.name}.${slot}`,
        initial: 'zeros' as const,
      })),
      ...(draft.ema ? [{ name: 'ema', initial: 'parameters' as const }] : []),
    ],
    ...(program.couplings.length > 0 && { couplings: program.couplings }),
    limits: [
      ...draft.optimizer.limits,
      ...(draft.clip ? limitOf("the limit of 'clip'", draft.clip.limit, magnitude) : []),
      ...(draft.ema ? limitOf("'ema'", draft.ema, share) : []),
    ],
    trained: draft.ema === undefined ? 'parameters' : 'ema',
    track,
  };
}

/** Gradient norm, trouble, and every carried vector's next value. */
function updateOutputs(
  draft: DraftTrain,
  layout: ParameterLayout,
  gradient: Node,
  terms: readonly Node[],
  context: Context,
): Output[] {
  const { b } = context;
  const { rule, name } = draft.optimizer;
  const vector = (kind: string): Node => b.input({ kind: 'vector', name: kind }, [layout.length]);
  const norm = b.label(globalNorm(b, gradient), 'gradient_norm');
  const state = b.input({ kind: 'state', name: 'trouble' }, [2], 'u32');
  const checked = trouble(b, { state, step: context.clock('step'), terms, norm });
  const limit = draft.clip && context.hostScalar(draft.clip.limit);
  const clipped =
    limit === undefined
      ? gradient
      : draft.clip?.by === 'value'
        ? clipByValue(b, gradient, limit)
        : clipByNorm(b, gradient, norm, limit);
  const parameter = vector('parameters');
  const slots = Object.fromEntries(rule.slots.map((slot) => [slot, vector(`${name}.${slot}`)]));
  const scalar = (key: string): Node => scalarOf(context, `${name}_${key}`, rule.scalars[key]!);
  const update = rule.update(b, { parameter, gradient: clipped, slots, scalar });
  const carried = (target: string, fresh: Node): Output => ({
    name: target,
    node: keepUnless(b, checked.well, fresh, vector(target)),
    target: { kind: 'vector', name: target },
  });
  return [
    { name: 'gradient_norm', node: norm, target: { kind: 'result' } },
    { name: 'trouble', node: b.label(checked.state, 'trouble'), target: { kind: 'state', name: 'trouble' } },
    carried('parameters', b.label(update.parameter, `${name}_update`)),
    ...rule.slots.map((slot) => carried(`${name}.${slot}`, update.slots[slot]!)),
    ...(draft.ema
      ? [
          carried(
            'ema',
            updateEma(b, vector('ema'), update.parameter, scalarOf(context, 'ema_weight', emaWeight(draft.ema))),
          ),
        ]
      : []),
  ];
}

/** A scalar of the host under a name that says what it is; numbers that never change are constants. */
function scalarOf(context: Context, name: string, expression: HostExpr): Node {
  if (expression.kind === 'number') return context.b.constant(expression.value);
  context.uniforms.set(name, { name, dtype: 'f32', value: { kind: 'host', expression } });
  return context.b.uniform(name);
}
