/**
 * What a person gets wrong, told through the command line: one paragraph that names the file or the setting and says
 * what to do, the exit code of its class, and nothing left behind. Each reader's own tests go into detail.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { encodeIdx } from '../../runtime/formats/idx.ts';
import { encodeNpy } from '../../runtime/formats/npy.ts';
import { openTestDevice } from '../support/device.ts';
import { vaec } from './recorder.ts';

// The first run on a machine compiles every kernel: the driver keeps them for the next time.
vi.setConfig({ testTimeout: 240_000 });

const hasDevice = (await openTestDevice()) !== undefined;
const folder = mkdtempSync(join(tmpdir(), 'vaec-bad-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);

const specOf = (source: string, type = 'real[2]'): string => `use "std/objectives"
hyper hidden = 4
hyper beta = 1
data d {
  x : ${type}
  source ${source}
}
net encoder(x) {
  h = x |> flatten |> dense(hidden, relu)
  return mu: dense(h, 2), logvar: dense(h, 2)
}
net decoder(z) = z |> dense(hidden, relu) |> dense(2)
model p {
  z ~ Normal(0, 1)[2]
  x ~ Normal(decoder(z), 1)
}
guide q(x) {
  mu, logvar = encoder(x)
  z ~ Normal(mu, exp(logvar / 2))
}
train { data d  maximize elbo(p, q, beta: beta)  optimizer adam(lr: 1e-3)  batch 10  epochs 2 }
evaluate { data d  report elbo(p, q) }
sample prior(n = 4) { z ~ p(z)  return z }
`;

const rows = (n: number, width = 2): Float32Array => Float32Array.from({ length: n * width }, (_, i) => i / 10);
const withNaN = rows(20);
withNaN[2 * 7 + 1] = NaN;
const idx = encodeIdx([20, 2], new Uint8Array(40));
const wrongMagic = Uint8Array.from(idx);
wrongMagic.set([0x89, 0x50, 0x4e, 0x47]);
const table = (row: string): string => `a,b\n${'1,2\n'.repeat(11)}${row}\n${'1,2\n'.repeat(11)}`;

const files: Readonly<Record<string, Uint8Array | string>> = {
  'good.npy': encodeNpy([20, 2], rows(20)),
  'nan.npy': encodeNpy([20, 2], withNaN),
  'many.npy': encodeNpy([2000, 2], rows(2000)),
  'few.npy': encodeNpy([7, 2], rows(7)),
  'none.npy': encodeNpy([0, 2], rows(0)),
  'wide.npy': encodeNpy([20, 3], rows(20, 3)),
  'magic.idx': wrongMagic,
  'cut.idx': idx.subarray(0, 30),
  'cut.idx.gz': gzipSync(idx).subarray(0, 25),
  'text.csv': table('3,abc'),
  'hole.csv': table('3,'),
  'ragged.csv': table('3'),
};
for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);

/** By the name of the case: a source, the field's type, and what is told. */
const data: Readonly<Record<string, readonly [source: string, type: string, message: RegExp]>> = {
  'a wrong magic number': [
    'idx(images: "magic.idx")',
    'unit[2]',
    /"DIR\/magic\.idx" is not a whole IDX file: it begins with 0x89504e47.*check that it is the right file/,
  ],
  'a truncated IDX file': [
    'idx(images: "cut.idx")',
    'unit[2]',
    /"DIR\/cut\.idx" is cut short: .*52 bytes, but it has 30; fetch or copy it again/,
  ],
  'a truncated gzip file': ['idx(images: "./cut.idx.gz")', 'unit[2]', /cut\.idx.* is cut short/],
  'a text among numbers': [
    'csv("text.csv", x: ["a", "b"])',
    'real[2]',
    /"DIR\/text\.csv", line 13, column "b" holds "abc".*correct it, or drop the row/,
  ],
  'an empty cell': [
    'csv("hole.csv", x: ["a", "b"])',
    'real[2]',
    /"DIR\/hole\.csv", line 13, column "b" is empty.*correct it, or drop the row/,
  ],
  'a short line': [
    'csv("ragged.csv", x: ["a", "b"])',
    'real[2]',
    /"DIR\/ragged\.csv" is not a table of one width: .*line 13; give every line a cell/,
  ],
  'no such column': [
    'csv("text.csv", x: ["a", "c"])',
    'real[2]',
    /"DIR\/text\.csv" has no column "c"; there is "a", "b"/,
  ],
  'a number that is none': [
    'npy("nan.npy")',
    'real[2]',
    /"DIR\/nan\.npy", row 7, element \[1\].*holds NaN.*drop such rows/,
  ],
  'fewer rows than a batch': [
    'npy("few.npy")',
    'real[2]',
    /data set "d" has 7 rows, fewer than one batch of 10: write "batch 7" or less/,
  ],
  'no rows at all': ['npy("none.npy")', 'real[2]', /data set "d" has no rows: "DIR\/none\.npy" holds none/],
  'another shape': [
    'npy("wide.npy")',
    'real[2]',
    /"x" is declared real\[2\], and "DIR\/wide\.npy" holds real\[3\] a row: declare it so/,
  ],
  'a missing file': [
    'npy("nowhere.npy")',
    'real[2]',
    /"nowhere\.npy" is not in "DIR".*name the folder that holds it with --data/,
  ],
};

/** The lines of standard error that begin an error, with the folder's name left out. */
function errorsIn(err: string): string[] {
  return err
    .split('\n')
    .filter((line) => line.startsWith('error'))
    .map((line) => line.replaceAll(folder, 'DIR'));
}

describe.skipIf(!hasDevice)('data', () => {
  test.each(Object.entries(data))('%s', async (_, [source, type, message]) => {
    writeFileSync(at('data.vae'), specOf(source, type));
    const { code, out, err } = await vaec(
      'train',
      at('data.vae'),
      '--data',
      folder,
      '--out',
      at('run'),
      '--device',
      'webgpu',
    );
    const told = errorsIn(err);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(message);
    // One paragraph, the last thing said.
    expect(err.trimEnd().split('\n').at(-1)).toMatch(/^error: /);
    expect([code, out]).toEqual([1, '']);
    expect(existsSync(at('run'))).toBe(false);
  });
});

describe.skipIf(!hasDevice)('a run', () => {
  const spec = at('good.vae');
  writeFileSync(spec, specOf('npy("good.npy")'));
  const train = (...more: string[]) => vaec('train', spec, '--data', folder, '--device', 'webgpu', ...more);
  const run = at('whole');

  test('is trained', async () => {
    expect((await train('--out', run)).code).toBe(0);
  });

  test.each<[string, RegExp]>([
    ['hiden=9', /^error: --set: the spec has no hyper 'hiden'; did you mean 'hidden'\?$/],
    ['hidden=wide', /^error: --set: 'wide' is no value for the hyper 'hidden'; give a number$/],
    ['hidden=2.5', /^error: --set: '2\.5' is no value for the hyper 'hidden'; give a whole number of at least 1$/],
    ['hidden=0', /^error: --set: '0' is no value for the hyper 'hidden'; give a whole number of at least 1$/],
    ['beta=NaN', /^error: --set: 'NaN' is no value for the hyper 'beta'; give a number$/],
    ['beta', /^error: option '--set <name=value>' argument 'beta' is invalid\. write it as NAME=value/],
  ])('--set %s is a usage error', async (setting, message) => {
    const { code, err } = await train('--out', at('set'), '--set', setting);
    expect(errorsIn(err)).toEqual([expect.stringMatching(message)]);
    expect(code).toBe(2);
    expect(existsSync(at('set'))).toBe(false);
  });

  test.each<[string, RegExp]>([
    ['epochs 0', /expected a positive number for 'epochs', found the number 0/],
    ['steps 0', /expected a positive number for 'steps', found the number 0/],
  ])('of a length of 0, %s, is refused at its place', async (length, message) => {
    writeFileSync(at('length.vae'), specOf('npy("good.npy")').replace('epochs 2', length));
    const { code, err } = await vaec(
      'train',
      at('length.vae'),
      '--data',
      folder,
      '--out',
      at('length'),
      '--device',
      'webgpu',
    );
    expect(errorsIn(err)).toEqual([expect.stringMatching(message)]);
    expect(err).toContain('length.vae:21:');
    expect(code).toBe(1);
    expect(existsSync(at('length'))).toBe(false);
  });

  test('of another spec is not gone on with, and its checkpoint not taken', async () => {
    const other = at('other.vae');
    writeFileSync(other, specOf('npy("good.npy")').replace('hidden = 4', 'hidden = 5'));
    const before = readFileSync(join(run, 'checkpoints', 'final.safetensors'));
    const resumed = await vaec('train', other, '--out', run, '--resume', '--device', 'webgpu');
    expect(errorsIn(resumed.err)).toEqual([
      expect.stringMatching(/"DIR\/whole" is a run of another spec: .*choose another folder with --out/),
    ]);
    const evaluated = await vaec('eval', run, '--spec', other, '--device', 'webgpu');
    expect(errorsIn(evaluated.err)).toEqual([
      expect.stringMatching(
        /final\.safetensors" is a checkpoint of another spec: its "encoder\.dense_1\.weight" is \[2, 4\], and here it is \[2, 5\]; use the spec and the settings that it was trained with$/,
      ),
    ]);
    expect([resumed.code, evaluated.code]).toEqual([1, 1]);
    expect(readFileSync(join(run, 'checkpoints', 'final.safetensors')).equals(before)).toBe(true);
  });

  test.each<[string, string, (bytes: Buffer) => Buffer, RegExp]>([
    [
      'a newer format',
      'checkpoints/final.safetensors',
      (bytes) => Buffer.from(bytes.toString('latin1').replace('"version":"1"', '"version":"9"'), 'latin1'),
      /is a checkpoint of format 9, and this vaec reads format 1: use the vaec that wrote it, or a newer one$/,
    ],
    [
      'a cut checkpoint',
      'checkpoints/final.safetensors',
      (bytes) => bytes.subarray(0, bytes.length - 10),
      /is not a whole safetensors file: .*it is cut short; copy it again, or remove it/,
    ],
    [
      'a newer record',
      'run.json',
      (bytes) => Buffer.from(bytes.toString().replace('"version": 1', '"version": 9')),
      /"DIR\/changed" is a run of format 9, and this vaec reads format 1: use the vaec that wrote it/,
    ],
  ])('with %s is refused', async (_, file, change, message) => {
    const copy = at('changed');
    cpSync(run, copy, { recursive: true });
    writeFileSync(join(copy, file), change(readFileSync(join(run, file))));
    const { code, err } = await vaec('eval', copy, '--device', 'webgpu');
    rmSync(copy, { recursive: true });
    expect(errorsIn(err)).toEqual([expect.stringMatching(message)]);
    expect(code).toBe(1);
  });

  test('goes into no file, and into no folder that holds something else', async () => {
    writeFileSync(at('file'), '');
    mkdirSync(at('full'));
    writeFileSync(at('full', 'mine'), '');
    for (const [out, message] of [
      ['file', /"DIR\/file" is a file, and a folder is needed: choose another with --out/],
      ['file/below', /"DIR\/file\/below" is a file, and a folder is needed: choose another with --out/],
      ['full', /"DIR\/full" is not empty, and it is not a run: choose another folder with --out/],
    ] as const) {
      const { code, err } = await train('--out', at(out));
      expect(errorsIn(err)).toEqual([expect.stringMatching(message)]);
      expect(code).toBe(1);
    }
  });

  test('that needs more than the device has says so with the figures before it takes any', async () => {
    const { code, err } = await train('--out', at('huge'), '--set', 'hidden=200000000');
    expect(errorsIn(err)).toEqual([
      expect.stringMatching(/takes 7\.5 GiB, and a tensor may take 2 GiB: make "batch" or the layers smaller$/),
    ]);
    expect(code).toBe(1);
    // 2000 rows of 20,000 f32 are 153 MiB: more than a device with the limits that every device has can bind.
    writeFileSync(at('large.vae'), specOf('npy("many.npy")').replace('batch 10', 'batch 2000'));
    const large = await vaec(
      ...['train', at('large.vae'), '--data', folder, '--out', at('large')],
      ...['--device', 'webgpu', '--set', 'hidden=20000'],
    );
    const isRefused =
      /\[2000, 20000\] of 153 MiB, and the device allows \d+ MiB at once: make "batch" \(2000\) or "hidden"/.test(
        large.err,
      );
    expect(large.code === 3).toBe(isRefused);
    expect(existsSync(at('huge')) || (isRefused && existsSync(at('large')))).toBe(false);
  });
});
