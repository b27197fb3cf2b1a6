/** `vaec compile`: writes the kernels, the plan and the typed module of a spec, or says whether a build is stale. */
import type { Piece } from '../compiler/5-kernel/fuse/pieces.ts';
import { stages } from '../compiler/compile.ts';
import { UsageError } from '../runtime/errors.ts';
import { artifactsOf, staleness, writeArtifacts, type Artifacts } from './artifacts.ts';
import { ToldError } from './failure.ts';
import type { Settings } from './options.ts';
import { compileSpec, type CompileFlags } from './specs.ts';
import type { Terminal } from './terminal.ts';

export interface CompileCommandFlags {
  readonly out?: string;
  readonly check?: string;
  readonly dump?: string;
  readonly target?: string;
  readonly without?: readonly Piece[];
  /** Bytes. */
  readonly memory?: number;
  readonly set?: Settings;
}

/** Exactly one of `out`, `check`, `dump` says what to do with the compiled spec. */
export async function compileCommand(spec: string, flags: CompileCommandFlags, terminal: Terminal): Promise<void> {
  const { out, check, dump, target, without, set, memory } = flags;
  if ([out, check, dump].filter((choice) => choice !== undefined).length !== 1) {
    throw new UsageError('vaec compile needs one of --out DIR, --check DIR and --dump STAGE');
  }
  const options: CompileFlags = {
    ...(set && { set }),
    ...(target && { profile: target }),
    ...(without && { without }),
    ...(memory !== undefined && { memory }),
  };
  if (dump !== undefined) return dumpStage(spec, dump, options, terminal);
  const files = await artifactsOf(compileSpec(spec, options, terminal));
  if (out !== undefined) {
    const written = await writeArtifacts(out, files);
    const same = written.length === 0 ? 'nothing has changed' : `${written.length} of them written`;
    terminal.out(`${out}: ${files.size} files, ${same}`);
  } else if (check !== undefined) {
    await checkBuild(spec, check, files, terminal);
  }
}

async function checkBuild(spec: string, folder: string, files: Artifacts, terminal: Terminal) {
  const { changed, missing, left } = await staleness(folder, files);
  for (const file of changed) terminal.err(`${folder}/${file}: differs from what "${spec}" compiles to`);
  for (const file of missing) terminal.err(`${folder}/${file}: is missing`);
  for (const file of left) terminal.err(`${folder}/${file}: is no longer part of "${spec}"`);
  if (changed.length + missing.length + left.length > 0) {
    terminal.err(`"${folder}" is stale; run "vaec compile ${spec} --out ${folder}"`);
    throw new ToldError(1);
  }
  terminal.out(`${folder}: up to date, ${files.size} files`);
}

function dumpStage(spec: string, stage: string, options: CompileFlags, terminal: Terminal): void {
  if (!(stages as readonly string[]).includes(stage)) {
    throw new UsageError(`--dump: there is no stage "${stage}"; there is ${stages.join(', ')}`);
  }
  const dump = (reached: string, text: string) => {
    if (reached === stage) terminal.out(text.trimEnd());
  };
  compileSpec(spec, { ...options, dump }, terminal);
}
