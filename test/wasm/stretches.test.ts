/**
 * Contractions over several stretches of their loops, with and without operands that must be packed: each sum gets what
 * it would get in one stretch, in the same order, so that not a bit differs.
 */
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import { evaluateKernel } from '../../compiler/5-kernel/rounding.ts';
import { linesHeld, type Caches } from '../../compiler/5-kernel/schedule/caches.ts';
import type { PanelsChoice } from '../../compiler/5-kernel/schedule/choice.ts';
import { contractionOf } from '../../compiler/5-kernel/schedule/contraction.ts';
import { tensorsOf } from '../../compiler/5-kernel/schedule/dependence.ts';
import { panelsFit } from '../../compiler/5-kernel/schedule/panel-shape.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { depthOf, evenStretch } from '../../compiler/5-kernel/schedule/stretch.ts';
import { findSimd } from '../../runtime/cpu/engine.ts';
import { convolutionGradient, steppedRows } from '../support/convolution-shapes.ts';
import { all, scalars } from '../support/kernel-shapes.ts';
import { runKernel } from '../support/kernel-wasm.ts';
import { axis, contraction, inputsFor, plainStore } from '../support/kernels.ts';

/** Holds no two lines, so that every operand is packed. */
const none: Caches = { nearest: 2 ** 15, own: { bytes: 64, line: 64, ways: 1 } };

const contractions = Object.entries(all).filter(([, kernel]) => {
  const found = contractionOf(kernel);
  return found !== undefined && panelsFit(found, 1);
});

test('there are contractions of every kind, one nested loop deep and two', () => {
  const outer = contractions.map(([, kernel]) => contractionOf(kernel)!.outer.length);
  expect(new Set(outer)).toEqual(new Set([0, 1]));
  expect(contractions.length).toBeGreaterThan(20);
});

test.each(contractions)('%s', (_, kernel) => {
  const found = contractionOf(kernel)!;
  const [row, column] = [found.row.extent, found.column.extent];
  const depth = depthOf(found);
  const inputs = inputsFor(kernel, [...tensorsOf(kernel).loaded, ...tensorsOf(kernel).stored]);
  const stretches = [...new Set([1, 6, 9, 12, 20].map((most) => evenStretch(found, most)))].filter(
    (one) => one < depth,
  );
  for (const caches of [cpu.caches!, none]) {
    for (const quads of [1, 2].filter((quads) => panelsFit(found, quads))) {
      // Blocks of half of the result, in whole tiles and whole segments of partial sums, and of all of it.
      const blocks = [8, row + 3].map((rows) => ({ rows: rows - (rows % 4), columns: 32 * Math.ceil(column / 64) }));
      for (const block of blocks) {
        const run = (stretch: number) => {
          const choice: PanelsChoice = { kind: 'panels', quads, ...block, stretch };
          return runKernel(scheduleKernel(kernel, { ...cpu, caches }, { choice }), findSimd(), inputs, scalars);
        };
        const whole = run(depth);
        agrees(kernel, inputs, whole);
        for (const one of stretches) {
          for (const [name, numbers] of run(one)) expect(numbers, `${name} by ${one}`).toEqual(whole.get(name));
        }
      }
    }
  }
});

function agrees(kernel: Kernel, inputs: ReturnType<typeof inputsFor>, results: ReturnType<typeof runKernel>): void {
  const expected = evaluateKernel(kernel, inputs, scalars);
  for (const { name } of tensorsOf(kernel).stored) {
    expected.get(name)!.forEach((want, i) => {
      const { value, error } = want ?? { value: inputs.get(name)![i]!, error: 0 };
      const got = results.get(name)![i]!;
      if (!(Math.abs(got - value) <= error)) expect.fail(`${name}[${i}] is ${got}, not ${value} within ${error}`);
    });
  }
}

describe('by default', () => {
  const choiceOf = (kernel: Kernel) => scheduleKernel(kernel, cpu).choice as PanelsChoice;
  const scratchOf = (kernel: Kernel) => scheduleKernel(kernel, cpu).body.shared.map(({ name }) => name);

  test('loops are divided where a panel of them would not fit the nearest cache, into even parts', () => {
    const stretchBy = (inner: number) => choiceOf(contraction('plain', [64, inner, 64], plainStore)).stretch;
    expect([784, 1024, 1025, 5000, 50_000].map(stretchBy)).toEqual([784, 1024, 344, 500, 512]);
    expect(choiceOf(convolutionGradient(64, 28, 32, 32)).stretch).toBe(16 * 28);
  });

  test('a matrix whose rows lie a power of two apart is packed, another is read where it lies', () => {
    expect(scratchOf(contraction('plain', [64, 256, 1024], plainStore))).toContain('right');
    expect(scratchOf(contraction('plain', [64, 256, 1008], plainStore))).not.toContain('right');
    expect(scratchOf(contraction('left', [1024, 256, 1008], plainStore))).toContain('left');
    expect(scratchOf(contraction('left', [1008, 256, 1008], plainStore))).not.toContain('left');
  });

  test('so is one whose rows are taken from the last to the first', () => {
    // Rows of 1024 numbers are 4096 bytes apart, of which 128 stay; of 1008 numbers, 64 bytes a divisor, all do.
    expect(scratchOf(steppedRows(64, 256, 1024, -1))).toContain('right');
    expect(scratchOf(steppedRows(64, 256, 1008, -1))).not.toContain('right');
  });

  test('an operand that is the same along the loop is read where it lies', () => {
    expect(scratchOf(steppedRows(64, 256, 1008, 0))).not.toContain('right');
  });

  test('an operand that goes on elsewhere where a loop ends is packed', () => {
    expect(scratchOf(convolutionGradient(3, 8, 12, 16))).not.toContain('right');
    expect(scratchOf(convolutionGradient(3, 8, 12, 16, 1))).toContain('right');
    const flat = contraction('plain', [64, 256, 1008], plainStore);
    const [sums, ...rest] = flat.phases;
    const once = { ...flat, phases: [{ ...sums!, over: [axis('tap', 1), ...sums!.over] }, ...rest] };
    expect(scratchOf(once)).not.toContain('right');
  });
});

describe('lines in a cache of 2¹⁹ bytes, in lines of 64 and 8 ways of 2¹⁶ bytes', () => {
  const held = (stride: number) => linesHeld(cpu.caches!, stride);

  test('share the places that it has for them, where they lie a power of two apart', () => {
    expect([64, 100, 3136, 4032].map(held)).toEqual([8192, 8192, 8192, 8192]);
    expect([128, 1024, 2048, 4096, 8192, 2 ** 20].map(held)).toEqual([4096, 512, 256, 128, 64, 8]);
    expect(held(4096 + 256)).toBe(2048);
  });

  test('are as many where each lies before the last', () => {
    // 4096 bytes apart: 2¹⁶ / 4096 = 16 places in each of 8 ways. 4352 = 17 · 256 bytes: 2¹⁶ / 256 = 256 places.
    expect([-64, -4096, -4352, -(2 ** 20)].map(held)).toEqual([2 ** 19 / 64, 16 * 8, 256 * 8, 8]);
  });

  test('are one line, whatever their number, where nothing lies between them', () => {
    expect(held(0)).toBe(Infinity);
  });
});
