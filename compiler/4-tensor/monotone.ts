/**
 * Which way a number moves with those it is computed from, as far as the graph alone tells: sums rise with their terms,
 * exponentials with their arguments, products with a factor where the other is never negative.
 */
import { argumentsOf, topological, type Node, type NodeOf } from './ir.ts';

/** 1: never falls as the other rises. -1: never rises. 0: cannot be told. */
export type Direction = 1 | 0 | -1;

/**
 * The direction of a scalar with every node that it follows. As in differentiation, nothing follows through `stop`, integers
 * and predicates.
 */
export function directions(scalar: Node): ReadonlyMap<Node, Direction> {
  const signs = new Signs();
  const found = new Map<Node, Direction>([[scalar, 1]]);
  for (const node of topological([scalar]).reverse()) {
    const direction = found.get(node);
    if (direction === undefined) continue;
    for (const [arg, own] of followed(node, signs)) {
      const through = product(direction, own);
      const before = found.get(arg) ?? through;
      found.set(arg, before === through ? through : 0);
    }
  }
  return found;
}

type Followed = readonly (readonly [Node, Direction])[];

/** The arguments that a node follows, each with the node's direction with it: what only moves or adds numbers, upwards. */
function followed(node: Node, signs: Signs): Followed {
  switch (node.kind) {
    case 'map':
      return followedByMap(node, signs);
    case 'contract':
      return factors(node.a, node.b, signs);
    case 'again':
      return [[node.arg, 1]];
    default:
      return argumentsOf(node).flatMap((arg): Followed => (arg.dtype === 'f32' ? [[arg, 1]] : []));
  }
}

function followedByMap({ op, args }: NodeOf<'map'>, signs: Signs): Followed {
  const [a, b, c] = args as readonly [Node, Node, Node];
  switch (op) {
    case 'stop':
      return [];
    case 'add':
    case 'max':
    case 'min':
      return [[a, 1], [b, 1]]; // prettier-ignore
    case 'sub':
      return [[a, 1], [b, -1]]; // prettier-ignore
    case 'neg':
      return [[a, -1]];
    case 'mul':
      return factors(a, b, signs);
    case 'div':
      return [[a, signs.of(b)], [b, product(-1, signs.of(a))]]; // prettier-ignore
    case 'select':
      return [[b, 1], [c, 1]]; // prettier-ignore
    case 'exp':
    case 'expm1':
    case 'log':
    case 'log1p':
    case 'sqrt':
    case 'sigmoid':
    case 'softplus':
    case 'tanh':
    case 'relu':
    case 'erf':
      return [[a, 1]];
    default:
      return args.filter(({ dtype }) => dtype === 'f32').map((arg) => [arg, 0]);
  }
}

function factors(a: Node, b: Node, signs: Signs): Followed {
  return [[a, signs.of(b)], [b, signs.of(a)]]; // prettier-ignore
}

/** On which side of zero a node's numbers lie. */
class Signs {
  readonly #known = new Map<Node, Direction>();

  /** 1: none is negative. -1: none is positive. 0: cannot be told. */
  of(node: Node): Direction {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const sign = this.#find(node);
    this.#known.set(node, sign);
    return sign;
  }

  #find(node: Node): Direction {
    switch (node.kind) {
      case 'constant':
        return signOf(node.value);
      case 'array':
        return same(node.values.map(signOf));
      case 'map':
        return this.#ofMap(node);
      case 'contract':
        return product(this.of(node.a), this.of(node.b));
      case 'again':
        return this.of(node.arg);
      default:
        return same(argumentsOf(node).map((arg) => this.of(arg)));
    }
  }

  #ofMap({ op, args }: NodeOf<'map'>): Direction {
    const [a, b] = args as readonly [Node, Node];
    switch (op) {
      case 'exp':
      case 'sigmoid':
      case 'softplus':
      case 'relu':
      case 'square':
      case 'abs':
      case 'sqrt':
        return 1;
      case 'stop':
        return this.of(a);
      case 'neg':
        return product(-1, this.of(a));
      case 'mul':
      case 'div':
        return product(this.of(a), this.of(b));
      case 'add':
        return same([this.of(a), this.of(b)]);
      case 'sub':
        return same([this.of(a), product(-1, this.of(b))]);
      default:
        return 0;
    }
  }
}

function signOf(value: number): Direction {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

function product(a: Direction, b: Direction): Direction {
  return (a * b || 0) as Direction;
}

function same(signs: readonly Direction[]): Direction {
  return signs.every((sign) => sign === signs[0]) ? (signs[0] ?? 0) : 0;
}
