/** The sets values lie in: which lies within which, and what an op does to them. */
import type { Support } from '../distributions/distribution.ts';
import { sameShape } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { OpName } from '../ops/index.ts';

/** For each set, the sets it lies within directly. */
const within: Readonly<Record<Support['kind'], readonly Support['kind'][]>> = {
  real: [],
  nonnegative: ['real'],
  positive: ['nonnegative'],
  unit: ['nonnegative'],
  binary: ['unit', 'count'],
  count: ['nonnegative'],
  category: ['count'],
  step: ['count'],
  simplex: ['unit'],
  interval: ['real'],
};

/** True where every value of `inner` is known to be one of `outer`. */
export function liesWithin(inner: Support, outer: Support): boolean {
  if (inner.kind === 'interval' && outer.kind === 'interval') {
    return isAtMost(outer.low, inner.low) && isAtMost(inner.high, outer.high);
  }
  if (inner.kind === outer.kind) return !('size' in inner) || !('size' in outer) || inner.size <= outer.size;
  return within[inner.kind].some((kind) => liesWithin({ ...inner, kind } as Support, outer));
}

export function isKind(inner: Support, outer: Support['kind']): boolean {
  const reaches = (kind: Support['kind']): boolean => kind === outer || within[kind].some(reaches);
  return reaches(inner.kind);
}

/** Whether one bound is known not to pass another: they are one, or both are fixed. */
function isAtMost(a: Node, b: Node): boolean {
  const [one, other] = [unrepeated(a), unrepeated(b)];
  if (one === other) return true;
  if (one.kind === 'array' && other.kind === 'array' && sameShape(one.shape, other.shape)) {
    return one.values.every((value, i) => value <= other.values[i]!);
  }
  const [left, right] = [fixedNumbers(a), fixedNumbers(b)];
  return left !== undefined && right !== undefined && Math.max(...left) <= Math.min(...right);
}

/** What a node repeats along leading axes; the node itself where it is no such view. */
function unrepeated(node: Node): Node {
  if (node.kind !== 'broadcast') return node;
  const { axes, shape } = node;
  const isTrailing = axes.every((axis, i) => axis === shape.length - axes.length + i);
  return isTrailing ? unrepeated(node.arg) : node;
}

/** The numbers of a node that is fixed; views only arrange them. */
export function fixedNumbers(node: Node): readonly number[] | undefined {
  switch (node.kind) {
    case 'constant':
      return [node.value];
    case 'array':
      return node.values;
    case 'broadcast':
    case 'reshape':
      return fixedNumbers(node.arg);
    default:
      return undefined;
  }
}

/** A set that holds both: one of the two where the other lies within it, else all numbers. */
export function joinSupports(a: Support, b: Support): Support {
  if (liesWithin(a, b)) return b;
  return liesWithin(b, a) ? a : { kind: 'real' };
}

/** Where means of such values lie: between them. */
export function meanSupport(of: Support): Support {
  switch (of.kind) {
    case 'binary':
      return { kind: 'unit' };
    case 'count':
    case 'category':
    case 'step':
      return { kind: 'nonnegative' };
    case 'real':
    case 'nonnegative':
    case 'positive':
    case 'unit':
    case 'simplex':
      return of;
    case 'interval':
      return { kind: 'real' };
  }
}

/** Where an entry of the first axis lies, itself of `axes` axes. An interval's bounds may differ from entry to entry. */
export function entrySupport(of: Support, axes: number): Support {
  if (of.kind === 'interval') return { kind: 'real' };
  return of.kind === 'simplex' && axes === 0 ? { kind: 'unit' } : of;
}

const positives: ReadonlySet<OpName> = new Set<OpName>(['exp', 'softplus']);

/** The support of op(…) from its arguments': conservative, `real` where nothing better is known. */
export function resultSupport(op: OpName, args: readonly Support[]): Support {
  const all = (kind: Support['kind']): boolean => args.every((support) => isKind(support, kind));
  const some = (kind: Support['kind']): boolean => args.some((support) => isKind(support, kind));
  if (positives.has(op)) return { kind: 'positive' };
  switch (op) {
    case 'sigmoid':
      return { kind: 'unit' };
    case 'square':
      return { kind: all('positive') ? 'positive' : 'nonnegative' };
    case 'abs':
    case 'relu':
      return { kind: all('positive') ? 'positive' : 'nonnegative' };
    case 'sqrt':
      return { kind: all('positive') ? 'positive' : 'nonnegative' };
    case 'add':
      if (!all('nonnegative')) return { kind: 'real' };
      return { kind: some('positive') ? 'positive' : 'nonnegative' };
    case 'mul':
    case 'div':
      if (all('unit') && op === 'mul') return { kind: 'unit' };
      if (all('positive')) return { kind: 'positive' };
      return { kind: all('nonnegative') ? 'nonnegative' : 'real' };
    case 'pow':
      return { kind: isKind(args[0]!, 'positive') ? 'positive' : 'real' };
    case 'max':
      if (some('positive')) return { kind: 'positive' };
      return { kind: some('nonnegative') ? 'nonnegative' : 'real' };
    case 'min':
      if (all('positive')) return { kind: 'positive' };
      return { kind: all('nonnegative') ? 'nonnegative' : 'real' };
    case 'stop':
      return args[0]!;
    case 'select': {
      const [, then, otherwise] = args;
      return joinSupports(then!, otherwise!);
    }
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
    case 'eq':
    case 'ne':
      return { kind: 'binary' };
    default:
      return { kind: 'real' };
  }
}
