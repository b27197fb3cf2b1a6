/** The arguments of a source, read with their types checked, and the unread ones refused. */
import type { DataValue } from '../../compiler/4-tensor/program.ts';
import { UserError } from '../errors.ts';
import { suggestion } from './suggest.ts';

export class Arguments {
  readonly #call: string;
  readonly #values: ReadonlyMap<string, DataValue>;
  readonly #read = new Set<string>();

  /** `set` is the data set's name and `kind` the source's, for messages. */
  constructor(set: string, kind: string, values: { readonly [name: string]: DataValue }) {
    this.#call = `${kind}(…) of data set "${set}"`;
    this.#values = new Map(Object.entries(values));
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Any value, or undefined. */
  value(name: string): DataValue | undefined {
    this.#read.add(name);
    return this.#values.get(name);
  }

  /** The argument without a name, `csv("quakes.csv")`: the first of `0`, `path` and `file` that is there. */
  path(): string {
    const name = ['0', 'path', 'file'].find((key) => this.#values.has(key));
    if (name === undefined) throw new UserError(`${this.#call} needs the name of a file, in quotes`);
    return this.text(name);
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value === 'string') return value;
    throw this.#wrong(name, 'a text in quotes');
  }

  number(name: string, otherwise?: number): number {
    const value = this.value(name) ?? otherwise;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.#wrong(name, 'a number');
  }

  /** A whole number, `least` or more. */
  whole(name: string, least: number, otherwise?: number): number {
    const value = this.value(name) ?? otherwise;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    throw this.#wrong(name, `a whole number, ${least} or more`);
  }

  /** `[1, 2, 3]`. */
  numbers(name: string): readonly number[] {
    const value = this.value(name);
    if (isNumbers(value)) return value;
    throw this.#wrong(name, 'a list of numbers');
  }

  /** `[[1, 2], [3, 4]]`, every row as long as the first. */
  matrix(name: string): readonly (readonly number[])[] {
    const value = this.value(name);
    if (Array.isArray(value)) {
      const rows = (value as readonly DataValue[]).filter(isNumbers);
      const [first] = rows;
      const equal = rows.every((row) => row.length === first!.length);
      if (first !== undefined && first.length > 0 && rows.length === value.length && equal) return rows;
    }
    throw this.#wrong(name, 'a list of lists of numbers, all of one length');
  }

  /** `{ train: "train", test: "t10k" }`, or undefined. */
  texts(name: string): ReadonlyMap<string, string> | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const entries = typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
    if (entries.length > 0 && entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
      return new Map(entries);
    }
    throw this.#wrong(name, 'a record of texts, such as { train: "train", test: "t10k" }');
  }

  /** Throws a UserError for an argument that nothing has read. */
  finish(): void {
    const unknown = [...this.#values.keys()].find((name) => !this.#read.has(name));
    if (unknown === undefined) return;
    throw new UserError(`${this.#call} has no argument "${unknown}"${suggestion(unknown, [...this.#read])}`);
  }

  /** A UserError about an argument: what it must be, and what it is. */
  #wrong(name: string, needed: string): UserError {
    const value = this.#values.get(name);
    const found = value === undefined ? 'it is missing' : `it is ${JSON.stringify(value)}`;
    return new UserError(`"${name}" in ${this.#call} must be ${needed}; ${found}`);
  }
}

function isNumbers(value: DataValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number' && Number.isFinite(entry));
}
