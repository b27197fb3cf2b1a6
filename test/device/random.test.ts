/**
 * Random tensor functions, simplified, fused and scheduled, on the device: each kernel, fed with what the device made
 * before, against the float64 evaluation of its Kernel IR, within the bound that its ops' own tolerances make.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topological, type NodeOf } from '../../compiler/4-tensor/ir.ts';
import { simplify } from '../../compiler/4-tensor/passes/simplify.ts';
import type { Tensor } from '../../compiler/5-kernel/ir.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import { profiles } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { tensorsOf } from '../../compiler/5-kernel/walk.ts';
import { openTestDevice } from '../support/device.ts';
import { runKernel, type Numbers } from '../support/kernel-device.ts';
import { evaluateKernel } from '../../compiler/5-kernel/rounding.ts';
import { randomProgram, table, type RandomProgram } from '../support/random-program.ts';

const opened = await openTestDevice();
/** A pack is a gradient vector's, whose parts are made once and for it alone; the kernels of training test it. */
const hasPack = ({ fn }: RandomProgram): boolean =>
  topological(fn.outputs.map(({ node }) => node)).some((node) => node.kind === 'pack');
const sampled = fc.sample(randomProgram({ steps: 25 }), { numRuns: 40, seed: 4 });
const programs = sampled.filter((program) => !hasPack(program)).slice(0, 24);

describe.skipIf(opened === undefined)('random programs', () => {
  test.each(programs.map((program, i) => [i, program] as const))('%i', async (_, { b, fn, inputs, tables }) => {
    const { kernels } = fuse(simplify(b, fn), { builder: b, layout: { parameters: [], length: 0 } });
    const names = [...inputs.keys()].map((node) => (node as NodeOf<'input'>).source as { readonly name: string });
    const given = new Map([...inputs.values()].map((values, i) => [names[i]!.name, values]));
    const arrays = new Map<string, Numbers>();
    const numbersOf = (tensor: Tensor): Numbers | undefined => {
      const { role } = tensor;
      if (role.kind === 'argument') return Float32Array.from(given.get(role.name)!);
      if (role.kind === 'table') return Uint8Array.from(tables(table));
      if (role.kind !== 'literal') return undefined;
      return tensor.storage === 'f32' ? Float32Array.from(role.values) : Uint32Array.from(role.values);
    };
    for (const kernel of kernels) {
      for (const tensor of tensorsOf(kernel)) {
        const numbers = arrays.has(tensor.name) ? undefined : numbersOf(tensor);
        if (numbers !== undefined) arrays.set(tensor.name, numbers);
      }
      const made = await runKernel(opened!, scheduleKernel(kernel, profiles[0]!), arrays);
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
  });
});
