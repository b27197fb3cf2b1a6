/** The steps of random programs: each makes a node from what is there, or nothing where its domain is missed. */
import { sameShape, type Builder } from '../../compiler/4-tensor/builder.ts';
import { sizeOf, type Node, type Shape } from '../../compiler/4-tensor/ir.ts';
import type { OpName } from '../../compiler/ops/index.ts';

export interface Draw {
  readonly b: Builder;
  /** 0 … n - 1. */
  readonly choose: (n: number) => number;
  /** An f32 node made before. */
  readonly node: () => Node;
  readonly all: readonly Node[];
  /** The rows of a table at u32 numbers, modulo how many there are. */
  readonly batch: (rows: Node) => Node;
  /** Whether all of the node's numbers lie in the range. */
  readonly within: (node: Node, low: number, high: number) => boolean;
}

type Step = (draw: Draw) => Node | undefined;

const constants = [0, 1, -1, 2, 0.5, 3, -0.25, 10];

function oneOf<T>(draw: Draw, list: readonly T[]): T {
  return list[draw.choose(list.length)]!;
}

/** An op where its argument lies in its domain. */
function unary(op: OpName, low = -Infinity, high = Infinity): Step {
  return (draw) => {
    const x = draw.node();
    return draw.within(x, low, high) ? draw.b.map(op, x) : undefined;
  };
}

/** Another node whose shape broadcasts with x's; x itself where there is none. */
function mate(draw: Draw, x: Node): Node {
  const fits = draw.all.filter((y) => broadcasts(x.shape, y.shape));
  return fits[fits.length - 1 - draw.choose(fits.length)]!;
}

function broadcasts(a: Shape, b: Shape): boolean {
  return [1, 2, 3].every((back) => {
    const [x, y] = [a.at(-back) ?? 1, b.at(-back) ?? 1];
    return back > Math.min(a.length, b.length) || x === y || x === 1 || y === 1;
  });
}

/** A binary op of two nodes, or of one and a constant on either side. */
function binary(op: OpName, domain: (draw: Draw, x: Node, y: Node) => boolean = () => true): Step {
  return (draw) => {
    const x = draw.node();
    const y = draw.choose(2) === 0 ? mate(draw, x) : draw.b.constant(oneOf(draw, constants));
    const [left, right] = draw.choose(2) === 0 ? [x, y] : [y, x];
    return domain(draw, left, right) ? draw.b.map(op, left, right) : undefined;
  };
}

/** A node away from 0, so that dividing by it is tame. */
function isNonZero(draw: Draw, node: Node): boolean {
  if (node.kind === 'constant') return node.value !== 0;
  return draw.within(node, 0.05, Infinity) || draw.within(node, -Infinity, -0.05);
}

function isPositive(draw: Draw, node: Node): boolean {
  return node.kind === 'constant' ? node.value > 0 : draw.within(node, 0.05, Infinity);
}

/** Some of the axes, at least one where there is one. */
function someAxes(draw: Draw, rank: number): number[] {
  const mask = 1 + draw.choose(2 ** rank - 1);
  return [...Array(rank).keys()].filter((axis) => (mask >> axis) % 2 === 1);
}

function reduction(op: 'sum' | 'max' | 'min'): Step {
  return (draw) => {
    const x = draw.node();
    return x.shape.length === 0 ? undefined : draw.b.reduce(op, x, someAxes(draw, x.shape.length));
  };
}

/** Axes of equal extents meet at random; each label is kept or summed at random. */
const contraction: Step = (draw) => {
  const [x, y] = [draw.node(), draw.node()];
  const aLabels = x.shape.map((_, i) => i);
  const free = new Set(aLabels);
  const bLabels = y.shape.map((extent, i) => {
    const match = [...free].find((label) => x.shape[label] === extent);
    if (match === undefined || draw.choose(4) === 0) return 10 + i;
    free.delete(match);
    return match;
  });
  const all = [...new Set([...aLabels, ...bLabels])];
  const kept = all.filter((label) =>
    aLabels.includes(label) && bLabels.includes(label) ? draw.choose(3) === 0 : draw.choose(4) > 0,
  );
  return draw.b.contract(x, y, aLabels, bLabels, draw.choose(2) === 0 ? kept : kept.reverse());
};

const broadcast: Step = (draw) => {
  const x = draw.node();
  if (x.shape.length > 2) return undefined;
  const place = draw.choose(x.shape.length + 1);
  const extent = oneOf(draw, [1, 2, 3]);
  const shape = [...x.shape.slice(0, place), extent, ...x.shape.slice(place)];
  return draw.b.broadcast(x, shape, x.shape.map((_, i) => (i < place ? i : i + 1))); // prettier-ignore
};

const reshape: Step = (draw) => {
  const x = draw.node();
  const size = sizeOf(x.shape);
  const divisors = [1, 2, 3, 5, 7].filter((divisor) => size % divisor === 0);
  const first = oneOf(draw, divisors);
  return draw.b.reshape(x, oneOf<Shape>(draw, [[size], [first, size / first], [size / first, 1, first]]));
};

const transpose: Step = (draw) => {
  const x = draw.node();
  const axes = x.shape.map((_, i) => i);
  const permutation: number[] = [];
  while (axes.length > 0) permutation.push(...axes.splice(draw.choose(axes.length), 1));
  return draw.b.transpose(x, permutation);
};

const slice: Step = (draw) => {
  const x = draw.node();
  const starts = x.shape.map((extent) => draw.choose(extent));
  return draw.b.slice(x, starts, x.shape.map((extent, i) => 1 + draw.choose(extent - starts[i]!))); // prettier-ignore
};

const pad: Step = (draw) => {
  const x = draw.node();
  const starts = x.shape.map(() => draw.choose(3));
  return draw.b.pad(x, starts, x.shape.map((extent, i) => starts[i]! + extent + draw.choose(2))); // prettier-ignore
};

const window: Step = (draw) => {
  const x = draw.node();
  if (x.shape.length === 0 || x.shape.length > 2) return undefined;
  return draw.b.window(x, [
    {
      axis: draw.choose(x.shape.length),
      extent: oneOf(draw, [1, 3, 4]),
      size: oneOf(draw, [1, 2, 3]),
      stride: oneOf(draw, [1, 2]),
      dilation: oneOf(draw, [1, -1, 2]),
      start: draw.choose(5) - 2,
      divisor: oneOf(draw, [1, 1, 2]),
    },
  ]);
};

const diagonal: Step = (draw) => {
  const x = draw.node();
  const pairs = x.shape.flatMap((extent, i) =>
    x.shape.flatMap((other, j) => (i !== j && extent === other ? [[i, j] as const] : [])),
  );
  return pairs.length === 0 ? undefined : draw.b.diagonal(x, oneOf(draw, pairs));
};

const concat: Step = (draw) => {
  const x = draw.node();
  if (x.shape.length === 0) return undefined;
  const axis = draw.choose(x.shape.length);
  const without = (shape: Shape): Shape => shape.filter((_, i) => i !== axis);
  const fits = draw.all.filter(
    (y) => y.shape.length === x.shape.length && sameShape(without(x.shape), without(y.shape)),
  );
  return draw.b.concat([x, oneOf(draw, fits)], axis);
};

/** Indices with repetitions, from a list or as numbers counted modulo the extent, some of them past the end. */
function indices(draw: Draw, extent: number, within: boolean): Node {
  const n = 1 + draw.choose(4);
  const top = within ? extent : extent + 1;
  if (draw.choose(2) === 0) return draw.b.array(Array.from({ length: n }, () => draw.choose(top)), [n], 'u32'); // prettier-ignore
  return draw.b.map('rem', draw.b.iota(n), draw.b.constant(top, 'u32'));
}

const take: Step = (draw) => {
  const x = draw.node();
  return x.shape.length === 0 ? undefined : draw.b.take(x, indices(draw, x.shape[0]!, false));
};

const scatter: Step = (draw) => {
  const x = draw.node();
  if (x.shape.length === 0) return undefined;
  const extent = oneOf(draw, [1, 3, 5]);
  const at = Array.from({ length: x.shape[0]! }, () => draw.choose(extent));
  return draw.b.scatter(draw.b.array(at, [x.shape[0]!], 'u32'), x, [extent, ...x.shape.slice(1)]);
};

const batch: Step = (draw) =>
  draw.batch(draw.b.add(draw.b.iota(oneOf(draw, [1, 3, 5])), draw.b.constant(draw.choose(20), 'u32')));

const pack: Step = (draw) => {
  const parts = [draw.node(), draw.node()] as const;
  const [first, second] = [draw.choose(3), draw.choose(3)];
  const offsets = [first, first + sizeOf(parts[0].shape) + second];
  return draw.b.pack(parts, offsets, offsets[1]! + sizeOf(parts[1].shape) + draw.choose(2));
};

export const smooth: readonly Step[] = [
  binary('add'),
  binary('sub'),
  binary('mul'),
  binary('div', (draw, _, y) => isNonZero(draw, y)),
  binary('pow', (draw, x) => isPositive(draw, x)),
  unary('neg'),
  unary('square'),
  unary('exp', -Infinity, 3),
  unary('expm1', -Infinity, 3),
  unary('log', 0.05),
  unary('log1p', -0.9),
  unary('sqrt', 0.05),
  unary('sin'),
  unary('cos'),
  unary('tanh'),
  unary('sigmoid'),
  unary('softplus'),
  unary('erf'),
  unary('lgamma', 0.05),
  unary('digamma', 0.05),
  reduction('sum'),
  reduction('sum'),
  contraction,
  contraction,
  broadcast,
  reshape,
  transpose,
  slice,
  pad,
  window,
  diagonal,
  concat,
  take,
  scatter,
  pack,
  batch,
];

const comparisons: readonly OpName[] = ['lt', 'le', 'gt', 'ge', 'eq', 'ne'];

const select: Step = (draw) => {
  const x = draw.node();
  const y = draw.choose(2) === 0 ? mate(draw, x) : draw.b.constant(oneOf(draw, constants));
  const condition = draw.b.map(oneOf(draw, comparisons), x, y);
  const isBoth = draw.b.map(oneOf<OpName>(draw, ['and', 'or']), condition, draw.b.map('isFinite', x));
  return draw.b.select(draw.choose(2) === 0 ? condition : draw.b.map('not', isBoth), x, y);
};

/** Counted numbers as f32. */
const counted: Step = (draw) => {
  const n = draw.b.iota(oneOf(draw, [1, 3, 7]));
  const op = oneOf<OpName>(draw, ['add', 'mul', 'bitXor', 'bitAnd', 'min', 'max']);
  return draw.b.map('toF32', draw.b.map(op, n, draw.b.constant(draw.choose(5), 'u32')));
};

const noise: Step = (draw) => {
  const u32 = (value: number): Node => draw.b.constant(value, 'u32');
  const op = oneOf<OpName>(draw, ['standard_normal', 'standard_uniform']);
  return draw.b.map(op, u32(draw.choose(100)), u32(1), draw.b.iota(oneOf(draw, [1, 3, 5])), u32(draw.choose(4)));
};

export const kinked: readonly Step[] = [
  binary('min'),
  binary('max'),
  unary('abs'),
  unary('relu'),
  unary('sign'),
  unary('stop'),
  reduction('max'),
  reduction('min'),
  select,
  select,
  counted,
  noise,
];
