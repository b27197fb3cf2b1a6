/** What the compiler tells its user: a stable code, a sentence, a place, and notes for the second places. */
import type { Span } from './span.ts';

export type Severity = 'error' | 'warning' | 'note';

export interface DiagnosticNote {
  readonly message: string;
  readonly span?: Span;
}

export interface Diagnostic {
  /** A key of the catalogue in messages.ts, such as 'unknown-name'. Stable between versions. */
  readonly code: string;
  readonly severity: Severity;
  /** Lower case, one sentence, no full stop. */
  readonly message: string;
  readonly span: Span;
  readonly notes: readonly DiagnosticNote[];
}
