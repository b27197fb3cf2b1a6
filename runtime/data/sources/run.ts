/** `run("runs/vae", x: "prior").samples`: what `vaec sample` has drawn from a run, and left in its folder as arrays. */
import { dirname } from 'node:path';
import { readNpy } from '../../formats/npy.ts';
import { WHOLE } from '../dataset.ts';
import type { RawField, RawSplit, SourceRequest } from '../source.ts';
import { rawField } from './numpy.ts';
import { sameRows } from './rows.ts';

/** One array a field, [draws, ...shape]: that of the sample which the argument of the field's name gives. */
export async function readDraws({ contract, args, find }: SourceRequest): Promise<readonly RawSplit[]> {
  const run = args.path();
  const samples = contract.fields.map(({ name }) => [name, args.text(name)] as const);
  args.finish();
  const fields = new Map<string, RawField>();
  for (const [field, sample] of samples) {
    const found = await find(`${run}/samples/${sample}.npy`, (wanted) => {
      return `draw it with "vaec sample ${dirname(dirname(wanted))} ${sample} --out ${wanted}"`;
    });
    fields.set(field, rawField(await readNpy(found), `"${found}"`));
  }
  return [{ name: WHOLE, rows: sameRows(contract.name, fields), fields }];
}
