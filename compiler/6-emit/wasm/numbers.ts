/** Numbers as the text format spells them. */

/** Counts as they are, words of bits in hexadecimal; floats as the shortest decimal that is read as this very f32. */
export function numberText(value: number, type: 'i32' | 'f32'): string {
  if (type === 'i32') {
    const signed = value | 0;
    return Math.abs(signed) < 2 ** 24 ? `${signed}` : `0x${(value >>> 0).toString(16)}`;
  }
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return 'nan';
  if (!Number.isFinite(rounded)) return rounded > 0 ? 'inf' : '-inf';
  if (Object.is(rounded, -0)) return '-0';
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(rounded.toPrecision(digits));
    if (Math.fround(shorter) === rounded) return `${shorter}`;
  }
  return `${Number(rounded.toPrecision(9))}`;
}
