/** The extents of a kernel's axes as named numbers at its head: `COLUMNS`, and `COLUMNS4` for a quarter of them. */
import type { Axis } from '../ir.ts';
import type { Emitter } from './emitter.ts';
import type { Expr } from './loops.ts';

const plurals: Readonly<Partial<Record<string, string>>> = {
  row: 'ROWS',
  column: 'COLUMNS',
  plane: 'PLANES',
  element: 'ELEMENTS',
  point: 'POINTS',
};

export class Extents {
  readonly #emitter: Emitter;

  constructor(emitter: Emitter) {
    this.#emitter = emitter;
  }

  /** The extent of the axis; small ones are clearest as they stand. */
  of(axis: Axis): Expr {
    return this.named(axis.name, axis.extent);
  }

  /** A quarter of the extent. */
  quarterOf(axis: Axis): Expr {
    return this.named(`${axis.name}4`, axis.extent / 4);
  }

  named(name: string, value: number): Expr {
    if (value < 4) return this.#emitter.make.u32(value);
    const [, word, four] = /^(.*?)(4?)$/.exec(name)!;
    return this.#emitter.constant(`${plurals[word!] ?? word!.toUpperCase()}${four}`, value);
  }
}
