/** Where a kernel's own arrays lie in the thread's scratch memory. */
import type { LocalArray, LoopIR, Statement } from '../../5-kernel/schedule/loops.ts';
import { blocksOf } from '../../5-kernel/schedule/rewrite.ts';

/** A line of the cache: arrays begin at one. */
const line = 64;

export interface Scratch {
  /** Bytes from the start of the scratch memory, by the array's name. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly bytes: number;
}

/** Each name has a place of its own; arrays that share a name share the memory, whatever their widths. */
export function layScratch({ shared, statements }: LoopIR): Scratch {
  const sizes = new Map<string, number>();
  const take = (array: LocalArray): void => {
    if (array.space === 'workgroup') throw new Error(`${array.name}: a processor's kernels have no workgroup memory`);
    sizes.set(array.name, Math.max(sizes.get(array.name) ?? 0, bytesOf(array)));
  };
  const visit = (block: readonly Statement[]): void => {
    for (const statement of block) {
      if (statement.kind === 'array') take(statement.array);
      blocksOf(statement).forEach(visit);
    }
  };
  shared.forEach(take);
  visit(statements);
  let bytes = 0;
  const offsets = new Map<string, number>();
  for (const [name, size] of sizes) {
    offsets.set(name, bytes);
    bytes += Math.ceil(size / line) * line;
  }
  return { offsets, bytes };
}

export function bytesOf({ length, width }: LocalArray): number {
  return 4 * width * length;
}
