/** The one place where Chevrotain is loaded, so that a build may put its single-file form here and start faster. */
export { CstParser, Lexer, createToken, generateCstDts, tokenMatcher } from 'chevrotain';
