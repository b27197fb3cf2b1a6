/**
 * Random tensor functions, simplified, fused and scheduled, in WebAssembly: each kernel, fed with what was made before,
 * against the float64 evaluation of its Kernel IR, within the bound that its ops' own tolerances make.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topological, type NodeOf } from '../../compiler/4-tensor/ir.ts';
import { simplify } from '../../compiler/4-tensor/passes/simplify.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import type { Tensor } from '../../compiler/5-kernel/ir.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { tensorsOf } from '../../compiler/5-kernel/walk.ts';
import { findSimd, type Simd } from '../../runtime/cpu/engine.ts';
import type { Numbers } from '../support/kernel-device.ts';
import { evaluateKernel } from '../../compiler/5-kernel/rounding.ts';
import { runKernel } from '../support/kernel-wasm.ts';
import { randomProgram, table, type RandomProgram } from '../support/random-program.ts';

const forms: readonly Simd[] = findSimd() === 'relaxed' ? ['relaxed', 'plain'] : ['plain'];

/** A pack is a gradient vector's, whose parts are made once and for it alone. */
const hasPack = ({ fn }: RandomProgram): boolean =>
  topological(fn.outputs.map(({ node }) => node)).some((node) => node.kind === 'pack');

describe.each(forms)('%s', (form) => {
  test('random programs', () => {
    fc.assert(
      fc.property(randomProgram({ steps: 25 }), (program) => {
        fc.pre(!hasPack(program));
        agrees(program, form);
      }),
      { seed: form === 'relaxed' ? 5 : 6, numRuns: 60 },
    );
  });
});

function agrees({ b, fn, inputs, tables }: RandomProgram, form: Simd): void {
  const { kernels } = fuse(simplify(b, fn), { builder: b, layout: { parameters: [], length: 0 } });
  const names = [...inputs.keys()].map((node) => (node as NodeOf<'input'>).source as { readonly name: string });
  const given = new Map([...inputs.values()].map((values, i) => [names[i]!.name, values]));
  const arrays = new Map<string, Numbers>();
  const numbersOf = ({ role, storage }: Tensor): Numbers | undefined => {
    if (role.kind === 'argument') return Float32Array.from(given.get(role.name)!);
    if (role.kind === 'table') return Uint8Array.from(tables(table));
    if (role.kind !== 'literal') return undefined;
    return storage === 'f32' ? Float32Array.from(role.values) : Uint32Array.from(role.values);
  };
  for (const kernel of kernels) {
    for (const tensor of tensorsOf(kernel)) {
      const numbers = arrays.has(tensor.name) ? undefined : numbersOf(tensor);
      if (numbers !== undefined) arrays.set(tensor.name, numbers);
    }
    const made = runKernel(scheduleKernel(kernel, cpu), form, arrays);
    for (const [name, expected] of evaluateKernel(kernel, arrays)) {
      const got = made.get(name)!;
      arrays.set(name, got);
      expected.forEach((want, i) => {
        if (want === undefined) return;
        const off = Math.abs(got[i]! - want.value);
        const message = `${kernel.name}: ${name}[${i}] is ${got[i]}, not ${want.value} within ${want.error}`;
        if (!(off <= want.error)) expect.fail(message);
      });
    }
  }
}
