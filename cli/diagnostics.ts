/** Prints what the compiler said: frames for people, JSON lines for programs; errors end the command. */
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { renderFrame } from '../compiler/diagnostics/frame.ts';
import { lineColumn } from '../compiler/diagnostics/position.ts';
import type { Span } from '../compiler/diagnostics/span.ts';
import { ToldError } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Diagnostics and the texts that their spans point into. */
export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

/** What `--set` was given wrongly is wrong on the command line, not in the spec. */
const usageCodes: ReadonlySet<string> = new Set(['unknown-hyper', 'invalid-hyper-value']);

/** Prints every diagnostic on standard error. Throws a ToldError (exit 1, or 2 where only --set is wrong) on errors. */
export function tellDiagnostics(checked: Checked, terminal: Terminal): void {
  const { diagnostics, sources } = checked;
  const width = Math.max(40, terminal.columns);
  for (const diagnostic of diagnostics) {
    if (usageCodes.has(diagnostic.code)) terminal.err(`error: ${diagnostic.message}`);
    else terminal.err(`${renderFrame(diagnostic, sources, { colour: terminal.colour, width })}\n`);
  }
  failOnErrors(diagnostics);
}

/** Throws a ToldError where there is an error among the diagnostics. */
export function failOnErrors(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new ToldError(errors.every(({ code }) => usageCodes.has(code)) ? 2 : 1);
}

/** `2 errors, 1 warning`; empty where there is neither. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: string) => diagnostics.filter((found) => found.severity === severity).length;
  const parts: string[] = [];
  for (const severity of ['error', 'warning']) {
    const n = count(severity);
    if (n > 0) parts.push(`${n} ${severity}${n === 1 ? '' : 's'}`);
  }
  return parts.join(', ');
}

/** A diagnostic as one JSON object: lines and columns count from 1, as editors do; `end` is exclusive. */
export function diagnosticJson(diagnostic: Diagnostic, sources: ReadonlyMap<string, string>): string {
  return JSON.stringify({
    severity: diagnostic.severity,
    code: diagnostic.code,
    message: diagnostic.message,
    ...place(diagnostic.span, sources),
    notes: diagnostic.notes.map(({ message, span }) => ({
      message,
      ...(span === undefined ? {} : place(span, sources)),
    })),
  });
}

function place({ file, start, end }: Span, sources: ReadonlyMap<string, string>) {
  const text = sources.get(file);
  if (text === undefined) return { file };
  return { file, start: lineColumn(text, start), end: lineColumn(text, end) };
}
