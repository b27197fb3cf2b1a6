/** Every variant of small kernels in WebAssembly computes what the kernel says. */
import { test } from 'vitest';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { WasmEmitter } from '../../compiler/6-emit/wasm/emit.ts';
import { findSimd } from '../../runtime/cpu/engine.ts';
import { runKernel } from '../support/kernel-wasm.ts';
import { all } from '../support/kernel-shapes.ts';
import { dividedChoices, longKernels, oddKernels, variantsAgree, plainChoices } from '../support/variants.ts';

const form = findSimd();
const emitter = new WasmEmitter();
const limits = { invocations: 1, workgroupBytes: 0 };

const more = ['weight and bias gradient, odd', 'updates after their gradients, odd'] as const;

for (const [how, kernels, choicesOf] of [
  [
    'every choice that leaves its loop whole',
    [...oddKernels, ...more.map((name) => [name, all[name]!] as const)],
    plainChoices,
  ],
  ['choices that divide its loop', longKernels, dividedChoices],
] as const) {
  test.each(kernels)(`by ${how}: %s`, (_, kernel) =>
    variantsAgree(
      kernel,
      choicesOf(kernel, cpu, limits),
      cpu,
      (scheduled) => emitter.emit(scheduled).text,
      (scheduled, arrays, scalars) => runKernel(scheduled, form, arrays, scalars),
    ),
  );
}
