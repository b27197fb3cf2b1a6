/** `vaec sample`: draws from a trained run into a picture (PNG), a chart of points (SVG) or an array (.npy). */
import { extname, join } from 'node:path';
import type { Plan } from '../compiler/5-kernel/plan.ts';
import { UsageError, UserError } from '../runtime/errors.ts';
import { writeAtomic } from '../runtime/formats/files.ts';
import { encodeNpy } from '../runtime/formats/npy.ts';
import { imageGrid } from '../runtime/pictures/image-grid.ts';
import { scatterSvg } from '../runtime/pictures/scatter.ts';
import type { Sample } from '../runtime/sample/sample.ts';
import { type RunFlags, withRun } from './runs.ts';
import type { Terminal } from './terminal.ts';

export interface SampleFlags extends RunFlags {
  readonly n?: number;
  readonly out?: string;
  readonly seed?: number;
}

/** What each display is written as, unless --out names another ending. */
const endings = { picture: '.png', points: '.svg', numbers: '.npy' } as const;

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
  await withRun(run, flags, samples, terminal, async ({ folder, model }) => {
    const program = programNamed(model.plan, name);
    const sample = await model.sample(program, {
      ...(flags.n !== undefined && { n: flags.n }),
      ...(flags.seed !== undefined && { seed: flags.seed }),
    });
    const file = flags.out ?? join(folder.samples, `${program.slice(prefix.length)}${endings[sample.display]}`);
    const { shape, display, kept } = sample;
    const ending = extname(file);
    await writeAtomic(file, encodeSample(sample, ending));
    const onTheWay: { readonly label: string; readonly file: string }[] = [];
    for (const { label, values } of kept) {
      const beside = `${file.slice(0, -ending.length)}.at_${label}${ending}`;
      await writeAtomic(beside, encodeSample({ ...sample, values, program: `${program} at ${label}` }, ending));
      onTheWay.push({ label, file: beside });
    }
    if (flags.json) {
      terminal.out(JSON.stringify({ kind: 'sample', program, file, shape, display, kept: onTheWay }));
      return;
    }
    terminal.out(`${file}: ${shape[0] ?? 0} draws of ${program.slice(prefix.length)}`);
    for (const { label, file: beside } of onTheWay) terminal.out(`${beside}: the same at ${label}`);
  });
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

function encodeSample({ shape, values, display, program }: Sample, ending: string): Uint8Array | string {
  const [n = 0, ...own] = shape;
  if (ending === '.npy') return encodeNpy(shape, values);
  if (ending === '.png') {
    if (display === 'picture') return imageGrid(values, n, own[0]!, own[1]!);
    throw new UsageError(`a PNG shows pictures, and a draw of "${program}" is [${own.join(', ')}]: write .npy`);
  }
  if (display === 'points') return scatterSvg(values, { title: program.slice(prefix.length) });
  throw new UsageError(
    `an SVG shows points in the plane, and a draw of "${program}" is [${own.join(', ')}]: write .npy`,
  );
}
