/** The sets values lie in: which lies within which, and what an op does to them. */
import type { Support } from '../distributions/distribution.ts';
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

/** True where every value of `inner` is one of `outer`. */
export function liesWithin(inner: Support, outer: Support): boolean {
  if (inner.kind === outer.kind) return !('size' in inner) || !('size' in outer) || inner.size <= outer.size;
  return within[inner.kind].some((kind) => liesWithin({ ...inner, kind } as Support, outer));
}

export function isKind(inner: Support, outer: Support['kind']): boolean {
  return inner.kind === outer || within[inner.kind].some((kind) => isKind({ kind } as Support, outer));
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
    case 'interval':
      return of;
  }
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
      if (liesWithin(then!, otherwise!)) return otherwise!;
      return liesWithin(otherwise!, then!) ? then! : { kind: 'real' };
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
