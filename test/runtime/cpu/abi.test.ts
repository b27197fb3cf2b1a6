/** What the compiler hands over is what the executor calls: each kernel's export takes what the plan says. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import { findSimd } from '../../../runtime/cpu/engine.ts';
import { diskSources } from '../../../runtime/spec-sources.ts';

describe.each(['mixture', 'mixed_items'])('specs/vae/%s.vae', (spec) => {
  test('has an export a kernel that takes its bindings, its scalars, its scratch and a range', () => {
    const form = findSimd();
    const host = diskSources();
    const { plan, modules } = compile({ entry: `specs/vae/${spec}.vae`, host, profile: 'cpu' }).compiled!;
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(modules![form]), { vaec: { memory } });
    const taken = plan.kernels.map(({ name }) => [name, (exports[name] as (() => void) | undefined)?.length]);
    const wanted = plan.kernels.map(({ name, bindings, scalars, scratch = 0 }) => [
      name,
      bindings.length + (scalars.length > 0 ? 1 : 0) + (scratch > 0 ? 1 : 0) + 2,
    ]);
    expect(taken).toEqual(wanted);
  });
});
