/**
 * Values that are computed from others, and what these bring with them: that they are estimates from draws, that they
 * are known only as means over the batch. Every function of values passes here, so that none forgets it or lets through
 * what would be wrong.
 */
import type { RowStatistic } from '../4-tensor/program.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Support } from '../distributions/distribution.ts';
import type { OpName } from '../ops/index.ts';
import type { Frame } from './context.ts';
import { meanSupport } from './supports.ts';
import type { Unit } from './units.ts';
import type { TensorValue } from './values.ts';

/** Whether a function is linear in the arguments that vary, taken together, while the others stand still. */
export type Linearity = (varies: readonly boolean[]) => boolean;

/** Linear in all of them: sums, views, and what picks or repeats entries. */
export const linear: Linearity = () => true;

/** Linear in none. */
export const nonlinear: Linearity = (varies) => !varies.includes(true);

const ofOps: Readonly<Partial<Record<OpName, Linearity>>> = {
  add: linear,
  sub: linear,
  neg: linear,
  stop: linear,
  toF32: linear,
  mul: (varies) => varies.filter(Boolean).length <= 1,
  div: ([, denominator]) => !denominator,
  select: ([condition]) => !condition,
};

export function linearityOf(op: OpName): Linearity {
  return ofOps[op] ?? nonlinear;
}

/** What an argument brings with it. */
export type Source = Pick<TensorValue, 'plates' | 'estimate' | 'deferred'>;

/** How a function treats its arguments, and how messages name it. */
export interface Rule {
  readonly linearity: Linearity;
  /** `'exp(x)'`. */
  readonly what: string;
  readonly span: Span;
}

type Made = Pick<TensorValue, 'node' | 'support' | 'shape' | 'plates'> & { readonly unit?: Unit | undefined };

/**
 * The value that `make` computes from `from`, with what it inherits. Undefined where `make` reports something wrong, or
 * (reported here) where the function would bend an estimate, or a row's value beside a mean over the batch.
 */
export function derive(
  frame: Frame,
  from: readonly TensorValue[],
  rule: Rule,
  make: (from: readonly TensorValue[]) => Made | undefined,
): TensorValue | undefined {
  if (!isSound(frame, from, rule)) return undefined;
  const made = make(settled(frame, from));
  return made && valueOf(made, frame, from);
}

/** The same for a function that is linear in all its arguments together, of which nothing can be wrong. */
export function deriveLinearly(
  frame: Frame,
  from: readonly TensorValue[],
  make: (from: readonly TensorValue[]) => Made,
): TensorValue {
  return valueOf(make(settled(frame, from)), frame, from);
}

function valueOf({ unit, ...made }: Made, frame: Frame, from: readonly Source[]): TensorValue {
  return { kind: 'tensor', ...made, ...(unit && { unit }), ...inherited(frame, from) };
}

/** False (and reported) where a function is not linear in what has to pass it as a mean. */
export function isSound(frame: Frame, from: readonly Source[], { linearity, what, span }: Rule): boolean {
  const { session } = frame.context;
  const [estimate] = estimatesOf(from);
  if (estimate !== undefined && !linearity(from.map((source) => source.estimate !== undefined))) {
    const isKl = estimate === 'divergence';
    const advice = isKl ? "add 'by: monte_carlo' to the KL to accept that" : 'take the function inside the E';
    const of = isKl ? 'a Monte Carlo KL' : 'an estimate of E';
    session.report('estimate-under-nonlinearity', span, { of, function: what, advice });
    return false;
  }
  const isDeferred = from.some(({ deferred }) => deferred !== undefined);
  if (isDeferred && !linearity(from.map((source) => isByRow(frame, source)))) {
    session.report('batch-mean-inside', span, {});
    return false;
  }
  return true;
}

/** What a function of `from` is, because they are. */
export function inherited(frame: Frame, from: readonly Source[]): Pick<TensorValue, 'estimate' | 'deferred'> {
  const isDeferred = from.some(({ deferred }) => deferred !== undefined);
  const deferred = from.some((source) => isByRow(frame, source)) ? 'by row' : 'alike';
  const [estimate] = estimatesOf(from);
  return { ...(estimate && { estimate }), ...(isDeferred && { deferred }) };
}

/** An expectation counts before a divergence: that one may be marked is of no use to it. */
function estimatesOf(from: readonly Source[]): ('divergence' | 'expectation')[] {
  return from.flatMap(({ estimate }) => estimate ?? []).sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
}

/** Whether a value has one for each row of the batch. */
function isByRow(frame: Frame, { plates, deferred }: Source): boolean {
  return deferred === 'by row' || plates.some((plate) => plate.id === frame.program?.rows.id);
}

/**
 * In an evaluation, rows' values beside a mean over the whole set become their own mean: all of it is linear in the
 * rows, so the mean of the result is the result of the means.
 */
function settled(frame: Frame, from: readonly TensorValue[]): readonly TensorValue[] {
  if (frame.program?.kind !== 'evaluate' || from.every(({ deferred }) => deferred === undefined)) return from;
  return from.map((value) => (value.deferred === undefined && isByRow(frame, value) ? defer(frame, value) : value));
}

/** A statistic of rows' values over the whole data set, as an argument that the host fills in at the end. */
export function defer(frame: Frame, value: TensorValue, statistic: RowStatistic['statistic'] = 'mean'): TensorValue {
  const { context } = frame;
  const { collected, statistics, rows } = frame.program!;
  const known = [...collected].find(([, held]) => held.node === value.node);
  const result = known?.[0] ?? `collected_${collected.size + 1}`;
  collected.set(result, value);
  const name = `${statistic}_of_${result}`;
  statistics.set(name, { name, result, statistic });
  const plates = value.plates.filter((plate) => plate.id !== rows.id);
  const shape = [...plates.map((plate) => plate.extent), ...value.shape];
  const node = context.b.input({ kind: 'argument', name }, shape);
  const { estimate, unit } = value;
  const kept = { ...(unit && statistic === 'mean' && { unit }), ...(estimate && { estimate }) };
  const support: Support = statistic === 'mean' ? meanSupport(value.support) : { kind: 'nonnegative' };
  return {
    kind: 'tensor',
    node,
    support,
    shape: value.shape,
    plates,
    ...kept,
    deferred: 'alike',
  };
}
