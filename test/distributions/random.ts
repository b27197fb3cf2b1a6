/** A seeded generator for tests, unlike the compiler's own: Marsaglia's xorshift128 (2003). */
export interface Random {
  /** In (0, 1). */
  uniform(): number;
  normal(): number;
}

export function random(seed: number): Random {
  let [x, y, z, w] = [seed ^ 123456789, 362436069, 521288629, 88675123];
  const bits = (): number => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return w >>> 0;
  };
  for (let i = 0; i < 32; i++) bits();
  const uniform = (): number => (bits() + 0.5) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
