/**
 * Before fusion: a sum over a packed vector, Σ f(pack(x, y, …)), becomes one over a shorter vector, of what each part
 * adds to it: Σ pack(segments of f(x), segments of f(y), …). The segments of a weight gradient are summed where it is
 * computed, so the gradient's norm reads a number for every 32 of the gradient.
 */
import type { Builder } from '../../4-tensor/builder.ts';
import { sizeOf, type Node, type NodeOf } from '../../4-tensor/ir.ts';
import { ops } from '../../ops/index.ts';
import { tileWidth } from './cost.ts';
import { isByContraction } from './reads.ts';

/** Parts shorter than this are packed as they are: their kernels are better off without partial sums. */
const shortPart = 4096;
/** Rows and columns that a result has at least, to be computed in tiles. */
const leastTile = 4;
/** One kernel adds up at most so many numbers. */
const mostEntries = 2 ** 16;
/** Parts whose offset is a multiple of this many numbers (256 bytes) can be bound on their own. */
export const partAlignment = 64;

/** The sum over the shorter vector; undefined where the node is no such sum, or a long part is summed nowhere. */
export function sumOfParts(b: Builder, node: NodeOf<'reduce'>): Node | undefined {
  const pack = node.op === 'sum' && node.dtype === 'f32' ? packBelow(node.arg) : undefined;
  if (pack === undefined || node.axes.length !== node.arg.shape.length || !isZeroAtZero(node.arg)) return undefined;
  const wholes = pack.parts.map((part) => (part.kind === 'reshape' ? part.arg : part));
  if (!wholes.some(isLong)) return undefined;
  const parts = wholes.map((whole) => {
    const value = applied(b, node.arg, whole);
    if (!isLong(whole)) return value;
    return endsInTiles(whole) && isByContraction(whole) ? segmentSums(b, value) : undefined;
  });
  const vectors: Node[] = [];
  const offsets: number[] = [];
  let length = 0;
  for (const part of parts) {
    if (part === undefined) return undefined;
    const size = sizeOf(part.shape);
    vectors.push(b.reshape(part, [size]));
    offsets.push(length);
    length += Math.ceil(size / partAlignment) * partAlignment;
  }
  if (length > mostEntries) return undefined;
  const label = b.labelOf(pack);
  const entries = b.pack(vectors, offsets, length);
  return b.sum(label === undefined ? entries : b.label(entries, `${label}_parts`), [0]);
}

/** The packed vector that the node is pointwise work on, if there is one and no other vector. */
function packBelow(node: Node): NodeOf<'pack'> | undefined {
  if (node.kind === 'pack') return node;
  if (node.kind !== 'map') return undefined;
  const found = new Set(node.args.filter((arg) => !isRepeatedScalar(arg)).map(packBelow));
  const [pack, ...others] = found;
  return others.length === 0 ? pack : undefined;
}

/** f of a part instead of the pack. */
function applied(b: Builder, f: Node, part: Node): Node {
  if (f.kind === 'map') return b.map(f.op, ...f.args.map((arg) => applied(b, arg, part)));
  return f.kind === 'broadcast' ? b.broadcast(f.arg, part.shape, []) : part;
}

/** Whether f(0) = 0, as far as it shows: the gaps of a packed vector add nothing. */
function isZeroAtZero(f: Node): boolean {
  if (f.kind === 'pack') return true;
  if (f.kind !== 'map') return false;
  if (f.op === 'mul') return f.args.some(isZeroAtZero);
  return f.args.length === 1 && isZeroAtZero(f.args[0]!) && ops[f.op].reference(0) === 0;
}

function isRepeatedScalar(node: Node): boolean {
  return node.kind === 'broadcast' && node.arg.shape.length === 0;
}

function isLong({ shape }: Node): boolean {
  return sizeOf(shape) >= shortPart;
}

/** Whether a contraction to this shape is computed in tiles, whose segments are summed for nothing. */
function endsInTiles({ shape }: Node): boolean {
  return shape.length >= 2 && shape.at(-1)! >= leastTile && shape.at(-2)! >= leastTile;
}

/** Σ over each `tileWidth` columns, the last few for themselves: [..., columns] to [..., segments]. */
function segmentSums(b: Builder, node: Node): Node {
  const outer = node.shape.slice(0, -1);
  const columns = node.shape.at(-1)!;
  const segments = Math.ceil(columns / tileWidth);
  const whole = segments * tileWidth;
  const starts = node.shape.map(() => 0);
  const padded = whole === columns ? node : b.pad(node, starts, [...outer, whole]);
  return b.sum(b.reshape(padded, [...outer, segments, tileWidth]), [outer.length + 1]);
}
