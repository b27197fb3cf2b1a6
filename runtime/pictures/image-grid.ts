/** Sampled pictures side by side, as one PNG. */
import { encodePng } from '../formats/png.ts';

export interface GridOptions {
  /** Pictures a row; as near to a square as it gets unless given. */
  readonly columns?: number;
  /** Which values are black and white; 0 and 1 unless given. What lies outside is cut off, NaN is black. */
  readonly range?: readonly [black: number, white: number];
}

/** Pixels between pictures. */
const GAP = 2;
/** Grey of the gaps: lighter than the black of most pictures, so that each has its edge. */
const GAP_GREY = 56;
/** Pictures smaller than this are drawn with larger pixels. */
const READABLE = 48;

/** A PNG file of n grey pictures: samples are [n, h, w], row major. */
export function imageGrid(
  samples: Float32Array,
  n: number,
  h: number,
  w: number,
  options: GridOptions = {},
): Uint8Array {
  const columns = Math.max(1, Math.min(n, options.columns ?? Math.round(Math.sqrt((n * h) / w))));
  const rows = Math.ceil(n / columns);
  const zoom = Math.max(1, Math.ceil(READABLE / Math.max(h, w)));
  const width = columns * w * zoom + (columns + 1) * GAP;
  const height = rows * h * zoom + (rows + 1) * GAP;
  const pixels = new Uint8Array(width * height).fill(GAP_GREY);
  const [black, white] = options.range ?? [0, 1];
  for (let picture = 0; picture < n; picture++) {
    const left = GAP + (picture % columns) * (w * zoom + GAP);
    const top = GAP + Math.floor(picture / columns) * (h * zoom + GAP);
    for (let y = 0; y < h * zoom; y++) {
      for (let x = 0; x < w * zoom; x++) {
        const value = samples[(picture * h + Math.floor(y / zoom)) * w + Math.floor(x / zoom)]!;
        pixels[(top + y) * width + left + x] = greyOf((value - black) / (white - black));
      }
    }
  }
  return encodePng({ width, height, channels: 1, pixels });
}

function greyOf(value: number): number {
  return Number.isNaN(value) ? 0 : Math.round(255 * Math.min(1, Math.max(0, value)));
}
