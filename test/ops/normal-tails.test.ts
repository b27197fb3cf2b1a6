/**
 * The two parts of a normal draw at the words where they could go wrong, which no key can be asked for: the logarithm
 * of a uniform number next to 0 and next to 1, and the cosine at its zeros and ends.
 */
import { describe, expect, it } from 'vitest';
import { ops } from '../../compiler/ops/index.ts';
import { call, local } from '../../compiler/ops/scalar-build.ts';
import type { Scalar, ScalarFunction } from '../../compiler/ops/scalar.ts';
import { evaluateScalar, exactDevice, type Device } from '../../compiler/ops/scalar-reference.ts';
import { random } from '../distributions/random.ts';
import { ulp } from '../../compiler/5-kernel/rounding.ts';
import { worstDevice } from '../support/wgsl-accuracy.ts';

/** Every function that a scalar calls, by name. */
function functionsIn(scalar: Scalar, found = new Map<string, ScalarFunction>()): ReadonlyMap<string, ScalarFunction> {
  if (scalar.kind === 'call' && !found.has(scalar.fn.name)) {
    found.set(scalar.fn.name, scalar.fn);
    [...scalar.fn.lets.map((kept) => kept.value), scalar.fn.result].forEach((value) => functionsIn(value, found));
  }
  if (scalar.kind === 'builtin' || scalar.kind === 'call') scalar.args.forEach((arg) => functionsIn(arg, found));
  return found;
}

const word = local('word', 'u32');
const functions = functionsIn(ops.standard_normal.lower(word, word, word, word));
const at = (name: string, value: number, device: Device): number =>
  evaluateScalar(call(functions.get(name)!, word), new Map([['word', value]]), device);

const near = (middle: number): number[] => [-2, -1, 0, 1, 2].map((step) => (middle + step + 2 ** 32) % 2 ** 32);
const powers = Array.from({ length: 32 }, (_, i) => near(2 ** i)).flat();
const devices = [exactDevice, ...[1, 2, 3, 4].map((seed) => worstDevice(random(seed).uniform))];

describe('log_uniform', () => {
  it.each([...new Set([0, 2 ** 32 - 1, ...powers])])('of %i is negative, with its digits kept', (value) => {
    const fromOne = (2 ** 32 - 1 - value + 0.5) / 2 ** 32;
    const exact = value < 2 ** 31 ? Math.log((value + 0.5) / 2 ** 32) : Math.log1p(-fromOne);
    for (const device of devices) {
      const got = at('log_uniform', value, device);
      expect(got).toBeLessThan(0);
      expect(Math.abs(got - exact)).toBeLessThan(10 * ulp(exact));
    }
  });
});

describe('cos_turn', () => {
  it.each([...new Set([0, ...near(2 ** 30), ...near(2 ** 31), ...near(3 * 2 ** 30), ...powers])])('of %i', (value) => {
    // The angle's distance from the nearest quarter turn, so that the exact value keeps its digits at the zeros.
    const quarter = Math.round(value / 2 ** 30);
    const rest = ((value - quarter * 2 ** 30) * Math.PI) / 2 ** 31;
    const exact = [Math.cos(rest), -Math.sin(rest), -Math.cos(rest), Math.sin(rest)][quarter % 4]!;
    for (const device of devices) {
      const got = at('cos_turn', value, device);
      expect(Math.abs(got)).toBeLessThanOrEqual(1 + 2 ** -23);
      expect(Math.abs(got - exact)).toBeLessThanOrEqual(8 * ulp(exact));
    }
  });
});
