/**
 * For the tests of your own specs: the kernels that a spec compiles to, as texts to snapshot. With vitest:
 *
 *     import { compileKernels } from 'vaec/testing';
 *     test.each([...compileKernels('specs/mine.vae').kernels])('%s', (name, text) => {
 *       expect(text).toMatchSnapshot();
 *     });
 */
import { compile } from '../compiler/compile.ts';
import type { Plan } from '../compiler/5-kernel/plan.ts';
import { renderFrame } from '../compiler/diagnostics/frame.ts';
import { UserError } from './errors.ts';
import { diskSources } from './spec-sources.ts';

export interface CompileKernelsOptions {
  /** The target profile; `portable` where absent. */
  readonly profile?: string;
  /** What `--set NAME=value` gives: the text of each value. */
  readonly set?: Readonly<Record<string, string>>;
  /** The text of a spec by its path; files on disk where it gives nothing. */
  readonly read?: (path: string) => string | undefined;
}

export interface SpecKernels {
  /** WGSL by kernel name, in the order of the plan. The same spec and options give the same bytes. */
  readonly kernels: ReadonlyMap<string, string>;
  readonly plan: Plan;
  /** Warnings and notes as the command line shows them. */
  readonly remarks: readonly string[];
}

/** Compiles the spec at a path, without a device. Throws a UserError with every error's frame where it does not check. */
export function compileKernels(spec: string, options: CompileKernelsOptions = {}): SpecKernels {
  const disk = diskSources();
  const { diagnostics, sources, compiled } = compile({
    entry: spec,
    host: { read: (path) => options.read?.(path) ?? disk.read(path) },
    ...(options.profile !== undefined && { profile: options.profile }),
    ...(options.set && { hypers: options.set }),
  });
  const frames = (isError: boolean) =>
    diagnostics
      .filter(({ severity }) => (severity === 'error') === isError)
      .map((diagnostic) => renderFrame(diagnostic, sources));
  if (compiled === undefined) throw new UserError(`"${spec}" does not compile:\n\n${frames(true).join('\n\n')}`);
  return { kernels: compiled.kernels, plan: compiled.plan, remarks: frames(false) };
}
