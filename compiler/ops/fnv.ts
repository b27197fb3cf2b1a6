/** The 32-bit hash FNV-1a (Fowler, Noll & Vo): of bytes, or of other small whole numbers taken in one at a time. */
export function fnv1a(words: Iterable<number>): number {
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash >>> 0;
}
