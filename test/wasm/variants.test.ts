/** Every variant of small kernels in WebAssembly computes what the kernel says. */
import { test } from 'vitest';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { WasmEmitter } from '../../compiler/6-emit/wasm/emit.ts';
import { findSimd } from '../../runtime/cpu/engine.ts';
import { runKernel } from '../support/kernel-wasm.ts';
import { all } from '../support/kernel-shapes.ts';
import { everyVariantAgrees, oddKernels } from '../support/variants.ts';

const form = findSimd();
const emitter = new WasmEmitter();

const more = ['weight and bias gradient, odd', 'updates after their gradients, odd'] as const;

test.each([...oddKernels, ...more.map((name) => [name, all[name]!] as const)])(
  'by every choice of its space: %s',
  async (_, kernel) => {
    const limits = { invocations: 1, workgroupBytes: 0 };
    await everyVariantAgrees(
      kernel,
      cpu,
      limits,
      (scheduled) => emitter.emit(scheduled).text,
      (scheduled, arrays, scalars) => runKernel(scheduled, form, arrays, scalars),
    );
  },
);
