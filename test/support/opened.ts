/** Specs given as text, compiled for a target and opened on its device. */
import { compile } from '../../compiler/compile.ts';
import { openModel, type Model } from '../../runtime/index.ts';
import type { Device } from '../../runtime/device/device.ts';
import { testSources } from './sources.ts';
import type { TestTarget } from './targets.ts';

/** The model of a spec; throws with the messages where it has errors. */
export async function openText(text: string, target: TestTarget['target'], device: Device): Promise<Model> {
  const profile = target === 'cpu' ? 'cpu' : 'portable';
  const { compiled, diagnostics } = compile({ entry: 'test.vae', host: testSources({ 'test.vae': text }), profile });
  if (compiled === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { plan, kernels: sources, modules } = compiled;
  return openModel({ plan, sources, ...(modules && { modules }), device });
}
