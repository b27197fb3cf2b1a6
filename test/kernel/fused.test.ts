/** What fusion makes of small specs, a kernel for each of its pieces. */
import { expect, test } from 'vitest';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import { printKernel } from '../../compiler/5-kernel/print.ts';
import { elaborateText } from '../support/elaborated.ts';
import { pieceSpecs } from '../support/piece-specs.ts';

/** The training step's kernels as text, by name. */
function kernelsOf(name: string): (kernel: string) => string {
  const { programs, session } = elaborateText(pieceSpecs[name]!);
  const train = programs.programs.find(({ kind }) => kind === 'train')!;
  const context = { builder: session.builder, layout: programs.layout };
  const { kernels } = fuse(optimise(session.builder, train.function), context);
  const texts = new Map(kernels.map((kernel) => [kernel.name, printKernel(kernel)]));
  return (kernel) => texts.get(kernel) ?? expect.fail(`no kernel ${kernel} among ${[...texts.keys()].join(', ')}`);
}

const vae = kernelsOf('a VAE');
const wide = kernelsOf('a wide layer');
const weighted = kernelsOf('an importance-weighted autoencoder');
const transposed = kernelsOf('a transposed convolution');

test('the log-likelihood and the gradient of its logits are computed with the last layer', () => {
  expect(vae('decoder_dense_2__log_p_x_z')).toMatchInlineSnapshot(`
    "kernel decoder_dense_2__log_p_x_z over row < 5, column < 13
      for k < 7
        product += decoder_dense_1[row, k] · decoder_dense_2_weight[k, column]
      then
        let v1 = product + decoder_dense_2_bias[column]
        let v2 = select(standard_uniform(seed ^ 3518771708, epoch + select(offset + row >= rows, 1, 0), rows[row], column) < points_x[rows[row], column], 1, 0)
        decoder_dense_2_gradient[row, column] = (sigmoid(v1) - v2) * 0.2
        log_p_x_z_partial[column + row] Σ of 32 columns = v2 * v1 - softplus(v1)
    "
  `);
});

test('the draw, the KL divergence and its gradient are computed with the mean and the log-variance', () => {
  expect(vae('encoder_dense_3__z')).toMatchInlineSnapshot(`
    "kernel encoder_dense_3__z over row < 5, column < 3
      for k < 37
        product += encoder_dense_1[row, k] · encoder_dense_3_weight[k, column]
        product_2 += encoder_dense_1[row, k] · encoder_dense_2_weight[k, column]
      then
        let v1 = product + encoder_dense_3_bias[column]
        let v2 = exp(v1 * 0.5)
        let v3 = standard_normal(seed ^ 2839609313, step, rows[row], column)
        let v4 = product_2 + encoder_dense_2_bias[column]
        let v5 = expm1(v1)
        encoder_dense_3__z_values[3 row + column] = v2
        encoder_dense_3__z_values[3 row + column + 16] = v3
        z[row, column] = v4 + v2 * v3
        encoder_dense_3__z_values[3 row + column + 32] = v5 * 0.1
        encoder_dense_3__z_values[3 row + column + 48] = v4 * 0.2
        encoder_dense_3__z_values[column + row + 64] Σ of 32 columns = square(v4) + (v5 - v1)
    "
  `);
});

test('the bias gradient is computed with the weight gradient', () => {
  expect(vae('decoder_dense_1_weight_gradient')).toMatchInlineSnapshot(`
    "kernel decoder_dense_1_weight_gradient over row < 3, column < 7
      for k < 5
        sum += decoder_dense_1_gradient_add[k, column]
        product += z[k, row] · decoder_dense_1_gradient_add[k, column]
      then
        decoder_dense_1_bias_gradient[column] = sum
        decoder_dense_1_weight_gradient[row, column] = product
    "
  `);
});

test("an activation's derivative is applied where the gradient of its layer is summed", () => {
  expect(vae('decoder_dense_1_gradient')).toMatchInlineSnapshot(`
    "kernel decoder_dense_1_gradient over row < 5, column < 7
      for k < 13
        product += decoder_dense_2_gradient[row, k] · decoder_dense_2_weight[column, k]
      then
        let v1 = sigmoid(z_add[row, column])
        decoder_dense_1_gradient_add[row, column] = product * v1 + product * z_add[row, column] * (v1 * (1 - v1))
    "
  `);
});

test('the metrics and the flag of trouble are one kernel, which adds up what others began and stores over the old flag', () => {
  expect(vae('log_p_x_z__trouble')).toMatchInlineSnapshot(`
    "kernel log_p_x_z__trouble over one point
      for i < 5
        sum += log_p_x_z_partial[i, 0]
        sum_2 += encoder_dense_3__z_values[i + 64]
      for i_2 < 1280
        sum_3 += square(gradient[i_2])
      then
        let v1 = (sum - 0.5 * sum_2) * 0.2
        let v2 = sqrt(sum_3)
        let v3 = sum_2 * 0.1
        let v4 = sum * 0.2
        let v5 = select(isFinite(v1), select(isFinite(v4), select(isFinite(v3), select(isFinite(v2) && (v2 <= 10000000000000000000), 4, 3), 2), 1), 0)
        let v6 = trouble[0] == 0 && (v5 != 4)
        let v7 = select(v6, step + 1, trouble[0])
        results[0] = v1
        results[3] = v2
        results[2] = v3
        results[1] = v4
        step_eq[] = v7 == 0
        trouble[0] = v7
        trouble[1] = select(v6, v5, trouble[1])
    "
  `);
});

test("the sum of a gradient's squares begins in its kernel, a number for every 32 columns", () => {
  expect(wide('f_dense_1_weight_gradient')).toMatchInlineSnapshot(`
    "kernel f_dense_1_weight_gradient over row < 65, column < 70
      for k < 3
        sum += f_dense_1_gradient_select[k, column]
        product += points_x[rows[k], row] · f_dense_1_gradient_select[k, column]
      then
        f_dense_1_bias_gradient[column] = sum
        f_dense_1_weight_gradient[row, column] = product
        f_dense_1_weight_gradient_2[3 row + column] Σ of 32 columns = square(product)
        f_dense_1_bias_gradient_square[column] = square(sum)
    "
  `);
});

test('of K draws neither the draws nor their noise are stored, nor what repeats for each', () => {
  expect(weighted('decoder_dense_1')).toMatchInlineSnapshot(`
    "kernel decoder_dense_1 over row < 20, column < 7
      for k < 3
        product += (encoder_dense_2[⌊row / 4⌋, k] + encoder_dense_3_exp[⌊row / 4⌋, k] * standard_normal(seed ^ 2839609313, step, rows[⌊row / 4⌋], 3 row mod 4 + k)) · decoder_dense_1_weight[k, column]
      then
        let v1 = product + decoder_dense_1_bias[column]
        decoder_dense_1_weight_add[row, column] = v1
        decoder_dense_1[7 row + column] = v1 * sigmoid(v1)
    "
  `);
});

test('the weights of K draws come in where the gradient is read', () => {
  expect(weighted('decoder_dense_2_weight_gradient')).toMatchInlineSnapshot(`
    "kernel decoder_dense_2_weight_gradient over row < 7, column < 13
      for k < 20
        let v1 = log_p_x_z_gradient[k] * select(standard_uniform(seed ^ 3518771708, epoch + select(offset + ⌊k / 4⌋ >= rows, 1, 0), rows[⌊k / 4⌋], column) < points_x[rows[⌊k / 4⌋], column], 1, 0) + log_q_z_x_gradient[k] * decoder_dense_2_sigmoid[13 k + column]
        sum += v1
        product += decoder_dense_1[7 k + row] · v1
      then
        decoder_dense_2_bias_gradient[column] = sum
        decoder_dense_2_weight_gradient[row, column] = product
    "
  `);
});

test('of the windows of a transposed convolution only the positions are read that stride did not leave empty', () => {
  expect(transposed('f_conv_transpose2d_1__f_conv_transpose2d_1_gradient')).toMatchInlineSnapshot(`
    "kernel f_conv_transpose2d_1__f_conv_transpose2d_1_gradient over axis_1 < 3, axis_2 < 8, axis_3 < 8, axis_4 < 2
      for k < 2, k_2 < 2, k_3 < 4
        product += (f_conv2d_1[64 axis_1 + 16 ⌊(axis_2 + 1) / 2⌋ + 4 ⌊(axis_3 + 1) / 2⌋ + k_3 - 4 k_2 - 16 k] if 1 ≤ ⌊(axis_2 + 1) / 2⌋ - k + 1 < 5, 1 ≤ ⌊(axis_3 + 1) / 2⌋ - k_2 + 1 < 5 else 0) · f_conv_transpose2d_1_weight[2 k + (axis_2 + 1) mod 2, 2 k_2 + (axis_3 + 1) mod 2, k_3, axis_4]
      then
        let v1 = product + f_conv_transpose2d_1_bias[axis_4]
        let v2 = sigmoid(v1)
        let v3 = v1 * v2 - 0.3
        let v4 = v3 * 0.005208333
        f_conv_transpose2d_1_gradient_add[axis_1, axis_2, axis_3, axis_4] = v4 * v2 + v4 * v1 * (v2 * (1 - v2))
        f_conv_transpose2d_1_sum_partial[64 axis_1 + 8 axis_2 + axis_3 + axis_4] Σ of 32 axis_4s = square(v3)
    "
  `);
});
