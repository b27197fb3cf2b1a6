/** A 128-bit fingerprint of texts, to tell one spec from another: not a cryptographic hash. */
import { threefry2x32 } from './ops/threefry.ts';

/** 32 hexadecimal digits; texts in order, so ["ab", "c"] differs from ["a", "bc"]. */
export function fingerprint(texts: readonly string[]): string {
  let left: [number, number] = [0x76616563, texts.length];
  let right: [number, number] = [texts.length, 0x73706563];
  const absorb = (word: number): void => {
    left = threefry2x32(left[0], left[1], word, right[0]);
    right = threefry2x32(right[0], right[1], left[1], word);
  };
  for (const text of texts) {
    absorb(text.length);
    for (let i = 0; i < text.length; i += 2) absorb(text.charCodeAt(i) | ((text.charCodeAt(i + 1) || 0) << 16));
  }
  return [...left, ...right].map((word) => word.toString(16).padStart(8, '0')).join('');
}
