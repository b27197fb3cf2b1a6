/** What passes as the same result, and what does not: sums in another order do, anything else that is wrong does not. */
import { describe, expect, test } from 'vitest';
import { tensorsOf } from '../../../compiler/5-kernel/walk.ts';
import { boundsOf, disagreement, finiteShare, type Stored } from '../../../runtime/tune/agreement.ts';
import { randomInputs } from '../../../runtime/tune/inputs.ts';
import * as k from '../../support/kernels.ts';
import * as shapes from '../../support/kernel-shapes.ts';

const [rows, inner, columns] = [37, 190, 53];
const kernel = k.contraction('plain', [rows, inner, columns], k.biasRelu);
const inputs = randomInputs(tensorsOf(kernel), 'mixed');
const bounds = boundsOf(kernel, inputs, {})!;

/** The layer in f32, the positions of the inner axis in the order given. */
function computed(order: readonly number[]): Stored {
  const [x, w, bias] = ['x', 'w', 'bias'].map((name) => inputs.get(name)!);
  const [pre, y] = [new Float32Array(rows * columns), new Float32Array(rows * columns)];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (const i of order) sum = Math.fround(sum + Math.fround(x![row * inner + i]! * w![i * columns + column]!));
      pre[row * columns + column] = sum + bias![column]!;
      y[row * columns + column] = Math.max(0, pre[row * columns + column]!);
    }
  }
  return new Map([
    ['pre', pre],
    ['y', y],
  ]);
}

const forward = Array.from({ length: inner }, (_, i) => i);
const plain = computed(forward);
const changed = (change: (numbers: Float32Array) => void): Stored => {
  const pre = Float32Array.from(plain.get('pre')!);
  change(pre);
  return new Map([...plain, ['pre', pre]]);
};

describe('a result agrees', () => {
  test('with itself', () => expect(disagreement(plain, plain, bounds)).toBeUndefined());

  test('with one whose sums were taken in another order', () => {
    const backward = computed([...forward].reverse());
    expect(backward.get('pre')).not.toEqual(plain.get('pre'));
    expect(disagreement(plain, backward, bounds)).toBeUndefined();
  });

  test('where neither is a number', () => {
    const numbers: Stored = new Map([['y', Float32Array.of(NaN, Infinity, 1)]]);
    expect(disagreement(numbers, new Map(numbers), new Map())).toBeUndefined();
    expect(finiteShare(numbers)).toBeCloseTo(1 / 3);
  });
});

describe('a result is refused', () => {
  test.each([
    ['with a term left out', computed(forward.slice(1))],
    [
      'with a last column that was not computed',
      changed((pre) => {
        for (let r = 0; r < rows; r++) pre[r * columns + columns - 1] = 0;
      }),
    ],
    [
      'with two rows exchanged',
      changed((pre) => pre.set([...pre.slice(columns, 2 * columns), ...pre.slice(0, columns)])),
    ],
    ['with its last element off', changed((pre) => (pre[pre.length - 1]! += 0.01))],
    ['with some element off', changed((pre) => (pre[777]! += 0.01))],
    ['with something that is no number', changed((pre) => (pre[777] = NaN))],
  ])('%s', (_, wrong) =>
    expect(disagreement(plain, wrong, bounds)).toMatch(/^pre\[\d+\] is .* by the plain schedule$/),
  );

  describe('though it is large', () => {
    const [height, width] = [100, 250];
    const [row, column] = [k.axis('row', height), k.axis('column', width)];
    const [x, y] = [k.tensor('x', [height, width]), k.tensor('y', [height, width])];
    const next = k.apply('add', k.at(x, k.flat(row, column)), k.number(1));
    const large = k.kernel('next', [row, column], k.phase([], [], [k.store(y, k.flat(row, column), next)]));
    const numbers = randomInputs(tensorsOf(large), 'mixed');
    const known = boundsOf(large, numbers, {})!;
    const right = Float32Array.from(numbers.get('x')!, (value) => value + 1);
    const verdict = (place: number, value: number) =>
      disagreement(new Map([['y', right]]), new Map([['y', right.with(place, value)]]), known);
    // Not one of the points that are evaluated.
    const inside = right.findIndex((_, i) => i > width && !known.get('y')!.has(i));

    test('with an element that is no number, or infinite', () => {
      expect(verdict(inside, 0.5)).toBeUndefined();
      expect(verdict(inside, NaN)).toContain(`y[${inside}] is NaN`);
      expect(verdict(inside, -Infinity)).toContain(`y[${inside}] is -Infinity`);
    });

    test.each([0, width - 1, (height - 1) * width, height * width - 1])('with the corner at %d wrong', (corner) =>
      expect(verdict(corner, 5)).toContain(`y[${corner}] is 5`),
    );
  });

  test('where integers differ', () => {
    const [a, b] = [Uint32Array.of(1, 0, 1), Uint32Array.of(1, 1, 1)];
    expect(disagreement(new Map([['mask', a]]), new Map([['mask', b]]), new Map())).toContain('mask[1]');
  });
});

test('the sample holds the corners, and whole segments of partial sums', () => {
  expect([...bounds.get('pre')!.keys()]).toEqual(expect.arrayContaining([0, rows * columns - 1]));
  const loss = shapes.all['contraction with a loss, odd']!;
  const some = boundsOf(loss, randomInputs(tensorsOf(loss), 'mixed'), shapes.scalars)!;
  const all = boundsOf(loss, randomInputs(tensorsOf(loss), 'mixed'), shapes.scalars)!;
  expect(some).toEqual(all);
  expect(some.get('loss')!.size).toBeGreaterThan(0);
});

test('loops too long to evaluate have no bounds', () => {
  const endless = k.contraction('plain', [8, 2 ** 20, 8], k.plainStore);
  expect(boundsOf(endless, new Map(), {})).toBeUndefined();
});
