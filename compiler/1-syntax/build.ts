/** From text to tree: lexes, parses, builds, and says what was wrong. Never throws on a text, however broken. */
import { createLexer } from '../../grammar/tokens.ts';
import { VaeParser } from '../../grammar/parser.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/messages.ts';
import { lineColumn } from '../diagnostics/position.ts';
import type { SourceFile } from './ast.ts';
import type { Context } from './build/context.ts';
import { declaration } from './build/declaration.ts';
import { document } from './build/documentation.ts';
import type { Comment } from './build/documentation.ts';
import { characterErrors, tokenErrors } from './build/errors.ts';
import { designator, expression } from './build/expression.ts';
import { tooDeep } from './build/limits.ts';
import { readTokens } from './build/recovery.ts';

export type { Comment } from './build/documentation.ts';

export interface Parsed {
  /** What could be read: whole statements of whole declarations. What is broken is left out, and reported. */
  readonly file: SourceFile;
  /** In the order of the text. Empty of errors if and only if the file is whole. */
  readonly diagnostics: readonly Diagnostic[];
  /** The comments that document no declaration, for the formatter. */
  readonly comments: readonly Comment[];
}

/** Reads a .vae text; `path` is only a name, for the spans. */
export function parse(path: string, text: string): Parsed {
  const { lex, parser } = tools();
  const { tokens, comments, errors } = lex(text);
  const diagnostics: Diagnostic[] = [...characterErrors(path, text, errors), ...tokenErrors(path, tokens)];
  const excess = tooDeep(tokens);
  if (excess !== undefined) {
    const { token, limit, of } = excess;
    const span = { file: path, start: token.startOffset, end: token.startOffset + token.image.length };
    diagnostics.push(diagnostic('nested-too-deeply', span, { limit, of }));
  }

  const spoilt = new Set(diagnostics.map(({ span: { start } }) => lineColumn(text, start).line));
  const read = readTokens(parser, path, excess === undefined ? tokens : [], spoilt);
  diagnostics.push(...read.diagnostics);

  const cx: Context = {
    path,
    report: (problem) => diagnostics.push(problem),
    expression: (node) => expression(cx, node),
    designator: (node) => designator(cx, node),
  };
  const built = document(
    path,
    read.declarations.map((node) => declaration(cx, node)),
    comments,
  );
  // Where something could not be read, what its documentation belongs to may be what is missing.
  if (diagnostics.length === 0) diagnostics.push(...built.diagnostics);
  diagnostics.sort((a, b) => a.span.start - b.span.start);
  const span = { file: path, start: 0, end: text.length };
  return { file: { path, declarations: built.declarations, span }, diagnostics, comments: built.comments };
}

/** Building the parser costs more than any text: it is built once, when the first text is read. */
const tools = once(() => ({ lex: createLexer({ validate: false }), parser: new VaeParser({ validate: false }) }));

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
