/** Every code the checker can say has a spec that makes it say so, with the rendered frame beside it as its golden. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { renderFrame } from '../../compiler/diagnostics/frame.ts';
import { checkMessages } from '../../compiler/diagnostics/messages/check.ts';
import { testSources } from '../support/sources.ts';

const folder = 'test/fixtures/bad';
const fixtures = readdirSync(folder)
  .filter((file) => file.endsWith('.vae'))
  .map((file) => file.slice(0, -'.vae'.length));

describe('diagnostics', () => {
  test.each(fixtures)('%s', async (code) => {
    const entry = `${folder}/${code}.vae`;
    const flag = /^\/\/ --set (\w+)=(\S+)/.exec(readFileSync(entry, 'utf8'));
    const hypers = flag ? { [flag[1]!]: flag[2]! } : {};
    const { diagnostics, sources } = check({ entry, host: testSources(), hypers });
    expect(diagnostics.map((found) => found.code)).toContain(code);
    const frames = diagnostics.map((found) => renderFrame(found, sources)).join('\n\n');
    await expect(`${frames}\n`).toMatchFileSnapshot(`../fixtures/bad/${code}.txt`);
  });

  test('each code of the checker has a fixture', () => {
    const missing = Object.keys(checkMessages).filter((code) => !existsSync(`${folder}/${code}.vae`));
    expect(missing).toEqual([]);
  });
});
