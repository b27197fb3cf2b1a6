/** Laws of known numbers: ops of constants, neutral and absorbing elements. */
import { ops, type OpName } from '../../../ops/index.ts';
import type { DType } from '../../ir.ts';
import { isRepresentable, isSplat, splat, splatOf } from './match.ts';
import { binary, mapRule, type Rule } from './rule.ts';

/** In float64, as the host would; not where the result is no number that a kernel can hold. */
export const foldConstants: Rule = mapRule('an op of constants is a constant', (b, args, node) => {
  const values = args.map(splatOf);
  if (!values.every((value) => value !== undefined) || node.op === 'stop') return undefined;
  const value = apply(node.op, node.dtype, values);
  if (node.dtype === 'f32' && !isRepresentable(value)) return undefined;
  return splat(b, value, node.shape, node.dtype);
});

/** u32 arithmetic is modulo 2^32. */
function apply(op: OpName, dtype: DType, [a, b, ...rest]: readonly number[]): number {
  if (dtype === 'u32' && op === 'mul') return Math.imul(a!, b!) >>> 0;
  const reference: (...args: number[]) => number = ops[op].reference;
  const value = reference(a!, b!, ...rest);
  return dtype === 'u32' ? value >>> 0 : value;
}

/** x ∘ e = x. */
const neutral: readonly (readonly [OpName, number])[] = [
  ['add', 0],
  ['sub', 0],
  ['mul', 1],
  ['div', 1],
  ['pow', 1],
  ['bitOr', 0],
  ['bitXor', 0],
  ['shiftLeft', 0],
  ['shiftRight', 0],
  ['and', 1],
  ['or', 0],
];

/** x ∘ a = a. For x * 0 the x is taken to be finite: a NaN or an infinity that only meets a written 0 is not told. */
const absorbing: readonly (readonly [OpName, number])[] = [
  ['mul', 0],
  ['bitAnd', 0],
  ['and', 0],
  ['or', 1],
];

const commutative: readonly OpName[] = [
  'add',
  'mul',
  'max',
  'min',
  'and',
  'or',
  'bitAnd',
  'bitOr',
  'bitXor',
  'eq',
  'ne',
];

/** The constant laws of an op, for the table of each op. */
export function constantRules(op: OpName): readonly Rule[] {
  const rules: Rule[] = [];
  if (commutative.includes(op))
    rules.push(
      binary(`c ${op} x = x ${op} c`, (b, x, y) =>
        splatOf(x) !== undefined && splatOf(y) === undefined ? b.map(op, y, x) : undefined,
      ),
    );
  for (const [of, e] of neutral)
    if (of === op) rules.push(binary(`x ${op} ${e} = x`, (_, x, y) => (isSplat(y, e) ? x : undefined)));
  for (const [of, a] of absorbing)
    if (of === op) rules.push(binary(`x ${op} ${a} = ${a}`, (_, _x, y) => (isSplat(y, a) ? y : undefined)));
  return rules;
}
