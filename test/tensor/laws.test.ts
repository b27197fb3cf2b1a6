/** Each law of simplification by itself: an expression that it applies to, and what comes of it. */
import { describe, expect, it } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { sizeOf, type Node, type Window } from '../../compiler/4-tensor/ir.ts';
import { simplifyNodes } from '../../compiler/4-tensor/passes/simplify.ts';
import { kindRules, mapRules } from '../../compiler/4-tensor/passes/simplify/index.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { random } from '../distributions/random.ts';
import { isLighter } from '../support/weight.ts';

const b = new Builder();
const x = b.parameter('x', [3, 5]);
const y = b.parameter('y', [3, 5]);
const v = b.parameter('v', [5]);
const s = b.uniform('s');
const p = b.map('gt', x, y);
const u = b.add(b.iota(5), b.input({ kind: 'argument', name: 'rows' }, [5], 'u32'));
const { add, sub, mul, div, neg, exp, log, sqrt, square } = b;
const op = b.map.bind(b);
const full = (value: number): Node => b.broadcastTo(b.constant(value), [3, 5]);
const rows = b.broadcast(v, [3, 5], [1]);
const word = (value: number): Node => b.constant(value, 'u32');
const truth = (value: number): Node => b.broadcastTo(b.constant(value, 'bool'), [3, 5]);

/** Law, before, after. */
type Example = readonly [string, Node, Node];

/** The adjoint g [2, 4, 3] of a convolution's result (rows, positions, channels) and its weight [3 places, 2, 3]. */
const g = b.parameter('g', [2, 4, 3]);
const w = b.parameter('w', [3, 2, 3]);
const turned: Window = { axis: 1, extent: 5, size: 3, stride: 1, dilation: -1, start: 1, divisor: 2 };
const overlap = (products: Node): Node => b.sum(b.diagonal(b.window(products, [turned]), [3, 4]), [3]);

const constants: readonly Example[] = [
  ['an op of constants is a constant', add(full(2), 3), full(5)],
  [
    'an op of constants is a constant',
    op('mul', word(0x9e3779b9), word(0x85ebca6b)),
    word(Math.imul(0x9e3779b9, 0x85ebca6b) >>> 0),
  ],
  ['an op of constants is a constant', op('sub', word(1), word(2)), word(2 ** 32 - 1)],
  ['c add x = x add c', add(2, x), add(x, 2)],
  ['c mul x = x mul c', mul(2, x), mul(x, 2)],
  ['c max x = x max c', op('max', 2, x), op('max', x, 2)],
  ['c min x = x min c', op('min', 2, x), op('min', x, 2)],
  ['c and x = x and c', op('and', truth(1), p), p],
  ['c or x = x or c', op('or', truth(0), p), p],
  ['c bitAnd x = x bitAnd c', op('bitAnd', word(3), u), op('bitAnd', u, word(3))],
  ['c bitOr x = x bitOr c', op('bitOr', word(3), u), op('bitOr', u, word(3))],
  ['c bitXor x = x bitXor c', op('bitXor', word(3), u), op('bitXor', u, word(3))],
  ['c eq x = x eq c', op('eq', 2, x), op('eq', x, 2)],
  ['c ne x = x ne c', op('ne', 2, x), op('ne', x, 2)],
  ['x add 0 = x', add(x, 0), x],
  ['x sub 0 = x', sub(x, 0), x],
  ['x mul 1 = x', mul(x, 1), x],
  ['x mul 0 = 0', mul(x, 0), full(0)],
  ['x div 1 = x', div(x, 1), x],
  ['x pow 1 = x', op('pow', x, 1), x],
  ['x bitOr 0 = x', op('bitOr', u, word(0)), u],
  ['x bitXor 0 = x', op('bitXor', u, word(0)), u],
  ['x bitAnd 0 = 0', op('bitAnd', u, word(0)), b.broadcastTo(word(0), [5])],
  ['x shiftLeft 0 = x', op('shiftLeft', u, word(0)), u],
  ['x shiftRight 0 = x', op('shiftRight', u, word(0)), u],
  ['x and 1 = x', op('and', p, truth(1)), p],
  ['x and 0 = 0', op('and', p, truth(0)), truth(0)],
  ['x or 0 = x', op('or', p, truth(0)), p],
  ['x or 1 = 1', op('or', p, truth(1)), truth(1)],
];

const arithmetic: readonly Example[] = [
  ['(x + c) + d = x + (c + d)', add(add(x, 2), 3), add(x, 5)],
  ['(x + c) + d = x + (c + d)', add(sub(2, x), 3), sub(5, x)],
  ['(x + c) + d = x + (c + d)', add(sub(x, 3), 3), x],
  ['x + -c = x - c', add(x, -2), sub(x, 2)],
  ['x + -y = x - y', add(x, neg(y)), sub(x, y)],
  ['x + -y = x - y', add(mul(x, -2), y), sub(y, mul(x, 2))],
  ['(x - y) + y = x', add(y, sub(x, y)), x],
  ['x + x = x * 2', add(x, x), mul(x, 2)],
  [
    'pad(x) + pad(y) = pad(concat(x, y)) side by side',
    add(b.pad(x, [0, 6], [3, 12]), b.pad(y, [0, 1], [3, 12])),
    b.pad(b.concat([y, x], 1), [0, 1], [3, 12]),
  ],
  ['x z + y z = (x + y) z', add(mul(x, exp(x)), mul(exp(x), y)), mul(add(x, y), exp(x))],
  ['x z + y z = (x + y) z', add(div(x, y), div(exp(x), y)), div(add(x, exp(x)), y)],
  ['x z - y z = (x - y) z', sub(mul(x, 3), mul(y, 3)), mul(sub(x, y), 3)],
  ['(x - 1) z + z = x z', add(mul(sub(x, 1), y), y), mul(x, y)],
  ['(x + 1) z - z = x z', sub(mul(y, add(x, 1)), y), mul(x, y)],
  ['(x * c) * x = square(x) * c', mul(x, mul(2, x)), mul(square(x), 2)],
  ['x - x = 0', sub(x, x), full(0)],
  ['0 - x = -x', sub(0, x), neg(x)],
  ['(x + c) - d = x + (c - d)', sub(add(x, 2), 5), sub(x, 3)],
  ['d - (x + c) = (d - c) - x', sub(5, add(x, 2)), sub(3, x)],
  ['d - (x + c) = (d - c) - x', sub(5, sub(2, x)), add(x, 3)],
  ['x - -c = x + c', sub(x, -2), add(x, 2)],
  ['x - -y = x + y', sub(x, neg(y)), add(x, y)],
  ['-x - y = -(x + y)', sub(neg(x), y), neg(add(x, y))],
  ['(x + y) - x = y', sub(add(x, y), x), y],
  ['x - (x + y) = -y', sub(x, add(y, x)), neg(y)],
  ['x - (x - y) = y', sub(x, sub(x, y)), y],
  ['(x - y) - x = -y', sub(sub(x, y), x), neg(y)],
  ['x * -1 = -x', mul(x, -1), neg(x)],
  ['(x * c) * d = x * (c d)', mul(2, mul(x, 0.5)), x],
  ['(x * c) * d = x * (c d)', mul(div(x, 3), 6), mul(x, 2)],
  ['(x * c) * (y * d) = (x y) * (c d)', mul(mul(x, 2), mul(y, 3)), mul(mul(x, y), 6)],
  ['-x * y = -(x y)', mul(x, neg(y)), neg(mul(x, y))],
  ['(x * c) * broadcast(y) = x * broadcast(y * c)', mul(mul(x, 2), rows), mul(x, b.broadcast(mul(v, 2), [3, 5], [1]))],
  ['x * x = square(x)', mul(x, x), square(x)],
  ['(x / y) * y = x', mul(exp(y), div(x, exp(y))), x],
  ['0 / x = 0', div(0, x), full(0)],
  ['x / x = 1', div(exp(x), exp(x)), full(1)],
  ['x / c = x * (1 / c) where that is exact', div(x, -4), mul(x, -0.25)],
  ['(x * c) / d = x * (c / d)', div(mul(x, 3), 6), mul(x, 0.5)],
  ['-x / y = -(x / y)', div(neg(x), y), neg(div(x, y))],
  ['-x / y = -(x / y)', div(neg(x), neg(y)), div(x, y)],
  ['(x y) / y = x', div(mul(exp(x), y), exp(x)), y],
  ['-(-x) = x', neg(neg(x)), x],
  ['-(x * c) = x * -c', neg(mul(x, 2)), mul(x, -2)],
  ['-(x - y) = y - x', neg(sub(x, y)), sub(y, x)],
  ['square(-x) = square(x)', square(neg(x)), square(x)],
  ['square(sqrt(x)) = x', square(sqrt(add(square(x), 1))), add(square(x), 1)],
  ['abs(-x) = abs(x)', op('abs', neg(x)), op('abs', x)],
  ['abs(x) = x where x >= 0', op('abs', square(x)), square(x)],
];

const exponential: readonly Example[] = [
  ['exp(log(x)) = x', exp(log(square(x))), square(x)],
  ['log(exp(x)) = x', log(exp(x)), x],
  ['log(exp(x) * c) = x + log(c)', log(mul(exp(x), 3)), add(x, Math.log(3))],
  ['log(exp(x) * c) = x + log(c)', log(div(exp(x), 3)), sub(x, -Math.log(1 / 3))],
  ['log(sigmoid(x)) = -softplus(-x)', log(op('sigmoid', x)), neg(op('softplus', neg(x)))],
  ['log(1 - sigmoid(x)) = -softplus(x)', log(sub(1, op('sigmoid', x))), neg(op('softplus', x))],
  ['log(1 + exp(x)) = softplus(x)', log(add(1, exp(x))), op('softplus', x)],
  ['log1p(-sigmoid(x)) = -softplus(x)', op('log1p', neg(op('sigmoid', x))), neg(op('softplus', x))],
  ['log1p(exp(x)) = softplus(x)', op('log1p', exp(x)), op('softplus', x)],
  ['log1p(expm1(x)) = x', op('log1p', op('expm1', x)), x],
  ['expm1(log1p(x)) = x', op('expm1', op('log1p', square(x))), square(x)],
  ['softplus(x) - softplus(-x) = x', sub(log(op('sigmoid', x)), op('log1p', neg(op('sigmoid', x)))), x],
  ['softplus(x) - softplus(-x) = x', sub(op('softplus', sub(x, y)), op('softplus', sub(y, x))), sub(x, y)],
  ['square(exp(x)) = exp(x * 2)', square(exp(mul(0.5, x))), exp(x)],
  ['sqrt(exp(x)) = exp(x / 2)', sqrt(exp(x)), exp(mul(x, 0.5))],
  ['sqrt(square(x)) = abs(x)', sqrt(square(x)), op('abs', x)],
  ['pow(x, 2) = square(x)', op('pow', exp(x), 2), exp(mul(x, 2))],
];

const choices: readonly Example[] = [
  ['x ∘ x = x', op('max', x, x), x],
  ['x ∘ x = x', op('and', p, p), p],
  ['!!x = x', op('not', op('not', p)), p],
  ['a choice that is known', b.select(op('lt', full(1), 2), x, y), x],
  ['a choice that is known', b.select(op('lt', full(2), 1), x, y), y],
  ['a choice between equals', b.select(p, x, add(x, 0)), x],
  ['a choice by !c is the other by c', b.select(op('not', p), x, y), b.select(p, y, x)],
  [
    'a choice within a choice by the same condition',
    b.select(p, b.select(p, x, full(1)), b.select(p, full(2), y)),
    b.select(p, x, y),
  ],
];

const views: readonly Example[] = [
  ['op(broadcast(x), broadcast(y)) = broadcast(op(x, y))', add(rows, s), b.broadcast(add(v, s), [3, 5], [1])],
  [
    'op(broadcast(x), broadcast(y)) = broadcast(op(x, y))',
    mul(b.broadcast(v, [2, 5, 3], [1]), b.broadcast(b.transpose(x, [1, 0]), [2, 5, 3], [1, 2])),
    b.broadcast(mul(b.broadcast(v, [5, 3], [0]), b.transpose(x, [1, 0])), [2, 5, 3], [1, 2]),
  ],
  ['a broadcast that adds only extents of 1 is a reshape', b.broadcast(v, [1, 5, 1], [1]), b.reshape(v, [1, 5, 1])],
  ['broadcast(broadcast(x)) = broadcast(x)', b.broadcast(rows, [2, 3, 5], [1, 2]), b.broadcast(v, [2, 3, 5], [2])],
  [
    'an extent of 1 that is stretched is left out first',
    b.broadcastTo(b.reshape(v, [5, 1]), [5, 4]),
    b.broadcast(v, [5, 4], [0]),
  ],
  ['transpose(c) = c', b.transpose(full(2), [1, 0]), b.broadcastTo(b.constant(2), [5, 3])],
  ['transpose(transpose(x)) = transpose(x)', b.transpose(b.transpose(x, [1, 0]), [1, 0]), x],
  [
    'a transpose that moves only extents of 1 is a reshape',
    b.transpose(b.reshape(x, [3, 1, 5]), [1, 0, 2]),
    b.reshape(x, [1, 3, 5]),
  ],
  [
    'transpose(broadcast(x)) = broadcast(transpose(x))',
    b.transpose(b.broadcast(x, [3, 2, 5], [0, 2]), [2, 1, 0]),
    b.broadcast(b.transpose(x, [1, 0]), [5, 2, 3], [0, 2]),
  ],
  ['slice(c) = c', b.slice(full(2), [1, 1], [1, 2]), b.broadcastTo(b.constant(2), [1, 2])],
  ['slice(slice(x)) = slice(x)', b.slice(b.slice(x, [1, 1], [2, 4]), [1, 2], [1, 1]), b.slice(x, [2, 3], [1, 1])],
  ['slice(concat(x, y)) = slice(x) within x', b.slice(b.concat([x, y], 1), [0, 6], [3, 2]), b.slice(y, [0, 1], [3, 2])],
  ['slice(pad(x)) = slice(x) within x, 0 outside', b.slice(b.pad(x, [0, 2], [3, 9]), [0, 2], [3, 5]), x],
  [
    'slice(pad(x)) = slice(x) within x, 0 outside',
    b.slice(b.pad(x, [0, 2], [3, 9]), [0, 7], [3, 2]),
    b.broadcastTo(b.constant(0), [3, 2]),
  ],
  [
    'slice(broadcast(x)) = broadcast(slice(x))',
    b.slice(rows, [1, 1], [2, 3]),
    b.broadcast(b.slice(v, [1], [3]), [2, 3], [1]),
  ],
  ['slice(pack(x, y)) = x at its offset', b.slice(b.pack([v, x], [0, 8], 24), [8], [15]), b.reshape(x, [15])],
  [
    'sum over a window of (x W) = (window of x) W, where W has the window',
    overlap(b.contract(g, w, [0, 1, 2], [3, 4, 2], [0, 1, 4, 3])),
    b.contract(b.window(g, [turned]), w, [0, 1, 2, 3], [3, 4, 2], [0, 1, 4]),
  ],
  [
    'sum over a window of (x W) = (window of x) W, where W has the window',
    overlap(b.contract(w, g, [3, 4, 2], [0, 1, 2], [0, 1, 4, 3])),
    b.contract(w, b.window(g, [turned]), [3, 4, 2], [0, 1, 2, 3], [0, 1, 4]),
  ],
  ['pad(0) = 0', b.pad(full(0), [1, 1], [5, 7]), b.broadcastTo(b.constant(0), [5, 7])],
  ['pad(pad(x)) = pad(x)', b.pad(b.pad(x, [1, 0], [4, 5]), [1, 2], [6, 8]), b.pad(x, [2, 2], [6, 8])],
  ['concat(c, c) = c', b.concat([full(2), full(2)], 0), b.broadcastTo(b.constant(2), [6, 5])],
  ['concat(concat(x, y), z) = concat(x, y, z)', b.concat([b.concat([x, y], 0), x], 0), b.concat([x, y, x], 0)],
  [
    'concat of neighbouring slices of x = slice(x)',
    b.concat([b.slice(x, [0, 1], [3, 2]), b.slice(x, [0, 3], [3, 2])], 1),
    b.slice(x, [0, 1], [3, 4]),
  ],
  ['reshape(c) = c', b.reshape(full(2), [15]), b.broadcastTo(b.constant(2), [15])],
  ['iota of one row = 0', b.iota(1), b.broadcastTo(word(0), [1])],
  ['take(c) = c', b.take(full(2), u), b.broadcastTo(b.constant(2), [5, 5])],
  ['scatter(0) = 0', b.scatter(u, b.broadcastTo(b.constant(0), [5]), [7]), b.broadcastTo(b.constant(0), [7])],
  ['pack of one part that fills it = reshape', b.pack([x], [0], 15), b.reshape(x, [15])],
];

const reductions: readonly Example[] = [
  ['a reduction of an extent of 1 is a reshape', b.sum(b.reshape(x, [3, 1, 5]), [1, 2]), b.sum(x, [1])],
  ['sum(broadcast(x)) = x * n, max(broadcast(x)) = x', b.sum(rows, [0]), mul(v, 3)],
  ['sum(broadcast(x)) = x * n, max(broadcast(x)) = x', b.sum(rows, [0, 1]), mul(b.sum(v, [0]), 3)],
  ['sum(broadcast(x)) = x * n, max(broadcast(x)) = x', b.reduce('max', rows, [0]), v],
  ['sum(x * c) = sum(x) * c', b.sum(mul(x, 3), [0]), mul(b.sum(x, [0]), 3)],
  ['sum(x * c) = sum(x) * c', b.sum(neg(x), [0]), neg(b.sum(x, [0]))],
  ['sum(x * c) = sum(x) * c', b.sum(div(x, 3), [0]), div(b.sum(x, [0]), 3)],
  ['sum(x * broadcast(y)) = sum(x) * y', b.sum(mul(rows, x), [0]), mul(b.sum(x, [0]), v)],
  ['sum(x * broadcast(y)) = sum(x) * y', b.sum(div(x, rows), [0]), div(b.sum(x, [0]), v)],
  [
    'reduce(reduce(x)) = reduce(x) where the inner one has no other reader',
    b.sum(b.sum(x, [0]), [0]),
    b.sum(x, [0, 1]),
  ],
  ['x 0 = 0', b.matmul(x, b.broadcastTo(b.constant(0), [5, 2])), b.broadcastTo(b.constant(0), [3, 2])],
  ['a transpose is a matter of labels', b.matmul(x, b.transpose(y, [1, 0])), b.contract(x, y, [0, 1], [2, 1], [0, 2])],
];

const examples = [...constants, ...arithmetic, ...exponential, ...choices, ...views, ...reductions];

function valuesOf(node: Node): Float64Array {
  const [values] = evaluate([node], ({ shape, dtype }) => {
    const { normal } = random(sizeOf(shape));
    return Array.from({ length: sizeOf(shape) }, (_, i) => (dtype === 'u32' ? i % 3 : normal() + 0.1));
  });
  return values!;
}

describe.each(examples)('%s', (law, before, after) => {
  it('applies, and that is the normal form', () => {
    const applied: string[] = [];
    const onRewrite = (used: string, from: Node, to: Node): void => {
      applied.push(used);
      expect(isLighter(used, from, to), used).toBe(true);
    };
    const [simple] = simplifyNodes(b, [before], { onRewrite });
    expect(simple).toBe(after);
    expect(applied).toContain(law);
    expect(simplifyNodes(b, [after])[0]).toBe(after);
  });

  it('keeps the values', () => {
    const [expected, got] = [valuesOf(before), valuesOf(after)];
    expect(got.length).toBe(expected.length);
    got.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
  });
});

describe('the table of laws', () => {
  it('is tested whole', () => {
    const all = [...Object.values(mapRules), ...Object.values(kindRules)].flat().map((rule) => rule.law);
    expect(new Set(examples.map(([law]) => law))).toEqual(new Set(all));
  });
});

describe('what must stay', () => {
  it.each<readonly [string, Node]>([
    ['a uniform that may be 0', mul(x, s)],
    ['a stop', op('stop', x)],
    ['a quotient that may be 0 / 0', div(mul(x, y), y)],
    ['a division whose reciprocal is not exact', div(x, 3)],
    ['a contraction with a broadcast', b.matmul(x, b.broadcast(v, [5, 2], [0]))],
    ['a constant that no f32 holds', exp(full(100))],
    ['the logarithm of 0', log(full(0))],
  ])('%s', (_, node) => {
    expect(simplifyNodes(b, [node])[0]).toSatisfy(
      (simple: Node) => simple.kind === node.kind || simple.kind === 'broadcast',
    );
    expect(valuesOf(simplifyNodes(b, [node])[0]!)).toEqual(valuesOf(node));
  });

  it('a reduction that another reader wants', () => {
    const inner = b.sum(x, [0]);
    const outer = b.sum(inner, [0]);
    expect(simplifyNodes(b, [inner, outer])).toEqual([inner, outer]);
  });
});

describe('labels', () => {
  it('pass to what stands in the place', () => {
    const own = new Builder();
    const w = own.parameter('w', [4]);
    const node = own.label(own.exp(own.log(own.square(w))), 'variance');
    const [simple] = simplifyNodes(own, [node]);
    expect(simple).toBe(own.square(w));
    expect(own.labelOf(simple!)).toBe('variance');
  });

  it('do not pass to inputs and constants, which stand in many places', () => {
    const own = new Builder();
    const w = own.parameter('w', [4]);
    simplifyNodes(own, [own.label(own.log(own.exp(w)), 'a'), own.label(own.sub(own.constant(1), 1), 'b')]);
    expect(own.labelOf(w)).toBeUndefined();
    expect(own.labelOf(own.constant(0))).toBeUndefined();
  });
});
