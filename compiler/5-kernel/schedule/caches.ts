/** The caches of a processor's core, as far as a schedule asks: what may be read again and again. */

export interface Caches {
  /** Bytes of the nearest one. */
  readonly nearest: number;
  /** The core's own behind it: its bytes, the bytes of a line, and how many lines of one remainder it holds (its ways). */
  readonly own: { readonly bytes: number; readonly line: number; readonly ways: number };
}

/**
 * How many lines the core's own cache holds of those that lie `stride` bytes apart, one behind or before the other. A line
 * may lie in few places only, which its address decides modulo bytes / ways: lines a power of two apart compete for the
 * same ones. Without a stride they are all the same line.
 */
export function linesHeld({ own: { bytes, line, ways } }: Caches, stride: number): number {
  if (stride === 0) return Infinity;
  const way = bytes / ways;
  return bytes / Math.max(line, divisor(Math.abs(stride), way));
}

/** The greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
