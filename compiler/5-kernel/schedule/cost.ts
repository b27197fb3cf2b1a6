/** What one dispatch costs: floating-point operations and bytes, counted from the kernel, whatever its schedule. */
import { ops } from '../../ops/index.ts';
import { sizeOf } from '../../4-tensor/ir.ts';
import type { Axis, Kernel, Tensor, Value } from '../ir.ts';
import { Dependence, rootsOf, tensorsOf, valuesOf } from './dependence.ts';

export interface Cost {
  readonly flops: number;
  readonly bytes: number;
}

export function costOf(kernel: Kernel): Cost {
  const dependence = new Dependence();
  const axes = new Map<string, Axis>();
  for (const axis of [...kernel.axes, ...kernel.phases.flatMap(({ over }) => over)]) axes.set(axis.name, axis);
  // Each value is computed once for every position on the axes it varies along.
  const times = (names: Iterable<string>): number =>
    [...names].reduce((product, name) => product * (axes.get(name)?.extent ?? 1), 1);

  let flops = 0;
  const read = new Map<Tensor, number>();
  const counted = new Set<Value>();
  for (const phase of kernel.phases) {
    const inSight = new Set([...kernel.axes, ...phase.over].map(({ name }) => name));
    for (const accumulator of phase.accumulators) {
      if (accumulator.kind === 'product') flops += times(inSight) * 2;
      else flops += times(new Set([...dependence.axesOf(accumulator.value), ...phase.over.map(({ name }) => name)]));
    }
    for (const value of valuesOf(rootsOf(phase))) {
      if (counted.has(value)) continue;
      counted.add(value);
      const points = times([...dependence.axesOf(value)].filter((axis) => inSight.has(axis)));
      if (value.kind === 'apply') flops += points * ops[value.op].cost;
      if (value.kind === 'load') read.set(value.tensor, (read.get(value.tensor) ?? 0) + points);
    }
  }
  let bytes = 0;
  const { stored } = tensorsOf(kernel);
  for (const [tensor, elements] of read) {
    // A table is larger than what one step reads of it; anything else is read once, if caches do their work.
    const most = tensor.role.kind === 'table' ? elements : Math.min(elements, sizeOf(tensor.shape));
    bytes += most * bytesOf(tensor);
  }
  for (const tensor of stored) bytes += sizeOf(tensor.shape) * bytesOf(tensor);
  return { flops, bytes };
}

function bytesOf(tensor: Tensor): number {
  return tensor.storage === 'u8' ? 1 : 4;
}
