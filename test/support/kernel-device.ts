/** One kernel on a device: its WGSL compiled, bound to given arrays, run, and read back. */
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import type { WebGpuDevice } from '../../runtime/webgpu/device.ts';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';

export type Numbers = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** WebGPU's constants, which Node has no globals for. */
const use = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80 } as const;

export interface CompiledKernel {
  readonly kernel: ScheduledKernel;
  readonly source: string;
  readonly pipeline: GPUComputePipeline;
}

/** Compiles the kernel; throws with the compiler's messages and the text where WGSL refuses it. */
export async function compileKernel({ gpu }: WebGpuDevice, kernel: ScheduledKernel): Promise<CompiledKernel> {
  const source = emitWgsl(kernel);
  const module = gpu.createShaderModule({ code: source, label: kernel.name });
  const { messages } = await module.getCompilationInfo();
  if (messages.length > 0) {
    const told = messages.map(({ lineNum, linePos, message }) => `${lineNum}:${linePos} ${message}`);
    throw new Error(`${kernel.name} does not compile:\n${told.join('\n')}\n${source}`);
  }
  gpu.pushErrorScope('validation');
  const compute = { module, entryPoint: kernel.name };
  const pipeline = gpu.createComputePipeline({ layout: 'auto', compute, label: kernel.name });
  const error = await gpu.popErrorScope();
  if (error !== null) throw new Error(`${kernel.name}: ${error.message}\n${source}`);
  return { kernel, source, pipeline };
}

/** Buffers of one kernel by the tensors' names, and the bind group over them. */
export interface BoundKernel {
  readonly buffers: ReadonlyMap<string, GPUBuffer>;
  readonly group: GPUBindGroup;
}

export function bindKernel(
  { gpu }: WebGpuDevice,
  { kernel, pipeline }: CompiledKernel,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>> = {},
): BoundKernel {
  const buffers = new Map<string, GPUBuffer>();
  const entries: GPUBindGroupEntry[] = [];
  const usage = use.storage | use.copySource | use.copyTarget;
  kernel.bindings.forEach(({ tensor }, i) => {
    const given = arrays.get(tensor.name);
    const bytes = given?.byteLength ?? sizeOf(tensor.shape) * 4;
    const buffer = gpu.createBuffer({ size: Math.ceil(bytes / 16) * 16, usage });
    if (given !== undefined) {
      const padded = new Uint8Array(Math.ceil(bytes / 4) * 4);
      padded.set(new Uint8Array(given.buffer, given.byteOffset, given.byteLength));
      gpu.queue.writeBuffer(buffer, 0, padded);
    }
    buffers.set(tensor.name, buffer);
    entries.push({ binding: i + 1, resource: { buffer } });
  });
  if (kernel.scalars.length > 0) {
    const words = new DataView(new ArrayBuffer(Math.ceil(kernel.scalars.length / 4) * 16));
    kernel.scalars.forEach(({ name, scalar }, i) => {
      const value = scalars[name];
      if (value === undefined) throw new Error(`no value for the scalar ${name}`);
      if (scalar === 'u32') words.setUint32(4 * i, value, true);
      else words.setFloat32(4 * i, value, true);
    });
    const buffer = gpu.createBuffer({ size: words.byteLength, usage: use.uniform | use.copyTarget });
    gpu.queue.writeBuffer(buffer, 0, words.buffer as ArrayBuffer);
    entries.push({ binding: 0, resource: { buffer } });
  }
  return { buffers, group: gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }) };
}

/** Runs the kernel once on the given arrays and returns what every binding that it may write then holds. */
export async function runKernel(
  device: WebGpuDevice,
  kernel: ScheduledKernel,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>> = {},
): Promise<ReadonlyMap<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>> {
  const { gpu } = device;
  const compiled = await compileKernel(device, kernel);
  const { buffers, group } = bindKernel(device, compiled, arrays, scalars);
  gpu.pushErrorScope('validation');
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(compiled.pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...kernel.workgroups);
  pass.end();
  const written = kernel.bindings.filter(({ access }) => access === 'read_write');
  const copies = written.map(({ tensor }) => {
    const buffer = buffers.get(tensor.name)!;
    const copy = gpu.createBuffer({ size: buffer.size, usage: use.mapRead | use.copyTarget });
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
    return copy;
  });
  gpu.queue.submit([encoder.finish()]);
  const error = await gpu.popErrorScope();
  if (error !== null) throw new Error(`${kernel.name}: ${error.message}\n${compiled.source}`);
  const results = new Map<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>();
  for (const [i, copy] of copies.entries()) {
    await copy.mapAsync(use.mapRead);
    const { tensor } = written[i]!;
    const bytes = copy.getMappedRange().slice(0, sizeOf(tensor.shape) * 4);
    results.set(tensor.name, tensor.storage === 'u32' ? new Uint32Array(bytes) : new Float32Array(bytes));
    copy.destroy();
  }
  for (const buffer of buffers.values()) buffer.destroy();
  return results;
}
