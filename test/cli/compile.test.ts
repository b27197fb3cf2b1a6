/** compile, check, explain and fmt on specs in folders of their own. Needs no device. */
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCompiled } from '../../runtime/compiled.ts';
import { temporaryFolder } from '../runtime/folder.ts';
import { vaec } from './recorder.ts';

const gallery = (name: string) => fileURLToPath(new URL(`../../specs/vae/${name}.vae`, import.meta.url));
const mixture = gallery('mixture');

test('compile --out writes a kernel a file, the plan and the module; --check passes until something differs', async () => {
  const out = join(temporaryFolder(), 'build');
  const written = await vaec('compile', mixture, '--out', out);
  expect(written).toMatchObject({ code: 0, err: '' });
  const files = readdirSync(out);
  const plan = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as { kernels: { file: string }[] };
  expect(files.sort()).toEqual(['model.ts', 'plan.json', ...plan.kernels.map(({ file }) => file)].sort());
  expect((await vaec('compile', mixture, '--check', out)).code).toBe(0);

  const kernel = join(out, 'adam_update.wgsl');
  const text = readFileSync(kernel, 'utf8');
  writeFileSync(kernel, text.replace('fn ', 'fn  '));
  writeFileSync(join(out, 'left_over.wgsl'), '');
  const stale = await vaec('compile', mixture, '--check', out);
  expect(stale.code).toBe(1);
  expect(stale.err).toContain('adam_update.wgsl: differs');
  expect(stale.err).toContain('left_over.wgsl: is no longer part');
  expect(stale.err).toContain(`run "vaec compile ${mixture} --out ${out}"`);

  await vaec('compile', mixture, '--out', out);
  expect(readFileSync(kernel, 'utf8')).toBe(text);
  expect(readdirSync(out)).not.toContain('left_over.wgsl');
});

test('a second compilation touches no file, and kernels of somebody else are not removed', async () => {
  const out = join(temporaryFolder(), 'build');
  await vaec('compile', mixture, '--out', out);
  const past = new Date(2020, 0, 1);
  for (const file of readdirSync(out)) utimesSync(join(out, file), past, past);
  expect((await vaec('compile', mixture, '--out', out)).out).toContain('nothing has changed');
  for (const file of readdirSync(out)) expect(statSync(join(out, file)).mtime, file).toEqual(past);

  const mine = join(temporaryFolder(), 'mine');
  mkdirSync(mine);
  writeFileSync(join(mine, 'mine.wgsl'), 'mine');
  const { code, err } = await vaec('compile', mixture, '--out', mine);
  expect(code).toBe(1);
  expect(err).toContain('vaec did not write');
  expect(readdirSync(mine)).toEqual(['mine.wgsl']);
});

test('for the processor, --out writes texts and both modules, and --check covers all of them', async () => {
  const out = join(temporaryFolder(), 'build');
  await vaec('compile', mixture, '--out', out);
  expect(await vaec('compile', mixture, '--target', 'cpu', '--out', out)).toMatchObject({ code: 0, err: '' });
  const { plan, sources, modules } = await readCompiled(out);
  const texts = plan.kernels.map(({ file }) => file);
  const wasm = ['kernels.plain.wasm', 'kernels.relaxed.wasm'];
  // The kernels for WebGPU, which lay there before, are gone.
  expect(readdirSync(out).sort()).toEqual(['model.ts', 'plan.json', ...wasm, ...texts].sort());
  expect(texts.every((file) => file.endsWith('.wat'))).toBe(true);
  expect([...sources.values()].every((text) => text.includes('(module'))).toBe(true);
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(modules!.plain)).map(({ name }) => name);
  expect(exported.sort()).toEqual(plan.kernels.map(({ name }) => name).sort());
  expect((await vaec('compile', mixture, '--target', 'cpu', '--check', out)).code).toBe(0);

  const module = join(out, wasm[0]!);
  writeFileSync(module, readFileSync(module).subarray(1));
  const stale = await vaec('compile', mixture, '--target', 'cpu', '--check', out);
  expect(stale).toMatchObject({ code: 1, err: expect.stringContaining('kernels.plain.wasm: differs') as string });
});

test('stages are printed by name, targets are chosen by name', async () => {
  for (const stage of ['tensor', 'simplified', 'kernel', 'wgsl']) {
    const { code, out } = await vaec('compile', mixture, '--dump', stage);
    expect(code, stage).toBe(0);
    expect(out, stage).toContain(stage === 'wgsl' ? '@compute' : 'encoder');
  }
  expect((await vaec('compile', mixture, '--target', 'cpu', '--dump', 'wat')).out).toContain('(func $adam_update');
  expect(await vaec('compile', mixture, '--dump', 'tokens')).toMatchObject({ code: 2, out: '' });
  const { code, err } = await vaec('compile', mixture, '--target', 'gpu9', '--dump', 'wgsl');
  expect(code).toBe(2);
  expect(err).toContain('there is portable');
});

test('explain tells what is in closed form', async () => {
  const { code, out } = await vaec('explain', mixture);
  expect(code).toBe(0);
  expect(out).toMatch(/KL\(q\(z \| x\) \|\| p\(z\)\).*closed form/);
  expect(out).toContain('adam_update');
  expect(out).toMatch(
    /^memory of training on the device\n( {2}(activations|optimizer|parameters|gradient|results|states) .*\n)+ {2}in all .* 8 bytes a row of mixture\.train/m,
  );
});

test('explain of a spec without programs says nothing of tensors that there are none of', async () => {
  const { code, out } = await vaec('explain', 'test/fixtures/bad/no-program.vae');
  expect(code).toBe(0);
  expect(out).toContain('0 parameters');
  expect(out).not.toContain('the largest tensors');
});

test('--memory has activations computed anew where a step would take more, and explain tells what that costs', async () => {
  const explained = await vaec('explain', mixture, '--memory', '500KiB');
  expect(explained.code, explained.err).toBe(0);
  expect(explained.out).toMatch(
    /^ {2}computed anew in the backward pass: \d+ contractions, [\d.]+ Mflop more a step; its buffers take \d+ KiB in place of 5\d\d KiB$/m,
  );
  expect((await vaec('explain', mixture, '--memory', '1GiB')).out).not.toContain('computed anew');
  const wrong = await vaec('explain', mixture, '--memory', 'much');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('such as 512MiB or 2GiB');
});

test('check shows a frame on standard error and ends with 1; --json prints it as data', async () => {
  const spec = join(temporaryFolder(), 'wrong.vae');
  writeFileSync(
    spec,
    readFileSync(mixture, 'utf8').replace('x ~ Normal(decoder(z), noise)', 'x ~ Normal(decodr(z), noise)'),
  );
  const shown = await vaec('check', spec);
  expect(shown.code).toBe(1);
  expect(shown.err).toContain("did you mean 'decoder'");
  expect(shown.err).toContain('^^^^^^');
  expect(shown.out).toBe('');
  const { code, out } = await vaec('check', spec, '--json');
  expect(code).toBe(1);
  const [first] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { code: string; start: { line: number } });
  const line =
    readFileSync(spec, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('decodr')) + 1;
  expect(first).toMatchObject({ code: 'unknown-name', start: { line } });
});

test('the warning of grey values ends with 0, and --quiet leaves it out', async () => {
  const shown = await vaec('check', gallery('mnist_grey'));
  expect(shown).toMatchObject({ code: 0, out: `${gallery('mnist_grey')}: 1 warning\n` });
  expect(shown.err).toContain('warning[grey-bernoulli]');
  expect(await vaec('check', '--quiet', gallery('mnist_grey'))).toEqual({ code: 0, out: '', err: '' });
});

test('check tells where schedules end, unless it is to be quiet', async () => {
  const file = (name: string) => fileURLToPath(new URL(`../../specs/diffusion/${name}.vae`, import.meta.url));
  const [mixed, cosine] = [file('ddpm_mixture'), file('ddpm_cosine')];
  expect((await vaec('check', mixed, cosine)).out).toBe(
    `noise: abar[500] = 0.0064, signal[500] = 0.08, sigma[500] = 1
${mixed}: fine
published: abar[500] = 9.7e-9, signal[500] = 0.000099, sigma[500] = 1
noise: abar[500] = 0, signal[500] = 0, sigma[500] = 1
${cosine}: fine
`,
  );
  expect((await vaec('check', '--quiet', mixed)).out).toBe('');
  const { out } = await vaec('check', '--json', cosine);
  const [, noise] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(noise).toEqual({ kind: 'schedule', name: 'noise', step: 500, tables: { abar: 0, signal: 0, sigma: 1 } });
});

test('--set of an unknown hyper, or of no number, is a usage error with a hint', async () => {
  const unknown = await vaec('check', mixture, '--set', 'latnt=3');
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("did you mean 'latent'");
  expect((await vaec('check', mixture, '--set', 'latent=many')).code).toBe(2);
});

test('a spec that is not there is told, exit 1', async () => {
  const { code, err } = await vaec('check', join(temporaryFolder(), 'none.vae'));
  expect(code).toBe(1);
  expect(err).toContain('none.vae');
});

test('fmt formats in place, fmt --check fails where it would, a broken file is left alone', async () => {
  const folder = temporaryFolder();
  const spec = join(folder, 'one.vae');
  const text = readFileSync(mixture, 'utf8');
  writeFileSync(spec, text.replaceAll(/ +/g, '  '));
  const checked = await vaec('fmt', '--check', folder);
  expect(checked.code).toBe(1);
  expect(checked.err).toContain(`run "vaec fmt ${spec}"`);
  expect((await vaec('fmt', folder)).out).toBe(`${spec}: formatted\n`);
  expect(readFileSync(spec, 'utf8')).toBe(text.replace(/^\/\/.*/, (comment) => comment.replaceAll(/ +/g, '  ')));
  expect(await vaec('fmt', '--check', folder)).toEqual({ code: 0, out: '', err: '' });

  const broken = join(folder, 'broken.vae');
  writeFileSync(broken, 'model p { z ~ }');
  const { code, err } = await vaec('fmt', folder);
  expect(code).toBe(1);
  expect(err).toContain('broken.vae');
  expect(readFileSync(broken, 'utf8')).toBe('model p { z ~ }');
});

test('a spec larger than any device is told with the figure, exit 1', async () => {
  const { code, err } = await vaec('compile', mixture, '--dump', 'wgsl', '--set', 'hidden=30000');
  expect(code).toBe(1);
  expect(err).toMatch(/takes \d+\.\d GiB/);
});
