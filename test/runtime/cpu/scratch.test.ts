/** Threads keep what a block adds up to apart: however many there are, and whoever computes a block, the bits are the same. */
import { expect, test } from 'vitest';
import { emitterFor } from '../../../compiler/compile.ts';
import type { PanelsChoice } from '../../../compiler/5-kernel/schedule/choice.ts';
import { tensorsOf } from '../../../compiler/5-kernel/schedule/dependence.ts';
import { cpu } from '../../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../../compiler/5-kernel/schedule/schedule.ts';
import { trialOf, variantOf } from '../../../compiler/5-kernel/trial.ts';
import { CpuDevice } from '../../../runtime/cpu/device.ts';
import { findSimd } from '../../../runtime/cpu/engine.ts';
import { runKernel } from '../../support/kernel-wasm.ts';
import { biasRelu, contraction, inputsFor } from '../../support/kernels.ts';
import { tinyCpuCompiled } from '../../support/tiny-plan-cpu.ts';

const kernel = contraction('right', [64, 96, 72], biasRelu);
const choice: PanelsChoice = { kind: 'panels', quads: 1, rows: 4, columns: 8, stretch: 8 };
const { loaded, stored } = tensorsOf(kernel);
const inputs = inputsFor(kernel, loaded);

async function runBy(threads: number) {
  const device = new CpuDevice({ threads });
  try {
    const planned = { name: kernel.name, program: 'train', kernel, choice, fingerprint: '' };
    const emitter = emitterFor(cpu);
    const variant = variantOf({ ...planned, accessOf: () => 'read_write' }, choice, cpu, emitter, device.limits)!;
    const trial = trialOf([variant], tinyCpuCompiled.plan, () => 0, emitter);
    const executor = device.executor(trial.compiled);
    await executor.prepare(trial.programs, () => {
      throw new Error('the kernel reads no table');
    });
    for (const [name, numbers] of inputs) executor.write(name, numbers);
    const runs = Array.from({ length: 20 }, () => () => 0);
    await executor.submit(trial.programs[0]!.name, runs).results();
    return await Promise.all(stored.map(async ({ name }) => [...(await executor.read(name))]));
  } finally {
    device.close();
  }
}

test('a product over stretches by one thread, two and three', async () => {
  const whole = { ...choice, rows: 64, columns: 72, stretch: 96 };
  const results = runKernel(scheduleKernel(kernel, cpu, { choice: whole }), findSimd(), inputs);
  const expected = stored.map(({ name }) => [...results.get(name)!]);
  for (const threads of [1, 2, 3]) expect(await runBy(threads), `${threads} threads`).toEqual(expected);
});
