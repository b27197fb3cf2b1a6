/** From two random words of 32 bits to a number, on the host. Generated data and initial parameters never change with it. */

/** Uniform on [0, 1): 53 bits. */
export function uniformOf([a, b]: readonly [number, number]): number {
  return ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
}

/** Standard normal, by Box and Muller's cosine; |z| <= 6.77. */
export function normalOf([a, b]: readonly [number, number]): number {
  return Math.sqrt(-2 * Math.log((a + 0.5) / 2 ** 32)) * Math.cos((2 * Math.PI * b) / 2 ** 32);
}
