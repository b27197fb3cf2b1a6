/** `vaec explain`: prints the derivation of a spec and the kernels it became; draws the schedules that it reads. */
import { join } from 'node:path';
import { writeAtomic } from '../runtime/formats/files.ts';
import { curvesSvg } from '../runtime/pictures/curves.ts';
import type { Piece } from '../compiler/5-kernel/fuse/pieces.ts';
import type { Settings } from './options.ts';
import { compileSpec } from './specs.ts';
import type { Terminal } from './terminal.ts';

export interface ExplainFlags {
  readonly set?: Settings;
  readonly target?: string;
  readonly without?: readonly Piece[];
  /** Bytes. */
  readonly memory?: number;
  /** A folder for an SVG a schedule, its tables over the steps. */
  readonly pictures?: string;
}

/** Prints every section of the explanation on standard output. */
export async function explainCommand(spec: string, flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const { set, target, without, memory, pictures } = flags;
  const options = {
    ...(set && { set }),
    ...(target !== undefined && { profile: target }),
    ...(without && { without }),
    ...(memory !== undefined && { memory }),
  };
  const { lines, schedules } = compileSpec(spec, options, terminal).explanation;
  terminal.out(lines.join('\n'));
  if (pictures === undefined) return;
  for (const { name, tables } of schedules) {
    const file = join(pictures, `${name}.svg`);
    const curves = [...tables].map(([table, curve]) => ({ name: table, ...curve }));
    await writeAtomic(file, curvesSvg(`schedule ${name}`, curves));
    terminal.err(`${file}: the tables of the schedule '${name}'`);
  }
  if (schedules.length === 0) terminal.err(`note: no program of "${spec}" reads a schedule, so there is no picture`);
}
