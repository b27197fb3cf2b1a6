/** The text of a few kernels as people read it: a layer in panels, softmax by rows, rows of bytes. */
import { expect, test } from 'vitest';
import { documentationOf } from '../../compiler/5-kernel/print.ts';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { WasmEmitter } from '../../compiler/6-emit/wasm/emit.ts';
import { all } from '../support/kernel-shapes.ts';
import { apply, at, contraction, flat, store, tensor } from '../support/kernels.ts';

/** h = relu(x W + b), [16, 8] times [8, 32]. */
const layer: Kernel = {
  ...contraction('plain', [16, 8, 32], (sum, { row, column }) => {
    const bias = at(tensor('bias', [32]), flat(column));
    return [store(tensor('h', [16, 32]), flat(row, column), apply('relu', apply('add', sum, bias)))];
  }),
  name: 'hidden_layer',
};

const goldens: readonly Kernel[] = [layer, all['softmax, whole vectors']!, all['rows of bytes']!];

test.each(goldens.map((kernel) => [kernel.name, kernel] as const))('%s', async (name, kernel) => {
  const { text } = new WasmEmitter().emit(scheduleKernel({ ...kernel, documentation: documentationOf(kernel) }, cpu));
  await expect(text).toMatchFileSnapshot(`${name}.cpu.wat`);
});
