/** `csv("quakes.csv", x: ["lon", "lat"], s: "count")`: a table with a header line. */
import { CsvError, parse } from 'csv-parse/sync';
import { sizeOf } from '../../../compiler/4-tensor/ir.ts';
import type { DataContract, DataValue } from '../../../compiler/4-tensor/program.ts';
import { UserError } from '../../errors.ts';
import { readWhole } from '../../formats/files.ts';
import type { Arguments } from '../arguments.ts';
import { splitsOf } from '../files.ts';
import type { RawField, RawSplit, SourceRequest } from '../source.ts';
import { suggestion } from '../suggest.ts';

/**
 * A field's columns are named by the argument of its name, one for every element, row major; without one, a single
 * number is the column of the field's own name. `delimiter` is a comma, for .tsv a tab, unless given.
 */
export async function readCsvSource({ contract, args, find }: SourceRequest): Promise<readonly RawSplit[]> {
  const splits = splitsOf(args);
  const path = args.path();
  const delimiter = args.has('delimiter') ? args.text('delimiter') : path.endsWith('.tsv') ? '\t' : ',';
  const columns = new Map(contract.fields.map((field) => [field.name, columnsOf(field, args)]));
  args.finish();
  return Promise.all(
    splits.map(async ({ name, fill }) => {
      const found = await find(fill(path));
      const table = parseTable(await readWhole(found), delimiter, found);
      const fields = new Map<string, RawField>();
      for (const field of contract.fields) fields.set(field.name, readField(field, columns.get(field.name)!, table));
      return { name, rows: table.rows.length, fields };
    }),
  );
}

interface Table {
  readonly path: string;
  readonly header: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly line: number }[];
}

function parseTable(bytes: Uint8Array, delimiter: string, path: string): Table {
  const rows = parseRows(bytes, delimiter, path);
  const [first, ...rest] = rows;
  if (first === undefined) throw new UserError(`"${path}" is empty: a header line with the columns' names is needed`);
  if (first.cells.every((cell) => numberIn(cell) !== undefined)) {
    throw new UserError(
      `"${path}" begins with numbers (${first.cells.join(delimiter)}): its first line must hold the columns' names`,
    );
  }
  return { path, header: first.cells, rows: rest };
}

function parseRows(bytes: Uint8Array, delimiter: string, path: string): Table['rows'] {
  try {
    const parsed = parse(Buffer.from(bytes), { delimiter, bom: true, trim: true, skip_empty_lines: true, info: true });
    return (parsed as unknown as { readonly record: string[]; readonly info: { readonly lines: number } }[]).map(
      ({ record, info }) => ({ cells: record, line: info.lines }),
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(
      `"${path}" is not a table of one width: ${error.message}; give every line a cell for each column`,
      { cause: error },
    );
  }
}

function readField(field: DataContract['fields'][number], names: readonly string[], table: Table): RawField {
  const { path, header, rows } = table;
  const positions = names.map((name) => {
    const position = header.indexOf(name);
    if (position >= 0) return position;
    throw new UserError(`"${path}" has no column "${name}"${suggestion(name, header)}`);
  });
  const locate = (row: number, element: number) =>
    `"${path}", line ${rows[row]?.line ?? row + 2}, column "${names[element] ?? ''}"`;
  const values = new Float64Array(rows.length * positions.length);
  rows.forEach(({ cells }, row) => {
    positions.forEach((position, element) => {
      const cell = cells[position] ?? '';
      const value = numberIn(cell);
      if (value === undefined) {
        const found = cell === '' ? 'is empty' : `holds ${JSON.stringify(cell)}`;
        throw new UserError(
          `${locate(row, element)} ${found}, where a number is needed for "${field.name}": correct it, or drop the row`,
        );
      }
      values[row * positions.length + element] = value;
    });
  });
  return { values, shape: field.shape, origin: `"${path}"`, locate };
}

/** A decimal number, or the words that tables use for what is none: those are found later, as any NaN is. */
function numberIn(cell: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(cell)) return Number(cell);
  if (/^nan$/i.test(cell)) return NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(cell);
  return infinite === null ? undefined : infinite[1] === '-' ? -Infinity : Infinity;
}

function columnsOf(field: DataContract['fields'][number], args: Arguments): readonly string[] {
  const needed = sizeOf(field.shape);
  const named = args.has(field.name) ? flatTexts(args.value(field.name)!) : [field.name];
  if (named === undefined) {
    throw new UserError(`the columns of "${field.name}" must be named by texts, such as ${field.name}: ["lon", "lat"]`);
  }
  if (named.length === needed) return named;
  throw new UserError(
    `"${field.name}" has shape [${field.shape.join(', ')}], ${needed} numbers a row, and ` +
      `${named.length === 1 ? `one column is` : `${named.length} columns are`} named for it (${named.join(', ')}): ` +
      `write ${field.name}: ["…", "…"] in csv(…), one column for each number`,
  );
}

function flatTexts(value: DataValue): string[] | undefined {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return undefined;
  const parts = (value as readonly DataValue[]).map(flatTexts);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}
