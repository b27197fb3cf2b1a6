/** What one compilation carries through its stages: sources, diagnostics, the builder. */
import { Builder } from './4-tensor/builder.ts';
import type { HostClock } from './4-tensor/host.ts';
import type { Diagnostic, DiagnosticNote } from './diagnostics/diagnostic.ts';
import { diagnostic, type Code, type ParamsOf } from './diagnostics/messages.ts';
import type { Span } from './diagnostics/span.ts';

/** Reads sources for the compiler, which never touches a file system itself. */
export interface SourceHost {
  /** The text at a path as `use` names it resolved against the using file ('std/…' stays as it is), or undefined. */
  read(path: string): string | undefined;
  /** Stands before 'std/…' where the library is not this compiler's but the one that a run was begun with. */
  readonly library?: string;
  /** The finished run in a folder, its path resolved like that of a file; or in words why there is none to use. */
  run?(folder: string): UsedRun | { readonly problem: string };
}

/** A finished run as the compiler sees it: a spec, and the moment its parameters are of. The numbers stay outside. */
export interface UsedRun {
  /** Where it lies; everything that `host` reads for it begins so. */
  readonly folder: string;
  /** The path of its spec, for `host`. */
  readonly spec: string;
  /** Reads its spec, the library as it was then, and the runs that it has used itself. */
  readonly host: SourceHost;
  /** `--set name=value`, as it was begun with. */
  readonly settings: Readonly<Record<string, string>>;
  /** The end of its training, for hypers that are schedules. */
  readonly clock: HostClock;
  /** Fingerprint of its checkpoint: other numbers, another fingerprint. */
  readonly checkpoint: string;
}

/** A call that is being elaborated: where it stands, and what is elaborated anew for it. */
export interface Call {
  readonly span: Span;
  readonly body: Span;
}

export class Session {
  readonly builder = new Builder();
  /** Every text that was read, by its path. */
  readonly sources = new Map<string, string>();
  /** The finished runs that the spec uses, and those that they use, by name. */
  readonly runs = new Map<string, UsedRun>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #said = new Set<string>();
  /** The calls being elaborated, outermost first: what is wrong inside one is also shown at the call. */
  readonly #calls: Call[] = [];
  readonly host: SourceHost;

  constructor(host: SourceHost) {
    this.host = host;
  }

  /** Runs `elaborate` as what happens in these calls, the outermost first. */
  within<T>(calls: readonly Call[], elaborate: () => T): T {
    const around = this.#calls.length;
    this.#calls.push(...calls);
    const result = elaborate();
    this.#calls.length = around;
    return result;
  }

  /**
   * Says something once: the same sentence at the same place is not repeated, be it found by another pass or in another
   * program. Where the place lies in what a call elaborates anew, it is another mistake for another call.
   */
  report<C extends Code>(code: C, span: Span, params: ParamsOf<C>, notes: readonly DiagnosticNote[] = []): void {
    const [outermost] = this.#calls;
    const caller = outermost === undefined ? [] : [{ message: 'in this call', span: outermost.span }];
    this.add(diagnostic(code, span, params, [...notes, ...caller]), this.#callAround(span));
  }

  add(found: Diagnostic, call = ''): void {
    const { file, start, end } = found.span;
    const key = JSON.stringify([found.code, file, start, end, found.message]);
    if (this.#said.has(key) || this.#said.has(key + call)) return;
    this.#said.add(key + call);
    this.#diagnostics.push(found);
  }

  /** The text of the call whose arguments decide what stands at `span`; empty where none does. Equal calls are one. */
  #callAround(span: Span): string {
    let place = span;
    for (let i = this.#calls.length - 1; i >= 0; i--) {
      const call = this.#calls[i]!;
      const isInside = call.body.file === place.file && call.body.start <= place.start && place.end <= call.body.end;
      if (isInside) place = call.span;
    }
    return place === span ? '' : (this.sources.get(place.file)?.slice(place.start, place.end) ?? '');
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  get failed(): boolean {
    return this.#diagnostics.some((found) => found.severity === 'error');
  }
}
