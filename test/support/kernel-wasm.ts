/** One kernel in this thread: its module instantiated over a memory of its own, its workgroups run, its tensors read. */
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import { encode } from '../../compiler/6-emit/wasm/binary.ts';
import { WasmEmitter } from '../../compiler/6-emit/wasm/emit.ts';
import { calleesOf, type WasmFunction } from '../../compiler/6-emit/wasm/ir.ts';
import { withoutRelaxed } from '../../compiler/6-emit/wasm/plain.ts';
import type { Simd } from '../../runtime/cpu/engine.ts';
import type { Numbers } from './kernel-device.ts';

const page = 65536;
const alignment = 256;
/** What no kernel may touch or rely on: between the tensors, and in the scratch memory before it is written. NaN. */
const poison = 0x7fa5a5a5;

interface Place {
  readonly start: number;
  readonly bytes: number;
}

type Results = ReadonlyMap<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>;

/**
 * What every binding that the kernel may write holds after one dispatch, its workgroups run in uneven ranges from the
 * last to the first. Throws where the kernel writes outside of its tensors and its scratch memory.
 */
export function runKernel(
  kernel: ScheduledKernel,
  form: Simd,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>> = {},
): Results {
  const emitter = new WasmEmitter();
  const { scratch = 0, text } = emitter.emit(kernel);
  return runModule(kernel, emitter.assemble([text])[form], scratch, arrays, scalars);
}

/** The same of a function that was made of the kernel, without relaxed SIMD. */
export function runFunction(
  kernel: ScheduledKernel,
  fn: WasmFunction,
  scratch: number,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>> = {},
): Results {
  const bytes = encode(withoutRelaxed({ functions: [...calleesOf([fn]), fn] }));
  return runModule(kernel, bytes, scratch, arrays, scalars);
}

function runModule(
  kernel: ScheduledKernel,
  bytes: Uint8Array,
  scratch: number,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>>,
): Results {
  const module = new WebAssembly.Module(bytes);
  // The first line is no one's: a tensor at address 0 would hide a base that was forgotten.
  let end = alignment;
  const place = (bytes: number): Place => {
    const start = end;
    end = Math.ceil((start + bytes) / alignment) * alignment + alignment;
    return { start, bytes };
  };
  const tensors = kernel.bindings.map(({ tensor }) => {
    const given = arrays.get(tensor.name);
    return place(given?.byteLength ?? 4 * sizeOf(tensor.shape));
  });
  const uniforms = place(4 * kernel.scalars.length);
  const own = place(scratch);
  const pages = Math.ceil(end / page);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { buffer } = memory;
  new Uint32Array(buffer).fill(poison);

  kernel.bindings.forEach(({ tensor }, i) => {
    const { start, bytes } = tensors[i]!;
    const given = arrays.get(tensor.name);
    const target = new Uint8Array(buffer, start, bytes);
    if (given === undefined) target.fill(0);
    else target.set(new Uint8Array(given.buffer, given.byteOffset, given.byteLength));
  });
  const view = new DataView(buffer);
  kernel.scalars.forEach(({ name, scalar }, i) => {
    const value = scalars[name];
    if (value === undefined) throw new Error(`no value for the scalar ${name}`);
    if (scalar === 'u32') view.setUint32(uniforms.start + 4 * i, value, true);
    else view.setFloat32(uniforms.start + 4 * i, value, true);
  });

  const { exports } = new WebAssembly.Instance(module, { vaec: { memory } });
  const run = exports[kernel.name] as (...args: number[]) => void;
  const args = [
    ...tensors.map(({ start }) => start),
    ...(kernel.scalars.length > 0 ? [uniforms.start] : []),
    ...(scratch > 0 ? [own.start] : []),
  ];
  const [x, y, z] = kernel.workgroups;
  for (let to = x * y * z; to > 0;) {
    const from = Math.max(0, to - 3);
    run(...args, from, to);
    to = from;
  }
  checkPoison(kernel, buffer, [...tensors, uniforms, own]);
  return new Map(
    kernel.bindings.flatMap(({ tensor, access }, i) => {
      if (access !== 'read_write') return [];
      const words = new Uint32Array(new Uint32Array(buffer, tensors[i]!.start, sizeOf(tensor.shape)));
      return [[tensor.name, tensor.storage === 'f32' ? new Float32Array(words.buffer) : words] as const];
    }),
  );
}

function checkPoison({ name }: ScheduledKernel, buffer: ArrayBufferLike, places: readonly Place[]): void {
  const bytes = new Uint8Array(buffer);
  const word = new Uint8Array(Uint32Array.of(poison).buffer);
  const starts = [...places.map(({ start }) => start), bytes.length];
  const ends = [0, ...places.map(({ start, bytes: size }) => start + size)];
  ends.forEach((from, i) => {
    for (let at = from; at < starts[i]!; at++) {
      if (bytes[at] !== word[at % 4]) throw new Error(`${name} writes at ${at}, outside of its tensors`);
    }
  });
}
