/** The typed module of a compiled spec: it type-checks under strict settings, and its bytes do not change. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emitModule } from '../../compiler/6-emit/glue.ts';
import { compileSpec } from '../../cli/specs.ts';
import type { Plan } from '../../compiler/5-kernel/plan.ts';
import { record } from '../cli/recorder.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(root, 'test', 'glue', 'tmp-'));
afterAll(() => rmSync(folder, { recursive: true }));

const gallery: { plan?: Plan; text?: string } = {};
beforeAll(async () => {
  gallery.plan = compileSpec(join(root, 'specs/vae/mnist_grey.vae'), { quiet: true }, record().terminal).plan;
  gallery.text = await emitModule(gallery.plan);
});

/** What TypeScript says of files, with `vaec/runtime` read from the sources. */
function typeErrors(files: readonly string[]): readonly string[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram([...files], {
    ...options,
    noEmit: true,
    paths: { 'vaec/runtime': [join(root, 'runtime/index.ts')] },
  });
  const own = files.map((file) => program.getSourceFile(file)!);
  return own
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

test('it type-checks under strict settings, and so does a program that uses it', () => {
  writeFileSync(join(folder, 'model.ts'), gallery.text!);
  writeFileSync(
    join(folder, 'use.ts'),
    `import { open, type Parameters } from './model.ts';
const model = await open({ seed: 1 });
await model.train({ epochs: 2, out: 'runs/x' });
const { 'elbo(p, q)': elbo, 'kl_per_dim(q, p)': kl } = await model.evaluate();
export const bound: number = elbo.value + (elbo.standardError ?? 0);
export const dimensions: readonly number[] = kl.values;
export const shape: readonly number[] = (await model.sample.interpolate({ n: 9, rows: { a: 1, b: 2 } })).shape;
const parameters: Parameters = await model.parameters();
export const weight: Float32Array = parameters['encoder.dense_1.weight'];
model.close();
`,
  );
  expect(typeErrors([join(folder, 'model.ts'), join(folder, 'use.ts')])).toEqual([]);
});

test('a program that uses it wrongly does not type-check', () => {
  writeFileSync(join(folder, 'model.ts'), gallery.text!);
  writeFileSync(
    join(folder, 'wrong.ts'),
    `import { open } from './model.ts';
const model = await open();
await model.sample.priors();
(await model.evaluate())['elbo(q, p)'];
(await model.parameters())['encoder.dense_9.weight'];
await model.sample.interpolate({ rows: { c: 1 } });
`,
  );
  const errors = typeErrors([join(folder, 'wrong.ts')]).join('\n');
  for (const wrong of ['priors', 'elbo(q, p)', 'encoder.dense_9.weight', "'c'"]) expect(errors).toContain(wrong);
});

test('two emissions of one plan are equal, byte for byte', async () => {
  expect(await emitModule(gallery.plan!)).toBe(gallery.text);
});

test('its only import is the runtime', () => {
  expect(gallery.text!.match(/from '[^']*'|import\(/g)).toEqual(["from 'vaec/runtime'"]);
});
