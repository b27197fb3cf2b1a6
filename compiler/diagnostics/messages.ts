/** The catalogue of everything the compiler says, by code, and the one way to make a diagnostic from it. */
import type { Diagnostic, DiagnosticNote } from './diagnostic.ts';
import { checkMessages } from './messages/check.ts';
import type { Entry, NoParams } from './messages/entry.ts';
import { syntaxMessages } from './messages/syntax.ts';
import type { Span } from './span.ts';

export const messages = { ...syntaxMessages, ...checkMessages } as const;

export type Code = keyof typeof messages;

/** The parameters that the sentence of a code needs. */
export type ParamsOf<C extends Code> = (typeof messages)[C] extends Entry<infer Params> ? Params : never;

/** Codes whose sentence is always the same. */
export type PlainCode = { [C in Code]: ParamsOf<C> extends NoParams ? C : never }[Code];

/** Makes the diagnostic of `code` at `span`; `params` fill its sentence, `notes` point at second places. */
export function diagnostic<C extends Code>(
  code: C,
  span: Span,
  params: ParamsOf<C>,
  notes: readonly DiagnosticNote[] = [],
): Diagnostic {
  const entry = messages[code] as unknown as Entry<ParamsOf<C>>;
  return { code, severity: entry.severity, message: entry.text(params), span, notes };
}
