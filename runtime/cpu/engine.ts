/** The WebAssembly engine of this process: whether it multiplies and adds in one go, and how it is made to compile. */
import { setFlagsFromString } from 'node:v8';

/** relaxed: a multiply and an add round once, in one instruction. plain: they round twice. Their results differ. */
export type Simd = 'relaxed' | 'plain';

/**
 * `(func (export "fused") (result i32) …)`: lane 0 of relaxed_madd(a, a, -(a² rounded)) as bits, for a = 1 + 2^-13. One
 * rounding leaves 2^-26, two leave 0.
 */
const probe = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f], // types: () -> i32
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
  ...[0x07, 0x09, 0x01, 0x05, 0x66, 0x75, 0x73, 0x65, 0x64, 0x00, 0x00], // exports: "fused"
  ...[0x0a, 0x1f, 0x01, 0x1d, 0x00], // code: one function, no locals
  ...[0x43, 0x00, 0x04, 0x80, 0x3f, 0xfd, 0x13], // f32.const 1 + 2^-13, f32x4.splat
  ...[0x43, 0x00, 0x04, 0x80, 0x3f, 0xfd, 0x13],
  ...[0x43, 0x00, 0x08, 0x80, 0xbf, 0xfd, 0x13], // f32.const -(1 + 2^-12), f32x4.splat
  ...[0xfd, 0x85, 0x02, 0xfd, 0x1b, 0x00, 0x0b], // f32x4.relaxed_madd, i32x4.extract_lane 0, end
);

/** Which form of the kernels to run. Node 20 has relaxed SIMD behind a flag, which is set here; newer ones have it on. */
export function findSimd(): Simd {
  if (!WebAssembly.validate(probe)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (!WebAssembly.validate(probe)) return 'plain';
  const { fused } = new WebAssembly.Instance(new WebAssembly.Module(probe)).exports;
  return (fused as () => number)() === 0 ? 'plain' : 'relaxed';
}

/**
 * Compiles kernels with the optimising compiler, all of them now: a training step's first run is as fast as its last.
 * Other modules of the process keep the engine's own way, which begins with a quick compiler.
 */
export async function compileModule(bytes: Uint8Array): Promise<WebAssembly.Module> {
  setFlagsFromString('--no-liftoff');
  setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    return await WebAssembly.compile(bytes);
  } finally {
    setFlagsFromString('--liftoff');
    setFlagsFromString('--wasm-lazy-compilation');
  }
}
