/** A NaN must reach the loss, where it is found; so no op may lose it, not even where min and max do. */
import { describe, expect, test } from 'vitest';
import { ops, type OpName } from '../../compiler/ops/index.ts';
import type { Op } from '../../compiler/ops/op.ts';
import { f32, local } from '../../compiler/ops/scalar-build.ts';
import { evaluateScalar, exactDevice, type Device } from '../../compiler/ops/scalar-reference.ts';

/** WGSL allows either operand of min and max where the other is NaN. */
const swallowing: Device = (name, exact, args) => {
  const isBound = name === 'min' || name === 'max';
  return exactDevice(name, isBound ? (args.find((value) => !Number.isNaN(value)) ?? NaN) : exact, args);
};

const names = (Object.keys(ops) as OpName[]).filter((name) => {
  const { args, result } = ops[name] as Op;
  // A sign is -1, 0 or 1; toF32 takes whole numbers.
  return (
    name !== 'sign' &&
    name !== 'toF32' &&
    (result === 'f32' || result === 'any') &&
    (args[0] === 'f32' || args[0] === 'any')
  );
});

describe.each(names)('%s', (name) => {
  const op: Op = ops[name];

  test('of NaN is NaN', () => {
    const lowered = op.lower(local('x', 'f32'), ...op.args.slice(1).map(() => f32(0.5)));
    for (const device of [exactDevice, swallowing])
      expect(evaluateScalar(lowered, new Map([['x', NaN]]), device)).toBeNaN();
    expect(op.reference(NaN, ...op.args.slice(1).map(() => 0.5))).toBeNaN();
  });
});

test.each([NaN, Infinity, -Infinity])('isFinite finds %d', (x) => {
  const lowered = ops.isFinite.lower(local('x', 'f32'));
  expect(evaluateScalar(lowered, new Map([['x', x]]))).toBe(0);
});
