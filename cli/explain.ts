/** `vaec explain`: prints the derivation of a spec and the kernels it became. */
import type { Settings } from './options.ts';
import { compileSpec } from './specs.ts';
import type { Terminal } from './terminal.ts';

export interface ExplainFlags {
  readonly set?: Settings;
  readonly target?: string;
}

/** Prints every section of the explanation on standard output. */
export function explainCommand(spec: string, flags: ExplainFlags, terminal: Terminal): void {
  const { explanation } = compileSpec(spec, { ...flags, ...(flags.target && { profile: flags.target }) }, terminal);
  terminal.out(explanation.lines.join('\n'));
}
