/** `vaec sample`: draws from a trained run into a picture (PNG), a chart of points (SVG) or an array (.npy). */
import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Plan } from '../compiler/5-kernel/plan.ts';
import { UsageError, UserError } from '../runtime/errors.ts';
import { type Mean, meanOf, Moments } from '../runtime/evaluate/moments.ts';
import { writeAtomic } from '../runtime/formats/files.ts';
import { dataBeside, dataPicture, encodeDraws, endings, picturesBeside } from './pictures.ts';
import { formatMean } from './reports.ts';
import { type RunFlags, withRun } from './runs.ts';
import type { Terminal } from './terminal.ts';

export interface SampleFlags extends RunFlags {
  readonly n?: number;
  readonly out?: string;
  readonly seed?: number;
}

/** A sample program of the plan is called `sample.NAME`. */
const prefix = 'sample.';

/** Draws by the sample program of that name, or by the first that the spec has. */
export async function sampleCommand(
  run: string,
  name: string | undefined,
  flags: SampleFlags,
  terminal: Terminal,
): Promise<void> {
  checkEnding(flags.out);
  const samples = name !== undefined && flags.n !== undefined ? { [name]: flags.n } : {};
  await withRun(run, flags, samples, ['sample', 'part'], terminal, async ({ folder, model }) => {
    const program = programNamed(model.plan, name);
    const sample = await model.sample(program, {
      ...(flags.n !== undefined && { n: flags.n }),
      ...(flags.seed !== undefined && { seed: flags.seed }),
    });
    const file = flags.out ?? join(folder.samples, `${program.slice(prefix.length)}${endings[sample.display]}`);
    const ending = extname(file);
    const data = ending === '.npy' ? undefined : await dataBeside(model, sample, terminal);
    const shown = { ...sample, program: program.slice(prefix.length) };
    const mean = sample.display === 'number' ? meanOfDraws(sample.values) : undefined;
    const main = {
      file,
      content: encodeDraws(shown, ending, data),
      text: `${counted(sample.shape[0] ?? 0)} of ${shown.program}${mean === undefined ? '' : `, mean ${formatMean(mean)}`}`,
    };
    const beside = picturesBeside(shown, file, data);
    for (const picture of [main, ...beside]) await writeAtomic(picture.file, picture.content);
    // One that an earlier draw left is not beside these.
    if (ending === '.png' && data === undefined) await rm(dataPicture(file), { force: true });
    if (flags.json) {
      const { shape, display } = sample;
      const others = beside.map((picture) => ({ file: picture.file, text: picture.text }));
      terminal.out(
        JSON.stringify({ kind: 'sample', program, file, shape, display, ...(mean && { mean }), beside: others }),
      );
    } else for (const picture of [main, ...beside]) terminal.out(`${picture.file}: ${picture.text}`);
  });
}

/** Of draws that are single numbers. */
function meanOfDraws(values: Float32Array): Mean {
  const moments = new Moments(1);
  for (let i = 0; i < values.length; i++) moments.add(values, i);
  return meanOf(moments);
}

function programNamed(plan: Plan, name: string | undefined): string {
  const known = plan.programs.filter(({ kind }) => kind === 'sample').map((program) => program.name);
  const [first] = known;
  if (first === undefined)
    throw new UserError(`"${plan.spec.name}" has no "sample" block: add one, or give --spec FILE`);
  if (name === undefined) return first;
  if (known.includes(prefix + name)) return prefix + name;
  const names = known.map((program) => program.slice(prefix.length)).join(', ');
  throw new UsageError(`there is no sample "${name}"; there is ${names}`);
}

function checkEnding(out: string | undefined): void {
  if (out === undefined || /\.(png|svg|npy)$/.test(out)) return;
  throw new UsageError(`--out needs a file that ends in .png, .svg or .npy, not "${out}"`);
}

function counted(draws: number): string {
  return draws === 1 ? '1 draw' : `${draws} draws`;
}
