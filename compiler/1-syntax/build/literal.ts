/** Numbers and strings. What is wrong about their text has been said by then: here they only get a value. */
import type { IToken } from 'chevrotain';
import type { Span } from '../../diagnostics/span.ts';
import type { Expr } from '../ast.ts';

const proper = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What a malformed number was probably meant to be: `2.` is 2.0, `.5` is 0.5, `1_000` is 1000, `15epochs` is 15. */
export function properNumber(text: string): string {
  const digits = text.replaceAll('_', '').replace(/^\./, '0.').replace(/\.$/, '.0');
  if (proper.test(digits)) return digits;
  return /^\d+(?:\.\d+)?/.exec(digits)?.[0] ?? '0';
}

export function numberLiteral(token: IToken, span: Span): Expr {
  const text = properNumber(token.image);
  return { kind: 'number', value: Number(text), text, span };
}

const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', t: '\t' };

/** The text between the quotes, without its escapes. */
export function stringValue(image: string): string {
  const quote = image.slice(0, 1);
  const closed = image.length > 1 && image.endsWith(quote);
  return image.slice(1, closed ? -1 : undefined).replaceAll(/\\(.)/g, (all, letter: string) => escapes[letter] ?? all);
}

export function stringLiteral(token: IToken, span: Span): Expr {
  return { kind: 'string', value: stringValue(token.image), span };
}

/** The escapes of a string that mean nothing, with their offsets in it. */
export function unknownEscapes(image: string): readonly { readonly escape: string; readonly offset: number }[] {
  const all = [...image.matchAll(/\\(.)/g)].map((match) => ({ escape: match[0], offset: match.index }));
  return all.filter(({ escape }) => !(escape.slice(1) in escapes));
}

/** A string as it is written: between double quotes, on one line. */
export function quoted(value: string): string {
  const letters: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' };
  return `"${value.replaceAll(/["\\\n\t]/g, (letter) => letters[letter] ?? letter)}"`;
}
