/**
 * Several errors in one run. Only the first error of a parse can be trusted: where a text is broken, each declaration is
 * read on its own, the statement with the first error is cut out, and the rest is read again. What is reported is then
 * never the consequence of something reported before.
 */
import type { IRecognitionException, IToken } from 'chevrotain';
import { tokenMatcher } from '../../../grammar/chevrotain.ts';
import type { DeclarationCstNode, FileCstNode } from '../../../grammar/cst.generated.d.ts';
import { declarationWords } from '../../../grammar/parser.ts';
import type { VaeParser } from '../../../grammar/parser.ts';
import * as t from '../../../grammar/tokens.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { innermostOpen, openBrackets, parserError } from './errors.ts';

/** Errors reported of one declaration: who has made as many reads the first ones. */
const errorLimit = 20;

export interface Read {
  /** What is whole, in order. A declaration loses the statements that are broken, or is lost where its head is. */
  readonly declarations: readonly DeclarationCstNode[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a file's tokens. What does not fit on the `spoilt` lines, of which something is reported already, is not news. */
export function readTokens(
  parser: VaeParser,
  path: string,
  tokens: readonly IToken[],
  spoilt: ReadonlySet<number>,
): Read {
  const whole = parseOnce(parser, tokens);
  if (whole.error === undefined) return { declarations: whole.declarations, diagnostics: [] };
  const parts = segments(tokens).map((part) => readSegment(parser, path, tokens, part, spoilt));
  return {
    declarations: parts.flatMap(({ declarations }) => declarations),
    diagnostics: parts.flatMap(({ diagnostics }) => diagnostics),
  };
}

interface Attempt {
  readonly declarations: readonly DeclarationCstNode[];
  readonly error: IRecognitionException | undefined;
}

function parseOnce(parser: VaeParser, tokens: readonly IToken[]): Attempt {
  parser.input = [...tokens];
  const file = parser.file() as FileCstNode | undefined;
  const error = parser.errors[0];
  parser.input = [];
  // What follows a whole declaration and belongs to none leaves that declaration whole.
  const whole = error === undefined || isPastEnd(error);
  return { declarations: whole ? (file?.children.declaration ?? []) : [], error };
}

function readSegment(
  parser: VaeParser,
  path: string,
  tokens: readonly IToken[],
  part: readonly IToken[],
  spoilt: ReadonlySet<number>,
): Read {
  const diagnostics: Diagnostic[] = [];
  const next = tokens[tokens.indexOf(part[0]!) + part.length];
  let left = part;
  /** Where something was cut out: an error there is what the cut has torn off, and no mistake of its own. */
  let seam = -1;
  while (diagnostics.length < errorLimit) {
    const { declarations, error } = parseOnce(parser, left);
    if (error === undefined) return { declarations, diagnostics };
    const found = left.indexOf(error.token);
    const index = found === -1 ? left.length : found;
    const at = left[index] ?? next;
    const torn = isTorn(left, seam, index);
    const past = isPastEnd(error) && diagnostics.length > 0 && !(startsLine(left, index) && isOutermost(tokens, at));
    if (!torn && !past && !spoilt.has(at?.startLine ?? 0)) diagnostics.push(parserError(path, tokens, error, at));
    const cut = isPastEnd(error) ? undefined : cutOut(left, torn ? seam - 1 : index);
    if (cut === undefined) return { declarations, diagnostics };
    left = cut.tokens;
    seam = cut.seam;
  }
  return { declarations: [], diagnostics };
}

/** At the seam of a cut, or after a name there that the statement before the cut has swallowed. */
function isTorn(tokens: readonly IToken[], seam: number, index: number): boolean {
  if (seam === -1 || tokens[seam] === undefined) return index === seam;
  return index === seam || (index === seam + 1 && tokenMatcher(tokens[seam], t.Identifier));
}

/** The declaration has ended: what follows belongs to nothing, and cutting it out would teach nothing. */
function isPastEnd(error: IRecognitionException): boolean {
  return error.context.ruleStack.length === 0;
}

function isOutermost(tokens: readonly IToken[], token: IToken | undefined): boolean {
  return (token?.startColumn ?? 1) <= (tokens[0]?.startColumn ?? 1);
}

/**
 * A broken file's tokens, divided where a declaration seems to begin: a declaration's word that what follows does not
 * show to be a name, first on a line that is indented no further than the file's first.
 */
function segments(tokens: readonly IToken[]): readonly IToken[][] {
  const parts: IToken[][] = [];
  tokens.forEach((token, i) => {
    const outermost = startsLine(tokens, i) && isOutermost(tokens, token);
    const begins = outermost && declarationWords.has(token.tokenType) && !showsName(tokens[i + 1]);
    const part = parts.at(-1);
    if (part === undefined || begins) parts.push([token]);
    else part.push(token);
  });
  return parts;
}

/** Whether the token after a contextual word shows that the word is a name. */
function showsName(next: IToken | undefined): boolean {
  const signs = [t.Equals, t.Tilde, t.Colon, t.Comma, t.Dot, t.Bar, t.RParen, t.LSquare, t.RSquare, t.RCurly];
  return next === undefined || signs.includes(next.tokenType) || tokenMatcher(next, t.Operator);
}

function startsLine(tokens: readonly IToken[], index: number): boolean {
  return tokens[index]?.startLine !== tokens[index - 1]?.endLine;
}

interface Cut {
  readonly tokens: readonly IToken[];
  /** The index of what follows what was cut out, where that may have been broken off; else -1. */
  readonly seam: number;
}

/** A declaration's tokens without the statement around `index`; undefined where that is its head, or after its end. */
function cutOut(tokens: readonly IToken[], index: number): Cut | undefined {
  const starts = statementStarts(tokens);
  const opener = innermostOpen(tokens.slice(0, index));
  const open = opener === undefined || opener.tokenType === t.LCurly ? index : tokens.indexOf(opener);
  // Where an earlier line left a bracket open, that line is broken, and this one may be whole.
  const left = open < index && starts.includes(index);
  const from = starts.findLast((start) => start <= (left ? open : index)) ?? 0;
  const to = left ? index : (starts.find((start) => start > index) ?? tokens.length);
  if (from === 0 || index >= tokens.length) return undefined;
  const removed = withBraces(tokens, from, to);
  const rest = tokens.filter((_, i) => !removed.has(i));
  return { tokens: rest, seam: left ? -1 : from };
}

/** The indices from `from` to `to`, but no brace without its partner: a block whose head goes loses both its braces. */
function withBraces(tokens: readonly IToken[], from: number, to: number): ReadonlySet<number> {
  const partners = bracePartners(tokens);
  const removed = new Set<number>();
  for (let i = from; i < to; i++) {
    const partner = partners.get(i);
    if (partner !== undefined && partner < from) continue;
    removed.add(i);
    if (partner !== undefined) removed.add(partner);
  }
  return removed;
}

/** For each brace that has one, the index of the brace that it opens or closes. */
function bracePartners(tokens: readonly IToken[]): ReadonlyMap<number, number> {
  const partners = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach(({ tokenType }, i) => {
    if (tokenType === t.LCurly) open.push(i);
    const opener = tokenType === t.RCurly ? open.pop() : undefined;
    if (opener !== undefined) partners.set(i, opener).set(opener, i);
  });
  return partners;
}

/**
 * Where statements begin: first on a line, with no bracket open but braces. A line that is indented no further than the
 * statement before it and looks like a statement is one too, whatever was left open.
 */
function statementStarts(tokens: readonly IToken[]): readonly number[] {
  const starts = [0];
  let open: readonly IToken[] = [];
  let margin = 0;
  tokens.forEach((token, i) => {
    if (i > 0 && startsLine(tokens, i)) {
      const column = token.startColumn ?? 1;
      const braces = open.filter(({ tokenType }) => tokenType === t.LCurly);
      if (braces.length === open.length || (column <= margin && looksLikeStatement(tokens, i))) {
        open = braces;
        margin = column;
        starts.push(i);
      }
    }
    open = openBrackets([token], open);
  });
  return starts;
}

function looksLikeStatement(tokens: readonly IToken[], index: number): boolean {
  const { tokenType } = tokens[index]!;
  if (tokenType === t.For || tokenType === t.Return || tokenType === t.RCurly) return true;
  const next = tokens[index + 1];
  return tokenMatcher(tokens[index]!, t.Identifier) && next !== undefined && !tokenMatcher(next, t.Operator);
}
