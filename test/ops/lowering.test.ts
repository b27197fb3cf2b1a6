/**
 * Every op's lowering against its float64 reference, within the tolerance it states: on an ideal device, and on devices
 * that err as far as WGSL's accuracy table lets them.
 */
import { describe, expect, it } from 'vitest';
import { ops, type OpName } from '../../compiler/ops/index.ts';
import type { Op } from '../../compiler/ops/op.ts';
import { local } from '../../compiler/ops/scalar-build.ts';
import type { Scalar, ScalarType } from '../../compiler/ops/scalar.ts';
import { evaluateScalar, exactDevice, type Device } from '../../compiler/ops/scalar-reference.ts';
import { random } from '../distributions/random.ts';
import { ulp } from '../../compiler/5-kernel/rounding.ts';
import { worstDevice } from '../support/wgsl-accuracy.ts';
import { domains } from './domains.ts';

const names = Object.keys(ops) as OpName[];
/** Ops of whole numbers cost thousands of steps a call and err nowhere. */
const drawsOf = (op: Op): number => (op.cost >= 1000 ? 100 : op.cost >= 100 ? 300 : 600);
const devices = 6;

describe.each(names)('%s', (name) => {
  const op: Op = ops[name];
  const domain = domains[name];
  const types = op.args.map((dtype): ScalarType => (dtype === 'any' ? typeOfAny(name) : dtype));
  const lowered = op.lower(...types.map((type, i): Scalar => local(`x${i}`, type)));
  const { uniform } = random(names.indexOf(name) + 1);
  const cases = [
    ...(domain.special ?? []),
    ...Array.from({ length: drawsOf(op) }, () => domain.args.map((draw) => draw({ uniform, normal: uniform }))),
  ];

  /** By how many of its tolerances the worst case is off. */
  const worst = (device: Device): { readonly part: number; readonly args: readonly number[] } => {
    let found = { part: 0, args: cases[0]! };
    for (const args of cases) {
      const exact = op.reference(...args);
      const got = evaluateScalar(lowered, new Map(args.map((value, i) => [`x${i}`, value])), device);
      const part = Object.is(got, exact) || got === exact ? 0 : Math.abs(got - exact) / toleranceAt(op, args, exact);
      // NaN, too, is off.
      if (!(part <= found.part)) found = { part, args };
    }
    return found;
  };

  it('is within its tolerance on an ideal device', () => {
    const { part, args } = worst(exactDevice);
    expect(part, `at (${args.join(', ')})`).toBeLessThanOrEqual(1);
  });

  it('is within its tolerance on the worst devices', () => {
    for (let device = 1; device <= devices; device++) {
      const { part, args } = worst(worstDevice(random(1000 * device).uniform));
      expect(part, `at (${args.join(', ')})`).toBeLessThanOrEqual(1);
    }
  });
});

function toleranceAt(op: Op, args: readonly number[], exact: number): number {
  const { ulp: of, absolute = 0 } = op.tolerance;
  return (typeof of === 'function' ? of(...args) : of) * ulp(exact) + absolute;
}

function typeOfAny(name: OpName): ScalarType {
  return name === 'toF32' ? 'u32' : 'f32';
}
