/** Reading a compiled folder. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { readCompiled } from '../../runtime/compiled.ts';
import { tinyCompiled, tinyPlan } from '../support/tiny-plan.ts';
import { temporaryFolder } from './folder.ts';

function writeCompiled(plan: unknown = tinyPlan): string {
  const folder = join(temporaryFolder(), 'compiled');
  mkdirSync(folder);
  writeFileSync(join(folder, 'plan.json'), typeof plan === 'string' ? plan : JSON.stringify(plan));
  for (const [name, text] of tinyCompiled.sources) writeFileSync(join(folder, `${name}.wgsl`), text);
  return folder;
}

test('the plan and every kernel come back, by path and by URL', async () => {
  const folder = writeCompiled();
  expect(await readCompiled(folder)).toEqual(tinyCompiled);
  expect(await readCompiled(pathToFileURL(`${folder}/`))).toEqual(tinyCompiled);
});

test('a folder that is not whole, or of another format, is refused by name', async () => {
  const folder = writeCompiled();
  rmSync(join(folder, 'update.wgsl'));
  await expect(readCompiled(folder)).rejects.toThrow(/update\.wgsl" does not exist/);
  await expect(readCompiled(join(folder, 'nowhere'))).rejects.toThrow(/plan\.json" does not exist/);
  await expect(readCompiled(writeCompiled('{"format"'))).rejects.toThrow(/not JSON/);
  await expect(readCompiled(writeCompiled('[1]'))).rejects.toThrow(/not a plan that vaec wrote/);
  await expect(readCompiled(writeCompiled({ ...tinyPlan, version: 9 }))).rejects.toThrow(/format 9.*newer one/);
  await expect(readCompiled(writeCompiled({ ...tinyPlan, version: 0 }))).rejects.toThrow(
    /format 0.*compile the spec again/,
  );
});
