/** `npy(x: "x.npy", label: "label.npy")` and `npz("set.npz", x: "images")`. */
import { UserError } from '../../errors.ts';
import { readNpy, type NpyArray } from '../../formats/npy.ts';
import { memberOfNpz, openNpz } from '../../formats/npz.ts';
import { splitsOf } from '../files.ts';
import { asNumbers, locateIn, type RawField, type RawSplit, type SourceRequest } from '../source.ts';
import { sameRows } from './rows.ts';

/** One .npy file a field, under the field's own name; a set of one field may leave the name out. */
export async function readNpySource({ contract, args, find }: SourceRequest): Promise<readonly RawSplit[]> {
  const splits = splitsOf(args);
  const single = contract.fields.length === 1 && !args.has(contract.fields[0]!.name);
  const paths = new Map(contract.fields.map(({ name }) => [name, single ? args.path() : args.text(name)]));
  args.finish();
  return Promise.all(
    splits.map(async ({ name, fill }) => {
      const fields = new Map<string, RawField>();
      for (const [field, path] of paths) {
        const found = await find(fill(path));
        fields.set(field, rawField(await readNpy(found), `"${found}"`));
      }
      return { name, rows: sameRows(contract.name, fields), fields };
    }),
  );
}

/** Fields are the members of their own name, or of the name that the argument gives. */
export async function readNpzSource({ contract, args, find }: SourceRequest): Promise<readonly RawSplit[]> {
  const splits = splitsOf(args);
  const path = args.path();
  const members = contract.fields.map(({ name }) => ({ name, member: args.has(name) ? args.text(name) : name }));
  args.finish();
  return Promise.all(
    splits.map(async ({ name, fill }) => {
      // `{split}` may stand in the file's name or in the members'.
      const inPath = path.includes('{split}');
      const found = await find(inPath ? fill(path) : path);
      const opened = await openNpz(found);
      const fields = new Map<string, RawField>();
      for (const entry of members) {
        const member = inPath && !entry.member.includes('{split}') ? entry.member : fill(entry.member);
        fields.set(entry.name, rawField(memberOfNpz(opened, member, found), `"${found}", ${member}`));
      }
      return { name, rows: sameRows(contract.name, fields), fields };
    }),
  );
}

/** An array whose first axis is its rows; `origin` is what messages call it. */
export function rawField(array: NpyArray, origin: string): RawField {
  if (array.shape.length === 0) throw new UserError(`${origin} holds a single number, where rows are needed`);
  const shape = array.shape.slice(1);
  return {
    values: asNumbers(array.data),
    shape,
    ...(array.kind === 'b1' ? { grey: false } : {}),
    origin,
    locate: locateIn(origin, shape),
  };
}
