/** What `vaec sample` writes of draws: a grid, a chart or an array; the data beside them; the way there, step by step. */
import { extname } from 'node:path';
import { displayOf } from '../compiler/4-tensor/display.ts';
import { sizeOf } from '../compiler/4-tensor/ir.ts';
import { splitNamed } from '../runtime/data/dataset.ts';
import { UsageError, UserError } from '../runtime/errors.ts';
import { encodeNpy } from '../runtime/formats/npy.ts';
import type { Model } from '../runtime/model.ts';
import { imageGrid } from '../runtime/pictures/image-grid.ts';
import { scatterStripSvg, scatterSvg } from '../runtime/pictures/scatter.ts';
import type { Sample } from '../runtime/sample/sample.ts';
import type { Terminal } from './terminal.ts';

/** A file to write, and what it shows. */
export interface Picture {
  readonly file: string;
  readonly content: Uint8Array | string;
  readonly text: string;
}

/** What the model was trained on, as many rows as there are draws at most: [n, ...], of the shape of a draw. */
export type Data = Pick<Sample, 'shape' | 'values'>;

/** What a draw is written as where nobody says. */
export const endings = { picture: '.png', points: '.svg', number: '.npy', numbers: '.npy' } as const;

/** Draws of a denoising strip: one row each. */
const stripRows = 8;

/**
 * The training data's field that the draws are draws of. None where it is another thing that is drawn; nor pictures beside
 * those of a program that takes rows of a set, because they would look like the rows it has taken; nor, with a note,
 * where the data cannot be read, because draws need none.
 */
export async function dataBeside(model: Model, sample: Sample, terminal: Terminal): Promise<Data | undefined> {
  const training = model.plan.programs.find(({ kind }) => kind === 'train');
  const program = model.plan.programs.find(({ name }) => name === sample.program);
  const takesRows = program?.kind === 'sample' && program.sets.length > 0;
  const isShown = sample.display === 'points' || (sample.display === 'picture' && !takesRows);
  if (training?.kind !== 'train' || sample.of === undefined || !isShown) return undefined;
  const contract = model.plan.data.find(({ name }) => name === training.set.split('.')[0]);
  const [n = 0, ...shape] = sample.shape;
  const field = contract?.fields.find(({ name }) => name === sample.of);
  if (field === undefined || field.shape.join() !== shape.join()) return undefined;
  try {
    const { rows, fields } = splitNamed(await model.data(), training.set);
    const { values, scale } = fields.get(field.name)!;
    const count = Math.min(n, rows);
    const shown = Float32Array.from(values.subarray(0, count * sizeOf(shape)), (value) => value * scale);
    return { shape: [count, ...shape], values: shown };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    terminal.err(`note: the draws stand alone, because the data cannot be read: ${error.message}`);
    return undefined;
  }
}

/** The file of the draws themselves. Throws a UsageError where they cannot be shown so. */
export function encodeDraws(
  { shape, values, display, program }: Pick<Sample, 'shape' | 'values' | 'display' | 'program'>,
  ending: string,
  data?: Data,
): Uint8Array | string {
  const [n = 0, ...own] = shape;
  if (ending === '.npy') return encodeNpy(shape, values);
  if (ending === '.png' && display === 'picture') return imageGrid(values, n, own[0]!, own[1]!);
  if (ending === '.svg' && display === 'points') {
    return scatterSvg(values, { title: program, ...(data && { reference: data.values }) });
  }
  const shows = ending === '.png' ? 'a PNG shows pictures' : 'an SVG shows points in the plane';
  const fitting = [...new Set([endings[display], '.npy'])].join(' or ');
  throw new UsageError(`${shows}, and a draw of "${program}" is [${own.join(', ')}]: write ${fitting}`);
}

/** Where the training data are shown beside the pictures in `file`. */
export function dataPicture(file: string): string {
  return `${stemOf(file)}.data.png`;
}

function stemOf(file: string): string {
  return file.slice(0, -extname(file).length);
}

/** Pictures of the data, and what `keep` asked for: a strip where it can be seen, else an array a step. */
export function picturesBeside(sample: Sample, file: string, data: Data | undefined): readonly Picture[] {
  const ending = extname(file);
  const stem = stemOf(file);
  const pictures: Picture[] = [];
  if (data !== undefined && sample.display === 'picture') {
    const content = encodeDraws({ ...data, display: 'picture', program: sample.program }, '.png');
    pictures.push({ file: dataPicture(file), content, text: 'rows of the training data' });
  }
  const [first] = sample.kept;
  if (first === undefined) return pictures;
  const display = displayOf(first.shape.slice(1));
  const labels = sample.kept.map(({ label }) => label).join(', ');
  if (ending === '.npy' || display === 'numbers') {
    const arrays = sample.kept.map(({ label, shape, values }) => ({
      file: `${stem}.at_${label}.npy`,
      content: encodeNpy(shape, values),
      text: `the same at ${label}`,
    }));
    return [...pictures, ...arrays];
  }
  if (display === 'picture') {
    return [
      ...pictures,
      { file: `${stem}.steps.png`, content: imageStrip(sample), text: `a draw a row, at ${labels}` },
    ];
  }
  const moments = sample.kept.map(({ label, values }) => ({ label: `at ${label}`, points: values }));
  const isAlike = first.shape.join() === sample.shape.join();
  const content = scatterStripSvg(moments, {
    title: sample.program,
    ...(data && isAlike && sample.display === 'points' && { reference: data.values }),
  });
  return [...pictures, { file: `${stem}.steps.svg`, content, text: `the draws at ${labels}` }];
}

/** One row a draw, one column a step. */
function imageStrip({ kept }: Sample): Uint8Array {
  const [n = 0, h = 0, w = 0] = kept[0]!.shape;
  const rows = Math.min(n, stripRows);
  const size = h * w;
  const all = new Float32Array(rows * kept.length * size);
  kept.forEach(({ values }, column) => {
    for (let row = 0; row < rows; row++) {
      all.set(values.subarray(row * size, (row + 1) * size), (row * kept.length + column) * size);
    }
  });
  return imageGrid(all, rows * kept.length, h, w, { columns: kept.length });
}
