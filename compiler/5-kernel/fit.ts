/**
 * The kernels of a training step within a given memory: where keeping all that the gradient reads takes more, parts of it
 * are computed anew in the backward pass, in levels of about the square root of the net's depth, which needs the least.
 */
import type { TensorFunction } from '../4-tensor/ir.ts';
import { depthOf, recompute } from '../4-tensor/passes/recompute.ts';
import { fuse, type FuseContext } from './fuse.ts';
import type { KernelProgram } from './ir.ts';
import { placeTensors } from './memory.ts';
import { orderForMemory } from './order.ts';

/** What is computed a second time, and what that saves. */
export interface Recomputation {
  /** Contractions, and floating-point operations of theirs in a step; 0 where nothing that was tried takes less. */
  readonly contractions: number;
  readonly flops: number;
  /** Bytes of the step's buffers with it and without, but for the sums of divided loops. */
  readonly bytes: number;
  readonly keptBytes: number;
  /** The bytes that they were to take at most. */
  readonly memory: number;
}

export interface Fitted {
  readonly program: KernelProgram;
  /** Of the memory, the bytes that the step's buffers leave; none where they take more. */
  readonly spare: number;
  /** Absent where everything fits. */
  readonly recomputation?: Recomputation;
}

/**
 * `memory`: bytes for all buffers of the step, `lengths` those of the carried vectors in f32. Where nothing fits, what
 * takes the least: its `bytes` are more than `memory`.
 */
export function fit(
  fn: TensorFunction,
  context: FuseContext,
  lengths: ReadonlyMap<string, number>,
  memory: number,
): Fitted {
  const bytesOf = (program: KernelProgram): number =>
    placeTensors([program], lengths).buffers.reduce((sum, { bytes }) => sum + bytes, 0);
  const program = fuse(fn, context);
  const keptBytes = bytesOf(program);
  if (keptBytes <= memory) return { program, spare: memory - keptBytes };
  const nothing = { contractions: 0, flops: 0, bytes: keptBytes, keptBytes, memory };
  let best = { program, recomputation: nothing };
  for (const period of periodsOf(depthOf(fn))) {
    if (best.recomputation.bytes <= memory) break;
    const { function: anew, contractions, flops } = recompute(context.builder, fn, period);
    const smaller = orderForMemory(fuse(anew, context));
    const bytes = bytesOf(smaller);
    if (bytes >= best.recomputation.bytes) continue;
    best = { program: smaller, recomputation: { contractions, flops, bytes, keptBytes, memory } };
  }
  return { ...best, spare: Math.max(0, memory - best.recomputation.bytes) };
}

/** The depth's square root, then what lies around it. */
function periodsOf(depth: number): readonly number[] {
  const root = Math.max(1, Math.round(Math.sqrt(depth)));
  const tried = [root, 2 * root, Math.ceil(root / 2), 3 * root, Math.ceil(depth / 2)];
  return [...new Set(tried)].filter((period) => period < depth);
}
