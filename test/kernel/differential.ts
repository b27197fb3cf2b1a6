/** Holds fused kernels against the tensor reference: the same function, evaluated both ways in float64. */
import { expect } from 'vitest';
import { sizeOf, type DType, type NodeOf, type TensorFunction } from '../../compiler/4-tensor/ir.ts';
import { topological } from '../../compiler/4-tensor/ir.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { fuse, type FuseContext } from '../../compiler/5-kernel/fuse.ts';
import type { KernelProgram } from '../../compiler/5-kernel/ir.ts';
import { placeTensors } from '../../compiler/5-kernel/memory.ts';
import { runKernelProgram, type KernelInputs } from '../../compiler/5-kernel/reference.ts';
import { verifyKernelProgram } from '../../compiler/5-kernel/verify.ts';

/** A table has this many rows where the test does not say otherwise. */
export const tableRows = 11;

/** Numbers in [-1, 1) from a seed, the same in every run. */
export function someNumbers(count: number, seed: number): Float64Array {
  let state = (seed * 2654435761) >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  });
}

/** Numbers for every input that the function reads. The clock's are small; a table's bytes are random. */
export function someInputs(fn: TensorFunction, context: FuseContext, seed = 1): Required<KernelInputs> {
  const nodes = topological(fn.outputs.map(({ node }) => node));
  const inputs = nodes.filter((node): node is NodeOf<'input'> => node.kind === 'input');
  const vectors: Record<string, Float64Array> = {
    parameters: someNumbers(context.layout.length, seed),
    ...(context.frozen && { frozen: someNumbers(context.frozen.length, seed + 1) }),
  };
  const states: Record<string, Float64Array> = {};
  const args: Record<string, Float64Array> = {};
  const uniforms: Record<string, number> = {};
  const tables: Record<string, Float64Array> = {};
  const numbers = (count: number, dtype: DType, salt: number): Float64Array => {
    const raw = someNumbers(count, seed + 17 * salt + 3);
    return dtype === 'f32' ? raw : raw.map((x) => Math.floor((x + 1) * 3));
  };
  inputs.forEach(({ source, shape, dtype }, i) => {
    const size = sizeOf(shape);
    if (source.kind === 'vector') vectors[source.name] ??= numbers(size, dtype, i).map(Math.abs);
    if (source.kind === 'state') states[source.name] ??= new Float64Array(size);
    if (source.kind === 'argument') args[source.name] ??= numbers(size, dtype, i);
    if (source.kind === 'uniform') uniforms[source.name] ??= dtype === 'f32' ? 0.5 : 3;
  });
  for (const { node, target } of fn.outputs) {
    if (target.kind === 'vector') vectors[target.name] ??= new Float64Array(context.layout.length);
    if (target.kind === 'state') states[target.name] ??= new Float64Array(sizeOf(node.shape));
  }
  if (uniforms['rows'] !== undefined) uniforms['rows'] = tableRows;
  for (const node of nodes)
    if (node.kind === 'batch') {
      const { set, field, storage, rowShape } = node.table;
      const raw = someNumbers(tableRows * sizeOf(rowShape), seed + 5);
      tables[`${set}.${field}`] ??=
        storage === 'f32' ? raw : raw.map((x) => Math.floor((x + 1) * (storage === 'u8' ? 127 : 2)));
    }
  return { vectors, states, arguments: args, uniforms, tables };
}

/** Every output by name, from the tensor reference. */
export function referenceOutputs(
  fn: TensorFunction,
  context: FuseContext,
  inputs: Required<KernelInputs>,
): Map<string, Float64Array> {
  const read = ({ source, shape }: NodeOf<'input'>): ArrayLike<number> => {
    switch (source.kind) {
      case 'parameter':
      case 'frozen': {
        const isTrained = source.kind === 'parameter';
        const tensors = isTrained ? context.layout.parameters : context.frozen!.tensors;
        const { offset } = tensors.find(({ path }) => path === source.path)!;
        return Array.from(inputs.vectors[isTrained ? 'parameters' : 'frozen']!).slice(offset, offset + sizeOf(shape));
      }
      case 'vector':
        return inputs.vectors[source.name]!;
      case 'state':
        return inputs.states[source.name]!;
      case 'argument':
        return inputs.arguments[source.name]!;
      case 'uniform':
        return [inputs.uniforms[source.name]!];
    }
  };
  const values = evaluate(
    fn.outputs.map(({ node }) => node),
    read,
    ({ set, field }) => inputs.tables[`${set}.${field}`]!,
  );
  return new Map(fn.outputs.map(({ name }, i) => [name, values[i]!]));
}

/**
 * Fuses (or takes what `made` gives), verifies, runs both, compares every output; returns the kernels for a closer look.
 */
export function expectSame(
  fn: TensorFunction,
  context: FuseContext,
  seed = 1,
  made: () => KernelProgram = () => fuse(fn, context),
): KernelProgram {
  const program = made();
  verifyKernelProgram(program);
  placeTensors([program], vectorLengths(fn, context));
  const inputs = someInputs(fn, context, seed);
  const expected = referenceOutputs(fn, context, inputs);
  const found = runKernelProgram(program, inputs);
  for (const { name, target } of fn.outputs) {
    const mine =
      target.kind === 'result'
        ? found.results[name]!
        : [...(target.kind === 'vector' ? found.vectors : found.states)[target.name]!];
    const right = expected.get(name)!;
    expect(mine.length, name).toBe(right.length);
    const scale = right.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
    for (let i = 0; i < mine.length; i++)
      if (!(Math.abs(mine[i]! - right[i]!) <= 1e-9 * scale) && mine[i] !== right[i])
        expect.fail(`${fn.name}.${name}[${i}] is ${mine[i]}, not ${right[i]}`);
  }
  return program;
}

/** Of every vector that the function reads or replaces. */
export function vectorLengths(fn: TensorFunction, context: FuseContext): Map<string, number> {
  const names = fn.outputs.flatMap(({ target }) => (target.kind === 'vector' ? [target.name] : []));
  const inputs = topological(fn.outputs.map(({ node }) => node)).flatMap((node) =>
    node.kind === 'input' && node.source.kind === 'vector' ? [node.source.name] : [],
  );
  const lengths = new Map(['parameters', ...names, ...inputs].map((name) => [name, context.layout.length]));
  if (context.frozen !== undefined) lengths.set('frozen', context.frozen.length);
  return lengths;
}
