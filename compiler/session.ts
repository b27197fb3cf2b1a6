/** What one compilation carries through its stages: sources, diagnostics, the builder, the dump hook. */
import { Builder } from './4-tensor/builder.ts';
import type { Diagnostic, DiagnosticNote } from './diagnostics/diagnostic.ts';
import { diagnostic, type Code, type ParamsOf } from './diagnostics/messages.ts';
import type { Span } from './diagnostics/span.ts';

/** Reads sources for the compiler, which never touches a file system itself. */
export interface SourceHost {
  /** The text at a path as `use` names it resolved against the using file ('std/…' stays as it is), or undefined. */
  read(path: string): string | undefined;
}

export class Session {
  readonly builder = new Builder();
  readonly sources = new Map<string, string>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #said = new Set<string>();
  /** The calls being elaborated, outermost first: what is wrong inside one is also shown at the call. */
  readonly calls: Span[] = [];
  readonly host: SourceHost;

  constructor(host: SourceHost) {
    this.host = host;
  }

  /** Says something once: the same code at the same place (an objective instantiated twice) is not repeated. */
  report<C extends Code>(code: C, span: Span, params: ParamsOf<C>, notes: readonly DiagnosticNote[] = []): void {
    const [outermost] = this.calls;
    const caller = outermost === undefined ? [] : [{ message: 'in this call', span: outermost }];
    this.add(diagnostic(code, span, params, [...notes, ...caller]));
  }

  add(found: Diagnostic): void {
    const key = `${found.code} ${found.span.file} ${found.span.start} ${found.span.end}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#diagnostics.push(found);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  get failed(): boolean {
    return this.#diagnostics.some((found) => found.severity === 'error');
  }
}
