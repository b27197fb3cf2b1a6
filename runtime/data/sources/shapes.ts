/** `shapes(n: 10000, seed: 1, size: 16)`: sprites with known factors, drawn here, in the manner of dSprites. */
import type { DataContract } from '../../../compiler/4-tensor/program.ts';
import { UserError } from '../../errors.ts';
import { WHOLE } from '../dataset.ts';
import { draws } from '../random.ts';
import { locateIn, type RawField, type RawSplit, type SourceRequest } from '../source.ts';
import { drawSprite, FORMS } from './sprite.ts';

/**
 * Row i has independent factors: a form (square, ellipse, heart, triangle: the first k for category(k), three without
 * such a field), scale ~ U(0.5, 1), x, y ~ U(0, 1) across the places where the sprite stays within the picture, and
 * rotation ~ U(0, 2π). A field of pictures is [size, size]; a category is the form; real[4] is (scale, x, y, rotation);
 * a real number named scale, position_x, position_y or rotation is that factor.
 */
export function drawShapes({ contract, args }: SourceRequest): Promise<readonly RawSplit[]> {
  const rows = args.whole('n', 1);
  const seed = args.whole('seed', 0, 0);
  const picture = contract.fields.find((field) => field.shape.length === 2);
  const size = args.whole('size', 4, picture?.shape[0] ?? 16);
  args.finish();
  const kinds = contract.fields.map(({ support }) => support).find((support) => support.kind === 'category');
  const forms = kinds?.size ?? 3;
  if (forms > FORMS.length) {
    throw new UserError(
      `shapes draws ${FORMS.length} forms (${FORMS.join(', ')}), and "${contract.name}" asks for ${forms}`,
    );
  }
  const { uniform } = draws(seed, 'shapes');
  const form = new Uint8Array(rows);
  const factors = new Float64Array(rows * 4);
  for (let row = 0; row < rows; row++) {
    form[row] = Math.floor(uniform(row, 0) * forms);
    factors[row * 4] = 0.5 + 0.5 * uniform(row, 1);
    factors[row * 4 + 1] = uniform(row, 2);
    factors[row * 4 + 2] = uniform(row, 3);
    factors[row * 4 + 3] = 2 * Math.PI * uniform(row, 4);
  }
  const column = (at: number) => Float64Array.from({ length: rows }, (_, row) => factors[row * 4 + at]!);
  const pictures = () => {
    const pixels = new Uint8Array(rows * size * size);
    for (let row = 0; row < rows; row++) {
      const [scale, x, y, rotation] = factors.subarray(row * 4, row * 4 + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const target = pixels.subarray(row * size * size, (row + 1) * size * size);
      drawSprite(target, size, { form: FORMS[form[row]!]!, scale, x, y, rotation });
    }
    return pixels;
  };
  const origin = `shapes of "${contract.name}"`;
  const fields = new Map<string, RawField>();
  for (const field of contract.fields) {
    const raw = ((): Pick<RawField, 'values' | 'shape' | 'grey'> => {
      if (field.shape.length === 2) return { values: pictures(), shape: [size, size], grey: true };
      if (field.support.kind === 'category') return { values: form, shape: [] };
      const factor = factorOf(field, contract.name);
      return factor === undefined ? { values: factors, shape: [4] } : { values: column(factor), shape: [] };
    })();
    fields.set(field.name, { ...raw, origin, locate: locateIn(origin, raw.shape) });
  }
  return Promise.resolve([{ name: WHOLE, rows, fields }]);
}

const FACTORS = ['scale', 'position_x', 'position_y', 'rotation'];

/** Which factor a single number is; undefined for all four. */
function factorOf(field: DataContract['fields'][number], set: string): number | undefined {
  if (field.shape.length === 1) return undefined;
  const factor = FACTORS.indexOf(field.name);
  if (field.shape.length === 0 && factor >= 0) return factor;
  throw new UserError(
    `"${field.name}" of data set "${set}" is nothing that shapes draws: pictures (unit[16, 16]), the form (category(3)), ` +
      `all factors (real[4]), or one number named ${FACTORS.join(', ')}`,
  );
}
