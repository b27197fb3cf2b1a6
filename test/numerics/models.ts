/** Models of every kind that the language has, at sizes that no tile divides: batch 5, hidden 33, latent 7, data 13. */
import { someNumbers } from '../support/elaborated.ts';
import type { Rows } from './bench.ts';

export interface NumericModel {
  readonly text: string;
  readonly rows: Rows;
  /** Columns of a weight that are to be looked at apart from each other, since one would hide another's error. */
  readonly columns?: { readonly path: string; readonly widths: readonly number[] };
}

/** Rows of the data: 5 does not divide 11, so a batch straddles two epochs. */
const rows = 11;
const width = 13;

/** Whole numbers from 0 to most. */
const whole = (most: number, seed: number, count = rows * width): number[] =>
  Array.from(someNumbers(count, seed), (x) => Math.floor(((x + 1) / 2) * (most + 1)));
const binary = whole(1, 3);
const real = someNumbers(rows * width, 5, 1.5);

const train = (objective: string): string =>
  `train { data points  maximize ${objective}  optimizer sgd(lr: 0.1, momentum: 0.9)  batch 5  epochs 1 }\n`;

const code = `guide q(x) {
  mu, logvar = encoder(x)
  z ~ Normal(mu, exp(logvar / 2))
}
`;

/** Bernoulli pixels; one hidden layer each way unless the layers are given. */
function pixels(objective: string, layers = 'dense(33, relu)'): NumericModel {
  const text = `use "std/objectives"
data points { x : binary[13]  source npy(x: "x.npy") }
net encoder(x) {
  h = x |> ${layers}
  return mu: dense(h, 7), logvar: dense(h, 7)
}
net decoder(z) = z |> ${layers} |> dense(13)
model p {
  z ~ Normal(0, 1)[7]
  x ~ Bernoulli(logits: decoder(z))
}
${code}${train(objective)}`;
  return { text, rows: { x: binary } };
}

/** A Normal with a scale of its own for every entry. */
function numbers(objective: string, activation: string): NumericModel {
  const text = `use "std/objectives"
data points { x : real[13]  source npy(x: "x.npy") }
net encoder(x) {
  h = x |> dense(33, ${activation})
  return mu: dense(h, 7), logvar: dense(h, 7)
}
net decoder(z) {
  h = z |> dense(33, ${activation})
  return mu: dense(h, 13), logvar: dense(h, 13)
}
model p {
  z ~ Normal(0, 1)[7]
  mu, logvar = decoder(z)
  x ~ Normal(mu, exp(logvar / 2))
}
${code}${train(objective)}`;
  return { text, rows: { x: real } };
}

/** One latent under every likelihood at once; each has its own columns of the last layer, whose gradient is its alone. */
const heads = [13, 13, 13, 52, 13, 13, 13, 13, 13, 13];
const everyLikelihood: NumericModel = {
  text: `use "std/objectives"
data points {
  x        : real[13]
  bit      : binary[13]
  kind     : category(4)[13]
  number   : count[13]
  outlier  : real[13]
  heavy    : real[13]
  positive : positive[13]
  grey     : unit[13]
  source npz("points.npz")
}
param df : positive = 3
net encoder(x) {
  h = x |> dense(33, relu)
  return mu: dense(h, 7), logvar: dense(h, 7)
}
net decoder(z) {
  h = z |> dense(33, relu) |> dense(169)
  parts = split(h, ${heads.join(', ')})
  return normal: parts[0], spread: parts[1], bernoulli: parts[2], categorical: parts[3] |> reshape(13, 4),
    poisson: parts[4], laplace: parts[5], student: parts[6], lognormal: parts[7], logistic: parts[8], width: parts[9]
}
model p {
  z ~ Normal(0, 1)[7]
  normal, spread, bernoulli, categorical, poisson, laplace, student, lognormal, logistic, width = decoder(z)
  x        ~ Normal(normal, exp(spread / 2))
  bit      ~ Bernoulli(logits: bernoulli)
  kind     ~ Categorical(logits: categorical)
  number   ~ Poisson(softplus(poisson))
  outlier  ~ Laplace(laplace, 0.7)
  heavy    ~ StudentT(df, student, 0.7)
  positive ~ LogNormal(lognormal, 0.8)
  grey     ~ DiscretizedLogistic(logistic, exp(width / 2) / 10)
}
${code}${train('elbo(p, q)')}`,
  columns: { path: 'decoder.dense_2.weight', widths: heads },
  rows: {
    x: real,
    bit: binary,
    kind: whole(3, 4),
    number: whole(9, 6),
    outlier: someNumbers(rows * width, 8, 2),
    heavy: someNumbers(rows * width, 9, 3),
    positive: someNumbers(rows * width, 10).map(Math.exp),
    grey: whole(255, 7).map((level) => level / 255),
  },
};

const layered = (objective: string): NumericModel => ({
  text: `use "std/objectives"
data points { x : binary[13]  source npy(x: "x.npy") }
net code1(x) {
  h = x |> dense(33, tanh)
  return mu: dense(h, 7), logvar: dense(h, 7)
}
net code2(z1) {
  h = z1 |> dense(33, tanh)
  return mu: dense(h, 3), logvar: dense(h, 3)
}
net prior1(z2) {
  h = z2 |> dense(33, tanh)
  return mu: dense(h, 7), logvar: dense(h, 7)
}
net decoder(z1) = z1 |> dense(33, tanh) |> dense(13)
model p {
  z2 ~ Normal(0, 1)[3]
  mu, logvar = prior1(z2)
  z1 ~ Normal(mu, exp(logvar / 2))
  x ~ Bernoulli(logits: decoder(z1))
}
guide q(x) {
  m1 = code1(x)
  z1 ~ Normal(m1.mu, exp(m1.logvar / 2))
  m2 = code2(z1)
  z2 ~ Normal(m2.mu, exp(m2.logvar / 2))
}
${train(objective)}`,
  rows: { x: binary },
});

const mixedItems: NumericModel = {
  text: `use "std/objectives"
data points { x : real[13]  label : category(5)  source npz("points.npz") }
param noise : positive = 0.5
net encoder(x, label) {
  h = concat(x, embedding(label, 4)) |> dense(33, silu)
  return mu: dense(h, 7), logvar: dense(h, 7)
}
net decoder(z) {
  h = z |> dense(33, silu)
  return place: dense(h, 13), group: dense(h, 5)
}
model p {
  z ~ Normal(0, 1)[7]
  place, group = decoder(z)
  x ~ Normal(place, noise)
  label ~ Categorical(logits: group)
}
guide q(x, label) {
  mu, logvar = encoder(x, label)
  z ~ Normal(mu, exp(logvar / 2))
}
${train('elbo(p, q)')}`,
  rows: { x: real, label: whole(4, 8, rows) },
};

export const models: Readonly<Record<string, NumericModel>> = {
  'every likelihood': everyLikelihood,
  'two hidden layers, warmed beta': pixels(
    'elbo(p, q, beta: warmup(0 -> 1, epochs: 3))',
    'dense(33, relu) |> dense(33, relu)',
  ),
  stl: pixels('stl(p, q)'),
  'free bits': pixels('free_bits(p, q, lambda: 0.03)'),
  'iwelbo K = 3': pixels('iwelbo(p, q, K: 3)'),
  'iwelbo_dreg K = 3': numbers('iwelbo_dreg(p, q, K: 3)', 'leaky_relu(0.2)'),
  'two layers of latents': layered('elbo(p, q)'),
  'a category and numbers': mixedItems,
};
