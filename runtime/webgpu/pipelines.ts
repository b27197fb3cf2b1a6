/** From the kernels' text to pipelines, all at once, with layouts that say exactly what each kernel binds. */
import type { PlanKernel } from '../../compiler/5-kernel/plan.ts';
import { InternalError } from '../errors.ts';
import type { WebGpuDevice } from './device.ts';
import { computeStage } from './flags.ts';

export interface Pipeline {
  readonly kernel: PlanKernel;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Compiles kernels in parallel. A text that the device refuses is a fault of vaec: an InternalError with its reasons. */
export async function makePipelines(
  device: WebGpuDevice,
  kernels: readonly PlanKernel[],
  sources: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Pipeline>> {
  const layouts = new Map<string, { readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout }>();
  const layoutFor = (kernel: PlanKernel) => {
    const key = `${kernel.scalars.length > 0} ${kernel.bindings.map(({ access }) => access).join(' ')}`;
    const known = layouts.get(key);
    if (known !== undefined) return known;
    const group = device.gpu.createBindGroupLayout({ label: key, entries: entriesOf(kernel) });
    const made = { group, pipeline: device.gpu.createPipelineLayout({ label: key, bindGroupLayouts: [group] }) };
    layouts.set(key, made);
    return made;
  };
  const made = await device.until(() =>
    Promise.all(
      kernels.map(async (kernel): Promise<[string, Pipeline]> => {
        const code = sources.get(kernel.name);
        if (code === undefined)
          throw new InternalError(`the plan names kernel "${kernel.name}", and its text is missing`);
        const layout = layoutFor(kernel);
        const pipeline = await compiled(device, kernel, code, layout.pipeline);
        return [kernel.name, { kernel, pipeline, layout: layout.group }];
      }),
    ),
  );
  return new Map(made);
}

function entriesOf(kernel: PlanKernel): GPUBindGroupLayoutEntry[] {
  const entries = kernel.bindings.map(({ access }, i): GPUBindGroupLayoutEntry => ({
    binding: i + 1,
    visibility: computeStage,
    buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
  }));
  if (kernel.scalars.length === 0) return entries;
  return [{ binding: 0, visibility: computeStage, buffer: { type: 'uniform', hasDynamicOffset: true } }, ...entries];
}

async function compiled(
  device: WebGpuDevice,
  kernel: PlanKernel,
  code: string,
  layout: GPUPipelineLayout,
): Promise<GPUComputePipeline> {
  // A refused text raises a validation error here and again at the pipeline: one report is enough.
  device.gpu.pushErrorScope('validation');
  const module = device.gpu.createShaderModule({ label: kernel.file, code });
  const refused = device.gpu.popErrorScope();
  const compute = { module, entryPoint: kernel.name };
  const pipeline = device.gpu.createComputePipelineAsync({ label: kernel.name, layout, compute }).then(
    (made) => ({ made }),
    (error: unknown) => ({ error }),
  );
  const error = await refused;
  const result = await pipeline;
  if ('made' in result && error === null) return result.made;
  const { messages } = await module.getCompilationInfo();
  const told = messages
    .filter(({ type }) => type === 'error')
    .map(({ lineNum, linePos, message }) => `${kernel.file}:${lineNum}:${linePos} ${message}`);
  const cause = 'error' in result ? result.error : error;
  const reason =
    told.length > 0 ? told.join('; ') : cause instanceof Error ? cause.message : (error?.message ?? 'no reason given');
  throw new InternalError(`the device refused kernel ${kernel.name}: ${reason}`, { cause });
}
