/** What the lexer and the parser could not read, in the words of the catalogue; one diagnostic for one mistake. */
import type { ILexingError, IRecognitionException, IToken, TokenType } from 'chevrotain';
import { tokenMatcher } from '../../../grammar/chevrotain.ts';
import { declarationWords } from '../../../grammar/parser.ts';
import { clauseWords } from '../../../grammar/programs.ts';
import * as t from '../../../grammar/tokens.ts';
import type { Diagnostic, DiagnosticNote } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/messages.ts';
import { closest } from '../../diagnostics/spelling.ts';
import type { Span } from '../../diagnostics/span.ts';
import { properNumber, unknownEscapes } from './literal.ts';

/** Tokens that were read as what they were probably meant to be. */
export function tokenErrors(path: string, tokens: readonly IToken[]): readonly Diagnostic[] {
  return tokens.flatMap((token): readonly Diagnostic[] => {
    const span = spanOf(path, token);
    if (token.tokenType === t.MalformedNumber) {
      const instead = properNumber(token.image);
      return [diagnostic('malformed-number', span, { found: token.image, instead })];
    }
    if (token.tokenType === t.MalformedString) {
      return [diagnostic(token.image.startsWith("'") ? 'single-quoted-string' : 'unclosed-string', span, {})];
    }
    if (token.tokenType !== t.StringLiteral) return [];
    return unknownEscapes(token.image).map(({ escape, offset }) => {
      const start = span.start + offset;
      return diagnostic('unknown-escape', { file: path, start, end: start + escape.length }, { escape });
    });
  });
}

/** Characters that no token begins with. */
export function characterErrors(path: string, text: string, errors: readonly ILexingError[]): readonly Diagnostic[] {
  return errors.map(({ offset, length }) => {
    const found = text.slice(offset, offset + length);
    const hint = /\p{L}/u.test(found) ? 'names are made of the letters a to z, digits and _' : 'remove it';
    return diagnostic('unexpected-character', { file: path, start: offset, end: offset + length }, { found, hint });
  });
}

const closing = new Map([
  ["')'", { open: t.LParen, close: ')' }],
  ["']'", { open: t.LSquare, close: ']' }],
  ["'}'", { open: t.LCurly, close: '}' }],
]);
const pairs = new Map<TokenType, TokenType>([
  [t.RParen, t.LParen],
  [t.RSquare, t.LSquare],
  [t.RCurly, t.LCurly],
]);

const openers: ReadonlySet<TokenType> = new Set(pairs.values());

/** Better words for what a rule expected. */
const instead: Readonly<Record<string, string>> = {
  'designator: a name': "a density, or '(' for the function",
};

/** What else could have stood where a rule wanted its closing bracket. */
const alternatives: Readonly<Record<string, string>> = {
  block: "a statement or '}'",
  dataBlock: "a field, a clause or '}'",
  program: "a clause or '}'",
  alternate: "'repeat', 'maximize', 'minimize' or '}'",
  turn: "'maximize', 'minimize' or '}'",
  target: "']'",
};

/** The diagnostic of one error in a file's tokens; `at` is the token that did not fit, undefined at the file's end. */
export function parserError(
  path: string,
  tokens: readonly IToken[],
  error: IRecognitionException,
  at: IToken | undefined,
): Diagnostic {
  const index = at === undefined ? tokens.length : tokens.indexOf(at);
  const before = tokens[index - 1];
  const end = before === undefined ? 0 : spanOf(path, before).end;
  const span = at === undefined ? { file: path, start: end, end } : spanOf(path, at);
  const found = at === undefined ? 'the end of the file' : describe(at);

  const closer = closing.get(error.message);
  const opener = closer && innermostOpen(tokens.slice(0, index));
  if (closer !== undefined && opener?.tokenType === closer.open && isForgotten(tokens, opener, at, before)) {
    const where = { message: `expected '${closer.close}' before ${found}`, span };
    return diagnostic('unclosed-bracket', spanOf(path, opener), { open: opener.image, close: closer.close }, [where]);
  }
  const reserved = reservedName(at, before, tokens[index + 1], error.message);
  if (reserved !== undefined) {
    return diagnostic('reserved-word', spanOf(path, reserved), { word: reserved.image });
  }
  const rule = ruleOf(error);
  const expected =
    closer === undefined
      ? (instead[`${rule}: ${error.message}`] ?? error.message)
      : (alternatives[rule] ?? `',' or '${closer.close}'`);
  return diagnostic('unexpected-token', span, { found, expected }, at === undefined ? [] : hints(error, at));
}

/** Whether `opener` was left open: the file ends, a line begins in an expression, or a declaration no further indented. */
function isForgotten(
  tokens: readonly IToken[],
  opener: IToken,
  at: IToken | undefined,
  before: IToken | undefined,
): boolean {
  if (at === undefined) return true;
  if (at.startLine === before?.endLine) return false;
  if (opener.tokenType !== t.LCurly) return true;
  const first = tokens.find(({ startLine }) => startLine === opener.startLine);
  return declarationWords.has(at.tokenType) && (at.startColumn ?? 1) <= (first?.startColumn ?? 1);
}

/** `E = 3`, `log ~ Normal(0, 1)`: a reserved word where a name was meant. */
function reservedName(
  at: IToken | undefined,
  before: IToken | undefined,
  after: IToken | undefined,
  expected: string,
): IToken | undefined {
  const assigns = (token: IToken | undefined) =>
    token !== undefined && [t.Equals, t.Tilde, t.Colon].includes(token.tokenType);
  const isReserved = (token: IToken | undefined) => token !== undefined && t.reservedTypes.includes(token.tokenType);
  const alone = at?.startLine !== before?.endLine;
  if (isReserved(at) && (assigns(after) || (expected === 'a name' && !alone))) return at;
  return assigns(at) && isReserved(before) ? before : undefined;
}

/** The rule that an error arose in; what follows a whole file arose in none. */
function ruleOf(error: IRecognitionException): string {
  return error.context.ruleStack.at(-1) ?? 'file';
}

function hints(error: IRecognitionException, at: IToken): readonly DiagnosticNote[] {
  const rule = ruleOf(error);
  const known = rule === 'file' ? declarationWords : rule === 'program' ? clauseWords : undefined;
  if (known === undefined || !tokenMatcher(at, t.Identifier) || known.has(at.tokenType)) return [];
  const names = [...known].map((type) => (type.LABEL ?? type.name).replaceAll("'", ''));
  const near = closest(at.image, names);
  const what = rule === 'file' ? 'a declaration' : 'a clause';
  return [{ message: near === undefined ? `${what} begins with ${names.join(', ')}` : `did you mean '${near}'?` }];
}

/** The last bracket among the tokens that is still open. */
export function innermostOpen(tokens: readonly IToken[]): IToken | undefined {
  return openBrackets(tokens, []).at(-1);
}

/** The brackets that are open after some tokens; a closing one that matches none of them is passed over. */
export function openBrackets(tokens: readonly IToken[], before: readonly IToken[]): readonly IToken[] {
  return tokens.reduce<readonly IToken[]>((open, token) => {
    if (openers.has(token.tokenType)) return [...open, token];
    const opener = pairs.get(token.tokenType);
    const match = opener === undefined ? -1 : open.findLastIndex(({ tokenType }) => tokenType === opener);
    return match === -1 ? open : open.slice(0, match);
  }, before);
}

function describe(token: IToken): string {
  if (tokenMatcher(token, t.StringLiteral)) return 'a string';
  return `'${token.image}'`;
}

function spanOf(path: string, token: IToken): Span {
  return { file: path, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}
