/** What every part of the grammar shares: how errors are told, and a look at the tokens ahead. */
import type { CstNode, IParserErrorMessageProvider, IToken, ParserMethod, TokenType } from 'chevrotain';
import { CstParser, tokenMatcher } from './chevrotain.ts';
import * as t from './tokens.ts';

export type Rule = ParserMethod<[], CstNode>;

export interface ParserOptions {
  /** Checks the grammar itself for ambiguities; slow, for tests. */
  readonly validate: boolean;
}

/** An error's message is only what was expected; the sentence around it belongs to the catalogue of messages. */
const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNotAllInputParsedMessage: () => 'a declaration',
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? 'something else',
  buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? 'something else',
};

export abstract class BaseParser extends CstParser {
  protected constructor(options: ParserOptions) {
    super([...t.vocabulary], {
      nodeLocationTracking: 'onlyOffset',
      maxLookahead: 2,
      errorMessageProvider: expectations,
      skipValidations: !options.validate,
    });
  }

  protected startsLine(token: IToken): boolean {
    const line = token.startLine;
    const before = this.LA(0).endLine;
    return line === undefined || !Number.isFinite(line) || before === undefined || !(line <= before);
  }

  protected is(k: number, ...types: readonly TokenType[]): boolean {
    const token = this.LA(k);
    return types.some((type) => tokenMatcher(token, type));
  }
}
