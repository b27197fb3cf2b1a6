/** What `check` made is compiled as it is: the same bytes as by compiling from the text. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check, compile } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

test.each(['vae/mixture', 'diffusion/ddpm_mixture'])('%s', (name) => {
  const options = { entry: 'test.vae', hypers: {} };
  const host = () => testSources({ 'test.vae': readFileSync(`specs/${name}.vae`, 'utf8') });
  const { elaboration, diagnostics } = check({ ...options, host: host() });
  const fromCheck = compile({ ...options, host: host(), elaboration });
  const fromText = compile({ ...options, host: host() });
  expect(fromCheck.diagnostics).toEqual(diagnostics);
  expect(JSON.stringify(fromCheck.compiled!.plan)).toBe(JSON.stringify(fromText.compiled!.plan));
  expect([...fromCheck.compiled!.kernels]).toEqual([...fromText.compiled!.kernels]);
  expect(fromCheck.compiled!.explanation.lines).toEqual(fromText.compiled!.explanation.lines);
});
