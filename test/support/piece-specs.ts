/** Small specs that between them use every piece of fusion. */

/** 13 pixels, 7 hidden units, 3 latents and rows of 5: extents that divide nothing, and one that tiles leave over. */
function autoencoder(objective: string): string {
  return `use "std/objectives"
data points { x : unit[13]  source npy("points.npy")  binarize x dynamic }
net encoder(x) { h = x |> dense(37, relu)  return mu: dense(h, 3), logvar: dense(h, 3) }
net decoder(z) = z |> dense(7, silu) |> dense(13)
model p { z ~ Normal(0, 1)[3]  x ~ Bernoulli(logits: decoder(z)) }
guide q(x) { mu, logvar = encoder(x)  z ~ Normal(mu, exp(logvar / 2)) }
train { data points  maximize ${objective}  optimizer adam(lr: 1e-3)  batch 5  steps 1 }
`;
}

export const pieceSpecs: Readonly<Record<string, string>> = {
  'a VAE': autoencoder('elbo(p, q)'),
  'an importance-weighted autoencoder': autoencoder('iwelbo(p, q, K: 4)'),
  'a wide layer': `data points { x : real[65]  source npy("points.npy") }
net f(x) = x |> dense(70, relu) |> dense(2)
objective loss = mean_square(f(x) - 0.3)
train { data points  minimize loss  optimizer sgd(lr: 0.1)  batch 3  steps 1 }
`,
  'a transposed convolution': `data points { x : real[4, 4]  source npy("points.npy") }
net f(x) = x |> conv2d(4, 3, silu) |> conv_transpose2d(2, 4, silu, stride: 2)
objective loss = mean_square(f(x) - 0.3)
train { data points  minimize loss  optimizer sgd(lr: 0.1, momentum: 0.9)  batch 3  steps 1 }
`,
};
