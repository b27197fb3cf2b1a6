/**
 * The gallery's programs, shrunk and fused: each kernel of training, evaluation and sampling, fed with what was made
 * before, against the float64 evaluation of its Kernel IR within its ops' own bounds.
 */
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import type { Kernel, Tensor } from '../../compiler/5-kernel/ir.ts';
import type { KernelInputs } from '../../compiler/5-kernel/reference.ts';
import { tensorsOf, wholeOf } from '../../compiler/5-kernel/walk.ts';
import { someInputs } from '../kernel/differential.ts';
import { elaborateText } from './elaborated.ts';
import type { Numbers } from './kernel-device.ts';
import { evaluateKernel, type Faults } from '../../compiler/5-kernel/rounding.ts';
import { galleryNames, shrunkGallery } from './shrunk.ts';

/** Schedules the kernel, runs it once on these arrays, and gives what it stored. */
export type RunKernel = (
  kernel: Kernel,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>>,
) => ReadonlyMap<string, Numbers> | Promise<ReadonlyMap<string, Numbers>>;

export function testGalleryKernels(run: RunKernel, faults: Faults = {}): void {
  describe.each(galleryNames)('%s', (name) => {
    const { programs, session } = elaborateText(shrunkGallery[name]!, shrunkGallery);
    const context = { builder: session.builder, ...programs };

    test.each(programs.programs.map((program) => [program.name, program] as const))('%s', async (_, program) => {
      const fn = optimise(session.builder, program.function);
      const inputs = tame(someInputs(fn, context));
      const memory = new Map<string, Numbers>();
      for (const kernel of fuse(fn, context).kernels) {
        const tensors = tensorsOf(kernel);
        for (const tensor of tensors) {
          const whole = wholeOf(tensor);
          if (!memory.has(whole.name)) memory.set(whole.name, initial(tensor, inputs, programs.layout.length));
        }
        const arrays = new Map(tensors.map((tensor) => [tensor.name, partOf(memory, tensor)]));
        const made = await run(kernel, arrays, inputs.uniforms);
        for (const [stored, expected] of evaluateKernel(kernel, arrays, inputs.uniforms, { faults })) {
          const got = made.get(stored)!;
          expected.forEach((want, i) => {
            if (want === undefined) return;
            const off = Object.is(got[i], want.value) ? 0 : Math.abs(got[i]! - want.value);
            const message = `${kernel.name}: ${stored}[${i}] is ${got[i]}, not ${want.value} within ${want.error}`;
            if (!(off <= want.error)) expect.fail(message);
          });
        }
        for (const tensor of tensors) {
          const { name: whole, offset } = wholeOf(tensor);
          const got = made.get(tensor.name);
          if (got !== undefined) memory.get(whole)!.set(got, offset);
        }
      }
    });
  });
}

/** Small weights: with larger ones, the widest of these networks leave the numbers of f32. */
function tame(inputs: Required<KernelInputs>): Required<KernelInputs> {
  const parameters = Float64Array.from(inputs.vectors['parameters']!, (x) => x / 8);
  return { ...inputs, vectors: { ...inputs.vectors, parameters } };
}

/** The whole that the tensor is part of, before the program runs. */
function initial(tensor: Tensor, inputs: Required<KernelInputs>, parameters: number): Numbers {
  const { role, storage } = tensor;
  const typed = (values: ArrayLike<number>): Numbers => {
    if (storage === 'u8') return Uint8Array.from(values);
    return storage === 'f32' ? Float32Array.from(values) : Uint32Array.from(values);
  };
  switch (role.kind) {
    case 'vector':
      return typed(inputs.vectors[role.vector]!);
    case 'state':
      return typed(inputs.states[role.name]!);
    case 'argument':
      return typed(inputs.arguments[role.name]!);
    case 'table':
      return typed(inputs.tables[`${role.set}.${role.field}`]!);
    case 'literal':
      return typed(role.values);
    case 'part':
      return new Float32Array(parameters);
    case 'result':
    case 'activation':
    case 'part-sums':
      return typed(new Array<number>(sizeOf(tensor.shape)).fill(0));
  }
}

function partOf(memory: ReadonlyMap<string, Numbers>, tensor: Tensor): Numbers {
  const { name, offset } = wholeOf(tensor);
  const whole = memory.get(name)!;
  // A table's rows are the host's affair: its shape does not tell how many there are.
  return tensor.role.kind === 'table' ? whole : whole.slice(offset, offset + sizeOf(tensor.shape));
}
