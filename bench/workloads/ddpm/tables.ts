/** What the peers under Node look up: beta rises linearly from 1e-4 to 0.02 in T steps, and waves of 32 lengths. */
export const T = 500;

/** √abar_t and √(1 - abar_t) of t = 0 … T. */
export const signal = new Float32Array(T + 1);
export const sigma = new Float32Array(T + 1);
let abar = 1;
for (let t = 0; t <= T; t++) {
  if (t > 0) abar *= 1 - (1e-4 + ((0.02 - 1e-4) * (t - 1)) / (T - 1));
  signal[t] = Math.sqrt(abar);
  sigma[t] = Math.sqrt(1 - abar);
}

export const frequencies = Float32Array.from({ length: 32 }, (_, i) => 10000 ** (-i / 31));
