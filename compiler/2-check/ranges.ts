/** What a loop goes through: `T..1`, one step at a time, or the pairs of `strided(T..0, S)`. */
import type { Each, ExprOf } from '../1-syntax/ast.ts';
import type { HostExpr } from '../4-tensor/program.ts';
import type { Support } from '../distributions/distribution.ts';
import { matchArguments } from './arguments.ts';
import type { Frame } from './context.ts';
import { staticCount } from './static.ts';
import { describe, type Value } from './values.ts';

export interface LoopRange {
  readonly iterations: number;
  /** The loop's names as numbers of the host, which change from iteration to iteration. */
  readonly names: ReadonlyMap<string, Value>;
  /** Where the loop stands after 0, 1, … iterations: one more than there are iterations. */
  readonly points: readonly number[];
}

/** Undefined (and reported) for what is no range. */
export function rangeOf(each: Each, frame: Frame): LoopRange | undefined {
  const { range, names } = each;
  const isStrided = range.kind === 'call' && range.callee.kind === 'name' && range.callee.text === 'strided';
  const points = isStrided ? stridedPoints(range, frame) : allPoints(each, frame);
  if (points === undefined) return undefined;
  const wanted = isStrided ? 2 : 1;
  if (names.length !== wanted) {
    const expected = isStrided ? 'two names, (this step, the next one)' : 'one name';
    frame.context.session.report('wrong-type', each.span, { expected, found: `${names.length}` });
    return undefined;
  }
  const iterations = points.length - 1;
  const values = names.map(({ text }, i): [string, Value] => {
    const own = points.slice(i, i + iterations);
    const expression: HostExpr = { kind: 'table', values: own, index: { kind: 'clock', name: 'iteration' } };
    return [text, { kind: 'scalar', value: undefined, expression, support: supportOf(own) }];
  });
  return { iterations, names: new Map(values), points };
}

function supportOf(points: readonly number[]): Support {
  const largest = points.reduce((a, b) => Math.max(a, b));
  return points.every((point) => point >= 1) ? { kind: 'step', size: largest } : { kind: 'count' };
}

/** `500..1` or `1..10`, both ends included. */
function allPoints({ range }: Each, frame: Frame): readonly number[] | undefined {
  const ends = endsOf(range, frame);
  if (ends === undefined) return undefined;
  const [from, to] = ends;
  const direction = from > to ? -1 : 1;
  return Array.from({ length: Math.abs(to - from) + 2 }, (_, i) => from + direction * i);
}

/** From the first to the last, both included, in S strictly monotone strides as even as whole numbers allow. */
function stridedPoints(range: ExprOf<'call'>, frame: Frame): readonly number[] | undefined {
  const given = matchArguments("'strided'", [{ name: 'range' }, { name: 'steps' }], range.args, range.span, frame);
  if (given === undefined) return undefined;
  const ends = endsOf(given.get('range')!, frame);
  const written = given.get('steps')!;
  const strides = staticCount(frame.elaborate(written), written.span, 'the number of strides', frame);
  if (ends === undefined || strides === undefined) return undefined;
  const [from, to] = ends;
  const most = Math.abs(to - from);
  if (strides > most) {
    const expected = `at most ${most} strides from ${from} to ${to}`;
    frame.context.session.report('wrong-type', written.span, { expected, found: String(strides) });
    return undefined;
  }
  return Array.from({ length: strides + 1 }, (_, i) => Math.round(from + ((to - from) * i) / strides));
}

function endsOf(expr: Each['range'], frame: Frame): readonly [number, number] | undefined {
  const value = frame.elaborate(expr);
  if (value.kind === 'range') {
    const from = staticCount(value.from, expr.span, 'the start of a range', frame, 0);
    const to = staticCount(value.to, expr.span, 'the end of a range', frame, 0);
    return from === undefined || to === undefined ? undefined : [from, to];
  }
  if (value.kind !== 'invalid') {
    const params = { expected: 'a range such as T..1', found: describe(value) };
    frame.context.session.report('wrong-type', expr.span, params);
  }
  return undefined;
}
