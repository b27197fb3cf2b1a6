/**
 * WGSL's accuracy table for f32 (WebGPU Shading Language, "Floating Point Accuracy"), as a device that errs as far as it
 * is allowed to: results are moved by a random part of their allowance, often all of it, and rounded up or down.
 */
import type { Builtin } from '../../compiler/ops/scalar.ts';
import type { Device } from '../../compiler/ops/scalar-reference.ts';
import { ulp } from '../../compiler/5-kernel/rounding.ts';

/** How far a builtin's result may be from the exact one. Absent: one of its two neighbours. */
const allowances: { readonly [Name in Builtin]?: (exact: number, args: readonly number[]) => number } = {
  div: (exact) => 2.5 * ulp(exact),
  exp: (exact, [x]) => (3 + 2 * Math.abs(x!)) * ulp(exact),
  exp2: (exact, [x]) => (3 + 2 * Math.abs(x!)) * ulp(exact),
  log: (exact, [x]) => logarithm(exact, x!),
  log2: (exact, [x]) => logarithm(exact, x!),
  inverseSqrt: (exact) => 2 * ulp(exact),
  sin: () => 2 ** -11,
  cos: () => 2 ** -11,
};

function logarithm(exact: number, x: number): number {
  return x >= 0.5 && x <= 2 ? 2 ** -21 : 3 * ulp(exact);
}

/** Those whose results are exact where they are f32 numbers at all, and are never rounded. */
const unrounded: readonly Builtin[] = ['neg', 'abs', 'min', 'max', 'floor', 'ceil', 'trunc', 'sign', 'round'];

/** A device with its own errors, from a source of uniform numbers. */
export function worstDevice(random: () => number): Device {
  const err = (name: Builtin, exact: number, args: readonly number[]): number => {
    const most = allowances[name]?.(exact, args);
    if (most === undefined) return either(exact, random);
    const part = random() < 0.5 ? 1 : random();
    const near = either(exact + (random() < 0.5 ? -1 : 1) * part * most, random);
    // The allowance is for the f32 number that comes out, so its rounding is part of it.
    return Math.abs(near - exact) <= most ? near : neighbour(near, near < exact);
  };
  return (name, exact, args) => {
    if (!Number.isFinite(exact) || unrounded.includes(name)) return exact;
    const [x, y] = args;
    switch (name) {
      // Inherited from 1 / inverseSqrt(x), from exp2(y * log2(x)), and from x * y + z.
      case 'sqrt': {
        if (x === 0) return exact;
        const root = err('inverseSqrt', 1 / Math.sqrt(x!), [x!]);
        return err('div', 1 / root, [1, root]);
      }
      case 'pow': {
        const power = either(y! * err('log2', Math.log2(x!), [x!]), random);
        return err('exp2', 2 ** power, [power]);
      }
      case 'fma': {
        const product = random() < 0.5 ? x! * y! : either(x! * y!, random);
        return either(product + args[2]!, random);
      }
      default:
        return err(name, exact, args);
    }
  };
}

/** Rounded up or down; numbers below the normal ones may come out as 0. */
function either(exact: number, random: () => number): number {
  const near = Math.fround(exact);
  if (Math.abs(near) < 2 ** -126 && random() < 0.5) return 0;
  if (near === exact || !Number.isFinite(near) || random() < 0.5) return near;
  return neighbour(near, exact > near);
}

/** The next f32 number above or below. */
function neighbour(x: number, above: boolean): number {
  if (x === 0) return above ? 2 ** -149 : -(2 ** -149);
  const bits = new Int32Array(Float32Array.of(x).buffer);
  bits[0]! += above === x > 0 ? 1 : -1;
  return new Float32Array(bits.buffer)[0]!;
}
