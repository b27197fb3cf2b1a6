/** What the lexer and the parser say. */
import { error, warning } from './entry.ts';

export const syntaxMessages = {
  // ---- characters and words ----------------------------------------------------------------------------------------
  'unexpected-character': error(
    (p: { found: string; hint: string }) => `'${p.found}' means nothing in this language; ${p.hint}`,
  ),
  'unclosed-string': error(() => 'this string is not closed; end it with a double quote on the same line'),
  'single-quoted-string': error(() => 'a string stands between double quotes; write "…"'),
  'unknown-escape': error(
    (p: { escape: string }) => `'${p.escape}' is no escape in a string; write \\" for a quote and \\\\ for a backslash`,
  ),
  'malformed-number': error(
    (p: { found: string; instead: string }) => `'${p.found}' is not a number; write '${p.instead}'`,
  ),
  'reserved-word': error((p: { word: string }) => `'${p.word}' is a reserved word; choose another name`),

  // ---- what follows what -------------------------------------------------------------------------------------------
  'unexpected-token': error((p: { found: string; expected: string }) => `expected ${p.expected}, found ${p.found}`),
  'unclosed-bracket': error(
    (p: { open: string; close: string }) => `this '${p.open}' is never closed; add the '${p.close}' that ends it`,
  ),
  'nested-too-deeply': error(
    (p: { limit: number; of: string }) => `more than ${p.limit} ${p.of} inside one another; give inner parts a name`,
  ),
  'unattached-documentation': warning(() => "this '///' documents nothing; put it before a declaration, or write '//'"),

  // ---- what parses and makes no sense ------------------------------------------------------------------------------
  'chained-operators': error(
    (p: { first: string; second: string }) =>
      `'${p.second}' cannot follow '${p.first}' without parentheses; say which of the two comes first`,
  ),
  'power-of-log': error(() => "'^' would take the power inside the log; write '(log p(x))^2' for a power of the log"),
  'density-argument-colon': error(
    (p: { name: string }) => `a density's arguments are named with '='; write '${p.name} = …'`,
  ),
  'density-argument-without-name': error(
    () => "a density's arguments go by name; write 'x = …' (only a variable alone, 'z' or 'z[k]', needs no name)",
  ),
  'density-in-coupling': error(() => "'coupled' is no density; write 'coupled(x, by: …)' with ':' and without '|'"),
  'schedule-parameters': error(() => "a schedule's value takes no parameters; remove them, or write a block of tables"),
  'one-variable-a-draw': error(() => "'~' draws one variable here; write one statement for each"),
  'global-assignment': error(() => "only what is drawn can be global; write '~', or remove 'global'"),
  'indexed-assignment': error(
    (p: { name: string }) => `'=' gives a whole value; write '${p.name} = …' without an index`,
  ),
} as const;
