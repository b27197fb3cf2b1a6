/**
 * One training step of a variational autoencoder with Bernoulli pixels, written by hand down to its gradients and Adam:
 * shuffled rows, gathered bytes, two hidden layers each way, the reparameterised draw, KL in closed form.
 */
import { Builder } from '../../compiler/4-tensor/builder.ts';
import type { Node } from '../../compiler/4-tensor/ir.ts';
import { layoutOf, type Example } from './mlp.ts';

export interface VaeSizes {
  readonly batch: number;
  readonly side: number;
  readonly hidden: number;
  readonly latent: number;
}

export const mnistSizes: VaeSizes = { batch: 128, side: 28, hidden: 400, latent: 20 };

export function vaeStep({ batch, side, hidden, latent }: VaeSizes): Example {
  const b = new Builder();
  const pixels = side * side;
  const layout = layoutOf({
    'encoder.dense_1.weight': [pixels, hidden],
    'encoder.dense_1.bias': [hidden],
    'encoder.dense_2.weight': [hidden, hidden],
    'encoder.dense_2.bias': [hidden],
    'encoder.mu.weight': [hidden, latent],
    'encoder.mu.bias': [latent],
    'encoder.logvar.weight': [hidden, latent],
    'encoder.logvar.bias': [latent],
    'decoder.dense_1.weight': [latent, hidden],
    'decoder.dense_1.bias': [hidden],
    'decoder.dense_2.weight': [hidden, hidden],
    'decoder.dense_2.bias': [hidden],
    'decoder.dense_3.weight': [hidden, pixels],
    'decoder.dense_3.bias': [pixels],
  });
  const parameter = (path: string): Node => {
    const { shape } = layout.parameters.find((one) => one.path === path)!;
    return b.label(b.parameter(path, shape), path);
  };
  const gradients = new Map<string, Node>();

  // Rows of the batch and their pixels.
  const uniform = (name: string): Node => b.uniform(name, 'u32');
  const position = b.add(uniform('offset'), b.iota(batch));
  const next = b.map('ge', position, uniform('rows'));
  const within = b.select(next, b.sub(position, uniform('rows')), position);
  const epoch = b.add(uniform('epoch'), b.select(next, b.constant(1, 'u32'), b.constant(0, 'u32')));
  const key = b.map('threefry', b.constant(7, 'u32'), uniform('seed'), epoch, b.constant(0, 'u32'));
  const rows = b.label(b.map('shuffled_row', within, uniform('rows'), key), 'rows');
  const table = { set: 'mnist.train', field: 'x', storage: 'u8', rowShape: [side, side], scale: 1 / 255 } as const;
  const image = b.label(b.batch(table, rows), 'x');
  const x = b.reshape(image, [batch, pixels]);

  // Forward.
  const dense = (path: string, input: Node): Node =>
    b.add(b.matmul(input, parameter(`${path}.weight`)), parameter(`${path}.bias`));
  const relu = (path: string, input: Node): Node => b.label(b.map('relu', dense(path, input)), path);
  const h1 = relu('encoder.dense_1', x);
  const h2 = relu('encoder.dense_2', h1);
  const mu = b.label(dense('encoder.mu', h2), 'encoder.mu');
  const logvar = b.label(dense('encoder.logvar', h2), 'encoder.logvar');
  const column = b.broadcast(b.iota(latent), [batch, latent], [1]);
  const row = b.broadcast(rows, [batch, latent], [0]);
  const stream = b.map('bitXor', b.constant(11, 'u32'), uniform('seed'));
  const noise = b.map('standard_normal', stream, uniform('step'), row, column);
  const sd = b.exp(b.mul(logvar, 0.5));
  const z = b.label(b.add(mu, b.mul(sd, noise)), 'z');
  const g1 = relu('decoder.dense_1', z);
  const g2 = relu('decoder.dense_2', g1);
  const logits = b.label(b.reshape(dense('decoder.dense_3', g2), [batch, side, side]), 'decoder.dense_3');
  const logLikelihood = b.label(b.sumFrom(b.sub(b.mul(image, logits), b.map('softplus', logits)), 1), 'log_p_x_z');
  const kl = b.label(b.sumFrom(b.mul(0.5, b.add(b.square(mu), b.sub(b.map('expm1', logvar), logvar))), 1), 'kl');
  const mean = (node: Node): Node => b.mul(b.sum(node, [0]), 1 / batch);
  const objective = b.label(mean(b.sub(logLikelihood, kl)), 'objective');
  const terms = [mean(logLikelihood), mean(kl)];

  // Backward, of minus the objective.
  const back = (path: string, input: Node, gradient: Node): Node => {
    gradients.set(`${path}.weight`, b.contract(input, gradient, [0, 1], [0, 2], [1, 2]));
    gradients.set(`${path}.bias`, b.sum(gradient, [0]));
    return b.contract(gradient, parameter(`${path}.weight`), [0, 1], [2, 1], [0, 2]);
  };
  const mask = (h: Node, gradient: Node): Node => b.select(b.map('gt', h, 0), gradient, 0);
  const scale = 1 / batch;
  const dLogits = b.mul(b.sub(b.map('sigmoid', logits), image), scale);
  const dG2 = mask(g2, back('decoder.dense_3', g2, b.reshape(dLogits, [batch, pixels])));
  const dG1 = mask(g1, back('decoder.dense_2', g1, dG2));
  const dZ = back('decoder.dense_1', z, dG1);
  const dMu = b.add(dZ, b.mul(mu, scale));
  const dLogvar = b.add(b.mul(b.mul(b.mul(dZ, noise), sd), 0.5), b.mul(b.map('expm1', logvar), 0.5 * scale));
  const dH2 = mask(h2, b.add(back('encoder.mu', h2, dMu), back('encoder.logvar', h2, dLogvar)));
  const dH1 = mask(h1, back('encoder.dense_2', h1, dH2));
  back('encoder.dense_1', x, dH1);

  // Update, unless a term or the gradient is not finite.
  const parts = layout.parameters.map(({ path, shape }) => {
    const node = b.label(gradients.get(path)!, `${path}.gradient`);
    return b.reshape(node, [shape.reduce((product, extent) => product * extent, 1)]);
  });
  const offsets = layout.parameters.map(({ offset }) => offset);
  const gradient = b.label(b.pack(parts, offsets, layout.length), 'gradient');
  const norm = b.label(b.sqrt(b.sum(b.square(gradient), [0])), 'gradient_norm');
  const state = b.input({ kind: 'state', name: 'trouble' }, [2], 'u32');
  const u32 = (value: number): Node => b.constant(value, 'u32');
  const bad = [objective, ...terms, norm].reduceRight(
    (later, value, i) => b.select(b.map('isFinite', value), later, u32(i)),
    u32(4),
  );
  const old = [0, 1].map((at) => b.reshape(b.slice(state, [at], [1]), []));
  const isNew = b.map('and', b.map('eq', old[0]!, u32(0)), b.map('ne', bad, u32(4)));
  const badStep = b.select(isNew, b.add(uniform('step'), u32(1)), old[0]!);
  const badTerm = b.select(isNew, bad, old[1]!);
  const trouble = b.label(b.concat([b.reshape(badStep, [1]), b.reshape(badTerm, [1])], 0), 'trouble');
  const well = b.map('eq', badStep, u32(0));
  const vector = (name: string): Node => b.input({ kind: 'vector', name }, [layout.length]);
  const m = b.add(b.mul(0.9, vector('adam.m')), b.mul(0.1, gradient));
  const v = b.add(b.mul(0.999, vector('adam.v')), b.mul(0.001, b.square(gradient)));
  const step = b.div(m, b.add(b.div(b.sqrt(v), b.uniform('adam_root_correction')), 1e-8));
  const update = b.label(b.sub(vector('parameters'), b.mul(b.uniform('adam_step_size'), step)), 'adam_update');
  const keep = (name: string, fresh: Node): Example['function']['outputs'][number] => ({
    name,
    node: b.select(well, fresh, vector(name)),
    target: { kind: 'vector', name },
  });
  const result = (name: string, node: Node): Example['function']['outputs'][number] => ({
    name,
    node,
    target: { kind: 'result' },
  });
  return {
    function: {
      name: 'train',
      outputs: [
        result('objective', objective),
        ...terms.map((term, i) => result(`term_${i + 1}`, term)),
        result('gradient_norm', norm),
        { name: 'trouble', node: trouble, target: { kind: 'state', name: 'trouble' } },
        keep('parameters', update),
        keep('adam.m', m),
        keep('adam.v', v),
      ],
    },
    context: { builder: b, layout },
  };
}
