/**
 * How deep a text may nest. The parser and everything after it recurse over the tree, so that depth is bounded before
 * anything recurses, on the flat list of tokens.
 */
import type { IToken } from 'chevrotain';
import { tokenMatcher } from '../../../grammar/chevrotain.ts';
import * as t from '../../../grammar/tokens.ts';

/** Brackets inside one another: each costs the recursive parser some twenty frames of stack. */
const bracketLimit = 100;
/** Operators, calls, indices and conditionals that may stand above a leaf of one tree. */
const operatorLimit = 500;

export interface Excess {
  readonly token: IToken;
  readonly limit: number;
  readonly of: string;
}

/**
 * The first token that nests too deeply, if there is one. In an expression's tree no leaf lies deeper than the brackets
 * around it and the operators written before it in each of these: that sum is what is bounded.
 */
export function tooDeep(tokens: readonly IToken[]): Excess | undefined {
  /** For each open bracket, the operators before it on its own level. */
  const outside: number[] = [];
  let above = 0;
  let here = 0;
  let afterOperand = false;
  for (const token of tokens) {
    const type = token.tokenType;
    if (type === t.LParen || type === t.LSquare || type === t.LCurly) {
      if (outside.length >= bracketLimit) return { token, limit: bracketLimit, of: 'brackets' };
      here += afterOperand ? 1 : 0;
      outside.push(here);
      above += here;
      here = 0;
    } else if (type === t.RParen || type === t.RSquare || type === t.RCurly) {
      here = outside.pop() ?? 0;
      above -= here;
    } else if (type === t.Comma || type === t.Equals || type === t.Tilde || type === t.Colon) {
      here = 0;
    } else if (tokenMatcher(token, t.Operator) || type === t.Dot || type === t.If || type === t.Log) {
      here += 1;
    }
    if (above + here > operatorLimit) return { token, limit: operatorLimit, of: 'operators' };
    afterOperand = type === t.RParen || type === t.RSquare || tokenMatcher(token, t.Identifier);
  }
  return undefined;
}
