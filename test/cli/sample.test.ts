/** What `vaec sample` writes: draws, the data beside them, and endings that do not fit. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { vaec } from './recorder.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'vaec-sample-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...parts: string[]) => join(folder, ...parts);

/** Pictures, points and numbers of one model. */
const spec = `use "std/objectives"
data sprites {
  x : unit[16, 16]
  source shapes(n: 16, seed: 1, size: 16)
  split train: 0.5, test: 0.5
}
net encoder(x) = x |> flatten |> dense(2)
net decoder(z) = z |> dense(256) |> reshape(16, 16)
model p { z ~ Normal(0, 1)[2]  x ~ Bernoulli(logits: decoder(z)) }
guide q(x) { z ~ Normal(encoder(x), 0.2) }
train { data sprites.train  maximize elbo(p, q)  optimizer sgd(lr: 1e-3)  batch 8  epochs 1 }
sample prior(n = 4) { z ~ p(z)  return mean p(x | z) }
sample recon(a: sprites.test, n = 4) { z ~ q(z | x = a.x)  return mean p(x | z) }
sample code(n = 4) { z ~ p(z)  return z }
sample sizes(n = 4) { z ~ p(z)  return sum(z) }
`;
const run = at('run');
const draw = (...more: readonly string[]) => vaec('sample', run, ...more, '--device', 'cpu', '--threads', '1');

beforeAll(async () => {
  writeFileSync(at('sprites.vae'), spec);
  const { code, err } = await vaec('train', at('sprites.vae'), '--out', run, '--device', 'cpu', '--threads', '1');
  expect(code, err).toBe(0);
});

test('pictures come with those of the data', async () => {
  const { code, out } = await draw('prior');
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toEqual([
    `${join(run, 'samples/prior.png')}: 4 draws of prior`,
    `${join(run, 'samples/prior.data.png')}: rows of the training data`,
  ]);
});

test('but not where the program takes rows: others beside its draws would look like those', async () => {
  const { code, out } = await draw('recon');
  expect(code).toBe(0);
  expect(out).toBe(`${join(run, 'samples/recon.png')}: 4 draws of recon\n`);
  expect(existsSync(join(run, 'samples/recon.data.png'))).toBe(false);
});

test('data that lie beside a picture go when it is drawn again without them, and stay beside another file', async () => {
  const [picture, data] = [at('x.png'), at('x.data.png')];
  expect((await draw('prior', '--out', picture)).code).toBe(0);
  const before = readFileSync(data);
  expect((await draw('recon', '--out', at('x.npy'))).code).toBe(0);
  expect(readFileSync(data).equals(before)).toBe(true);
  expect((await draw('recon', '--out', picture)).code).toBe(0);
  expect(existsSync(data)).toBe(false);
});

test.each([
  ['prior', 'refused.svg', 'an SVG shows points in the plane, and a draw of "prior" is [16, 16]: write .png or .npy'],
  ['code', 'refused.png', 'a PNG shows pictures, and a draw of "code" is [2]: write .svg or .npy'],
  ['sizes', 'refused.png', 'a PNG shows pictures, and a draw of "sizes" is []: write .npy'],
])('draws of %s as %s: the message names what fits', async (program, file, message) => {
  const { code, err } = await draw(program, '--out', at(file));
  expect(err.replaceAll(/\s+/g, ' ')).toContain(message);
  expect(code).toBe(2);
  expect(existsSync(at(file))).toBe(false);
});
