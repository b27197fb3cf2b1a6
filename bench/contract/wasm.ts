/** Kernels in WebAssembly on this thread. */
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import { WasmEmitter } from '../../compiler/6-emit/wasm/emit.ts';
import { compileModule, findSimd } from '../../runtime/cpu/engine.ts';
import type { Numbers } from '../../test/support/kernel-device.ts';
import { elapsed, type Runner } from './runner.ts';

const page = 65536;
/** Tensors begin at a multiple of this, in bytes, as in a plan. */
const alignment = 256;

/** The kernel must read no scalars. */
export async function wasmRunner(kernel: ScheduledKernel, arrays: ReadonlyMap<string, Numbers>): Promise<Runner> {
  const emitter = new WasmEmitter();
  const { text, scratch = 0 } = emitter.emit(kernel);
  const bytes = emitter.assemble([text])[findSimd()];
  const { module, compiling } = await compiled(bytes);
  const addresses: number[] = [];
  let end = 0;
  for (const size of [...kernel.bindings.map(({ tensor }) => 4 * sizeOf(tensor.shape)), scratch]) {
    addresses.push(end);
    end = Math.ceil((end + size) / alignment) * alignment;
  }
  const pages = Math.ceil(end / page) + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  kernel.bindings.forEach(({ tensor }, i) => {
    const given = arrays.get(tensor.name);
    if (given === undefined) return;
    const { buffer, byteOffset, byteLength } = given;
    new Uint8Array(memory.buffer).set(new Uint8Array(buffer, byteOffset, byteLength), addresses[i]!);
  });
  const { exports } = new WebAssembly.Instance(module, { vaec: { memory } });
  const call = exports[kernel.name] as (...args: number[]) => void;
  const [x, y, z] = kernel.workgroups;
  const args = [...(scratch > 0 ? addresses : addresses.slice(0, -1)), 0, x * y * z];
  return {
    compiling,
    run: (times) =>
      elapsed(() => {
        for (let i = 0; i < times; i++) call(...args);
      }),
    close: () => undefined,
  };
}

async function compiled(
  bytes: Uint8Array,
): Promise<{ readonly module: WebAssembly.Module; readonly compiling: number }> {
  const made: WebAssembly.Module[] = [];
  const { processor: compiling } = await elapsed(async () => made.push(await compileModule(bytes)));
  return { module: made[0]!, compiling };
}
