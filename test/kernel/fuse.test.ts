import { expect, test } from 'vitest';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import { printKernelProgram } from '../../compiler/5-kernel/print.ts';
import { expectSame } from './differential.ts';
import { mlpStep } from './mlp.ts';
import { mnistSizes, vaeStep } from './vae.ts';

test('a two-layer training step is a forward and a backward kernel a layer, the loss and the update', () => {
  const { function: fn, context } = mlpStep(5, 13, 33, 7);
  const program = expectSame(fn, context);
  expect(program.kernels.map(({ name }) => name)).toMatchInlineSnapshot(`
    [
      "dense_1",
      "dense_2__dense_2_gradient",
      "objective",
      "dense_2_weight_gradient",
      "dense_1_gradient",
      "dense_1_weight_gradient",
      "parameters",
    ]
  `);
});

test('the training step of a VAE is the same function, at shapes that divide nothing', () => {
  const { function: fn, context } = vaeStep({ batch: 5, side: 3, hidden: 11, latent: 7 });
  expectSame(fn, context);
});

test('the training step of a VAE on MNIST takes 20 kernels', () => {
  const { function: fn, context } = vaeStep(mnistSizes);
  const program = fuse(fn, context);
  expect(program.kernels.map(({ name }) => name)).toMatchInlineSnapshot(`
    [
      "rows",
      "encoder_dense_1",
      "encoder_dense_2",
      "encoder_mu__kl",
      "decoder_dense_1",
      "decoder_dense_2",
      "decoder_dense_3__log_p_x_z",
      "decoder_dense_3_weight_gradient",
      "decoder_dense_2_select",
      "decoder_dense_2_weight_gradient",
      "decoder_dense_1_select",
      "decoder_dense_1_weight_gradient",
      "encoder_logvar_add",
      "encoder_mu_weight_gradient__encoder_logvar_weight_gradient",
      "encoder_dense_2_select",
      "encoder_dense_2_weight_gradient",
      "encoder_dense_1_select",
      "encoder_dense_1_weight_gradient",
      "log_p_x_z__trouble",
      "adam_update",
    ]
  `);
});

test('fusing twice gives the same kernels', () => {
  const print = (): string => {
    const { function: fn, context } = vaeStep(mnistSizes);
    return printKernelProgram(fuse(fn, context));
  };
  expect(print()).toBe(print());
});
