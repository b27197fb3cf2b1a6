/** Kernels in two: which loops can be divided, into what, and that the two are right as kernel IR. */
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import { printKernel } from '../../compiler/5-kernel/print.ts';
import { divide, partsOf } from '../../compiler/5-kernel/schedule/divide.ts';
import { verifyKernel } from '../../compiler/5-kernel/verify.ts';
import * as shapes from '../support/kernel-shapes.ts';
import { contraction, plainStore } from '../support/kernels.ts';

describe('a loop is divided into equal parts', () => {
  const partsOfLength = (inner: number, rows = 16) => partsOf(contraction('plain', [rows, inner, 12], plainStore));

  test('near powers of two, none shorter than sixteen, of fours where the loop is', () => {
    expect(partsOfLength(128)).toEqual([2, 4, 8]);
    expect(partsOfLength(784)).toEqual([2, 4, 7, 14, 28, 49]);
    // 100 = 4 · 25: ten parts would be two fours and a half.
    expect(partsOfLength(100)).toEqual([5]);
    expect(partsOfLength(66)).toEqual([2, 3]);
  });

  test('or not at all, where it is short, prime, or its results keep every device busy', () => {
    expect(partsOfLength(28)).toEqual([]);
    expect(partsOfLength(127)).toEqual([]);
    expect(partsOfLength(128, 2 ** 17)).toEqual([]);
  });

  test('only where no other phase loops', () => {
    expect(partsOf(shapes.all['softmax, long rows']!)).toEqual([]);
    expect(partsOf(shapes.all['pointwise, whole vectors']!)).toEqual([]);
  });
});

test('the sums of every accumulator lie in one tensor, and a bias gradient has no more of them than it has columns', () => {
  const { first, second } = divide(shapes.all['weight and bias gradient over many rows, odd']!, 2);
  expect(`${printKernel(first)}\n${printKernel(second)}`).toMatchInlineSnapshot(`
    "kernel weight_gradient_66_5_7__parts over part < 2, row < 5, column < 7
      for k < 33
        let v1 = select(y[33 part + k, column] > 0, dy[33 part + k, column], 0)
        weight += x[33 part + k, row] · v1
        bias += v1
      then
        part_sums[35 part + 7 row + column] = weight
        part_sums[7 part + column + 72] = bias

    kernel weight_gradient_66_5_7 over row < 5, column < 7
      for part < 2
        weight += part_sums[35 part + 7 row + column]
        bias += part_sums[7 part + column + 72]
      then
        weight_gradient[row, column] = weight
        bias_gradient[column] = bias
    "
  `);
});

test('both kernels pass the verifier where the whole one does', () => {
  const right = Object.values(shapes.all).filter((kernel) => passes(kernel));
  const divided = right.flatMap((kernel) => partsOf(kernel).map((parts) => divide(kernel, parts)));
  for (const { first, second } of divided) [first, second].forEach(verifyKernel);
  expect(divided.length).toBeGreaterThan(10);
});

/** Some kernels made by hand say an axis twice, or store a part of a tensor. */
function passes(kernel: Kernel): boolean {
  try {
    verifyKernel(kernel);
    return true;
  } catch {
    return false;
  }
}
