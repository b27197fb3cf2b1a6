/** Begins the elaboration of a program: its rows, its data, nothing drawn or decided yet. */
import type { Node } from '../../4-tensor/ir.ts';
import type { ProgramContext } from '../../2-check/context.ts';
import { OpenDraws } from '../../2-check/open-draws.ts';
import type { Plate, TensorValue } from '../../2-check/values.ts';

/** The plate of rows comes before every other. */
export function rowsPlate(name: string, extent: number): Plate {
  return { id: 0, name, extent };
}

export function openProgram(options: {
  readonly name: string;
  readonly kind: ProgramContext['kind'];
  readonly rows: Plate;
  readonly rowIndex: Node;
  readonly counted?: () => Node;
  readonly set: string;
  readonly fields: ReadonlyMap<string, TensorValue>;
}): ProgramContext {
  return {
    ...options,
    draws: new Map(),
    openDraws: new OpenDraws(),
    couplings: [],
    decisions: [],
    densities: [],
    collected: new Map(),
    statistics: new Map(),
  };
}
