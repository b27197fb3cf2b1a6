/** Takes away what is set and never read: values have no effects, so nothing else is lost. */
import {
  blocksOf,
  mapBlocks,
  partsOf,
  valuesOf,
  type Code,
  type Instruction,
  type Local,
  type WasmFunction,
} from '../ir.ts';

export function sweep(fn: WasmFunction): WasmFunction {
  const read = readIn(fn);
  const swept = (block: readonly Instruction[]): readonly Instruction[] =>
    block.flatMap((instruction) =>
      instruction.kind === 'set' && !read.has(instruction.local) ? [] : [mapBlocks(instruction, swept)],
    );
  const next = { ...fn, body: swept(fn.body) };
  // What only the swept values read is unread now.
  return count(next.body) === count(fn.body) ? fn : sweep(next);
}

function readIn({ body, result }: WasmFunction): ReadonlySet<Local> {
  const found = new Set<Local>();
  const look = (code: Code): void => {
    if (code.kind === 'get') found.add(code.local);
    partsOf(code).forEach(look);
  };
  const visit = (block: readonly Instruction[]): void => {
    for (const instruction of block) {
      valuesOf(instruction).forEach(look);
      blocksOf(instruction).forEach(visit);
    }
  };
  visit(body);
  if (result !== undefined) look(result);
  return found;
}

function count(block: readonly Instruction[]): number {
  return block.reduce((sum, one) => sum + 1 + blocksOf(one).reduce((inner, each) => inner + count(each), 0), 0);
}
