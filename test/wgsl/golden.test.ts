/** The text of a few kernels as people read it: a layer in register tiles, softmax by rows, a pointwise loss. */
import { expect, test } from 'vitest';
import { documentationOf } from '../../compiler/5-kernel/print.ts';
import type { TileChoice } from '../../compiler/5-kernel/schedule/choice.ts';
import { gpu, subgroup8, portable, type Profile } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
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

const staged = { kind: 'tile', rows: 4, lanes: 8, bands: 2, subgroup: false, depth: 8 } as const;
const matrices = { ...staged, bands: 4, matrixSubgroups: 1 } as const;

const goldens: readonly (readonly [how: string, Kernel, Profile, TileChoice?])[] = [
  ['subgroup8', layer, subgroup8],
  ['staged', layer, gpu, staged],
  ['matrices', layer, gpu, matrices],
  ['portable', all['softmax, long rows']!, portable],
  ['portable', all['pointwise, whole vectors']!, portable],
];

test.each(goldens.map(([how, kernel, ...rest]) => [`${kernel.name}.${how}`, kernel, ...rest] as const))(
  '%s',
  async (name, kernel, profile, choice) => {
    const documented = { ...kernel, documentation: documentationOf(kernel) };
    const text = emitWgsl(scheduleKernel(documented, profile, choice && { choice }));
    await expect(text).toMatchFileSnapshot(`${name}.wgsl`);
  },
);
