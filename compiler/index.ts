/** The compiler as a library: checks and compiles specs handed in as text, anywhere JavaScript runs. */
export {
  check,
  compile,
  stages,
  type Checked,
  type CheckOptions,
  type Compilation,
  type Compiled,
  type CompileOptions,
  type SourceHost,
  type Stage,
} from './compile.ts';
export type { Piece } from './5-kernel/fuse/pieces.ts';
export type { Plan } from './5-kernel/plan.ts';
export type { Diagnostic, DiagnosticNote, Severity } from './diagnostics/diagnostic.ts';
export { renderFrame } from './diagnostics/frame.ts';
export type { Explanation } from './explain.ts';
