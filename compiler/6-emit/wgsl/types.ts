/** WGSL's names for types and numbers. */
import type { ScalarType } from '../../ops/scalar.ts';
import type { Width } from '../../5-kernel/schedule/loops.ts';
import type { WgslType } from './program.ts';

export function typeName(scalar: ScalarType, width: Width): WgslType {
  if (width === 1) return scalar;
  const vectors = { f32: 'vec4f', u32: 'vec4u', i32: 'vec4i', bool: 'vec4<bool>' } as const;
  return vectors[scalar];
}

const largestFloat = 3.4028234663852886e38;

/** A literal of that type with exactly this value. */
export function literalText(value: number, scalar: ScalarType): string {
  switch (scalar) {
    case 'bool':
      return value !== 0 ? 'true' : 'false';
    case 'u32':
      // Masks and keys are words of bits; counts and offsets are numbers.
      return value >= 2 ** 24 ? `0x${(value >>> 0).toString(16)}u` : `${value >>> 0}u`;
    case 'i32':
      return `${value | 0}i`;
    case 'f32':
      return floatText(value);
  }
}

/**
 * The f32 nearest to the value: in decimal where that is exact and short, else in hexadecimal, because WGSL leaves the
 * rounding of decimals open. What lies past the largest float becomes it: an overflowing constant does not compile.
 */
export function floatText(value: number): string {
  if (Number.isNaN(value)) throw new Error('a constant is not a number');
  const rounded = Math.fround(Math.max(-largestFloat, Math.min(largestFloat, value)));
  if (Object.is(rounded, -0)) return '-0.0';
  const decimal = `${rounded}`;
  if (decimal.length <= 10 && isExact(decimal, rounded)) return /[.e]/.test(decimal) ? decimal : `${decimal}.0`;
  return hexadecimal(rounded);
}

/** Whether the decimal, read as a rational number, is the float itself: only then no rounding is involved. */
function isExact(decimal: string, value: number): boolean {
  if (decimal.includes('e')) return false;
  const places = decimal.split('.')[1]?.length ?? 0;
  return BigInt(decimal.replace('.', '')) * 2n ** 200n === BigInt(scaled(value)) * 10n ** BigInt(places);
}

/** value · 2^200, which is whole for every float that prints shortly. */
function scaled(value: number): bigint {
  let exponent = 200;
  let mantissa = value;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent--;
  }
  return BigInt(mantissa) * 2n ** BigInt(exponent);
}

function hexadecimal(value: number): string {
  const sign = value < 0 ? '-' : '';
  let mantissa = Math.abs(value);
  let exponent = 0;
  while (mantissa >= 2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < 1) {
    mantissa *= 2;
    exponent--;
  }
  const digits = ((mantissa - 1) * 2 ** 24).toString(16).padStart(6, '0').replace(/0+$/, '');
  return `${sign}0x1${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '' : '+'}${exponent}`;
}
