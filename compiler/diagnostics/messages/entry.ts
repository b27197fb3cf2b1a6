/** How an entry of the message catalogue is written: `'code': error((p: { name: string }) => `…`)`. */
import type { Severity } from '../diagnostic.ts';

/** A severity and the sentence for it: lower case, no full stop, saying what to do. */
export interface Entry<Params> {
  readonly severity: Severity;
  readonly text: (params: Params) => string;
}

/** What a code without parameters is given: `diagnostic('code', span, {})`. */
export type NoParams = Readonly<Record<string, never>>;

type Text<Params> = (params: Params) => string;

export const error = <Params = NoParams>(text: Text<Params>): Entry<Params> => ({ severity: 'error', text });
export const warning = <Params = NoParams>(text: Text<Params>): Entry<Params> => ({ severity: 'warning', text });
export const note = <Params = NoParams>(text: Text<Params>): Entry<Params> => ({ severity: 'note', text });
