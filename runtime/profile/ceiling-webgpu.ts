/** The kernels that measure a WebGPU device. */
import type { MultiplyAdds } from './ceiling.ts';

/** Sums of an invocation that do not wait for each other, and multiply-adds of each. */
const chains = 8;
const rounds = 1024;
/** Multiply-adds of each sum in a turn of the loop: with one, a software adapter spends half of its time on the loop. */
const together = 16;

export function webGpuMultiplyAdds(software: boolean, workgroupSize: number): MultiplyAdds {
  // Some milliseconds of either.
  const workgroups = software ? 64 : 8192;
  const invocations = workgroups * workgroupSize;
  return { workgroups, workgroupSize, flops: 2 * chains * rounds * invocations, bytes: 4 * invocations };
}

export function webGpuSources(workgroupSize: number): ReadonlyMap<string, string> {
  const each = (count: number, write: (i: number) => string, between: string) =>
    Array.from({ length: count }, (_, i) => write(i)).join(between);
  const lines = (count: number, write: (i: number) => string) => each(count, write, '\n  ');
  const multiplyAdd = `
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@compute @workgroup_size(${workgroupSize})
fn multiply_add(@builtin(global_invocation_id) id: vec3u) {
  let factor = 0.5 + sums[id.x];
  ${lines(chains, (i) => `var sum${i} = f32(id.x + ${i}u);`)}
  for (var i = 0u; i < ${rounds / together}u; i++) {
    ${lines(together, () => lines(chains, (i) => `sum${i} = fma(sum${i}, factor, factor);`))}
  }
  // The sums tend to one: what is stored is nearly nothing, and no compiler knows.
  sums[id.x] = 1e-9 * (${each(chains, (i) => `sum${i}`, ' + ')});
}`;
  const copy = `
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> copied: array<vec4f>;
@compute @workgroup_size(${workgroupSize})
fn copy(@builtin(global_invocation_id) id: vec3u) {
  copied[id.x] = source[id.x];
}`;
  return new Map([
    ['multiply_add', multiplyAdd],
    ['copy', copy],
  ]);
}
