/** How heavy an expression is as a tree: what every law of simplification makes lighter. */
import { ops, type OpName } from '../../compiler/ops/index.ts';
import { argumentsOf, sizeOf, type Node, type NodeOf } from '../../compiler/4-tensor/ir.ts';

/** Scalar operations, transcendental ones for more; a view costs a little, so that less of it is lighter. */
function ownWeight(node: Node): number {
  const size = sizeOf(node.shape);
  switch (node.kind) {
    case 'constant':
      return 0.01;
    case 'array':
    case 'input':
    case 'iota':
    case 'batch':
      return 2 * size;
    case 'map':
      return size * weightOfOp(node.op);
    case 'reduce':
      return (node.axes.some((axis) => node.arg.shape[axis] === 1) ? 2 : 1.5) * sizeOf(node.arg.shape);
    case 'contract':
      return 2 * multiplications(node);
    case 'broadcast': {
      const stretches = node.axes.some((axis, i) => node.arg.shape[i] !== node.shape[axis]);
      if (node.arg.kind === 'constant') return 0.02 * size;
      return 0.1 * size + (stretches ? 0.1 * sizeOf(node.arg.shape) : 0);
    }
    case 'reshape':
      return 0.05 * size;
    // A guarded load, from what is stored first.
    case 'window':
    case 'diagonal':
      return size;
    default:
      return 0.1 * size;
  }
}

function multiplications({ a, b, aLabels, bLabels }: NodeOf<'contract'>): number {
  const own = bLabels.map((label, axis) => (aLabels.includes(label) ? 1 : b.shape[axis]!));
  return own.reduce((product, extent) => product * extent, sizeOf(a.shape));
}

/** A square is a little heavier than a product, or square(exp(x)) were no heavier than exp(x * 2). */
function weightOfOp(op: OpName): number {
  if (op === 'neg') return 1;
  if (op === 'square') return 2.05;
  if (op === 'div' || op === 'sqrt') return 3;
  return ops[op].cost >= 8 ? 6 : 2;
}

export function weightOf(node: Node, known = new Map<Node, number>()): number {
  const before = known.get(node);
  if (before !== undefined) return before;
  const weight = argumentsOf(node).reduce((sum, arg) => sum + weightOf(arg, known), ownWeight(node));
  known.set(node, weight);
  return weight;
}

/** Laws that only put things in order: negations outwards, constants to the right, their signs into the op. */
const reordering = new Set([
  'x + -c = x - c',
  'x - -c = x + c',
  'x + -y = x - y',
  'x - -y = x + y',
  '-x - y = -(x + y)',
]);
const reorderings = /^(c .* x = x .* c|-x [*/] y = -\(.*\))$/;

/** Whether a rewriting makes the expression lighter or, for a law that only puts it in order, no heavier. */
export function isLighter(law: string, before: Node, after: Node): boolean {
  const [heavy, light] = [weightOf(before), weightOf(after)];
  return reordering.has(law) || reorderings.test(law) ? light <= heavy * (1 + 1e-12) : light < heavy;
}
