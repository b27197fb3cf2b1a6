/**
 * The formatter: a Prettier plugin for .vae. Prettier keeps the comments; how a tree is laid out is in layout/, which
 * the one-line printer shares.
 *
 *     prettier --plugin vaec/prettier --write specs
 */
import type { AstPath, Parser, ParserOptions, Plugin, Printer, SupportLanguage } from 'prettier';
import { builders } from 'prettier/doc';
import { lineColumn } from '../diagnostics/position.ts';
import type { Span } from '../diagnostics/span.ts';
import type { SourceFile } from './ast.ts';
import { parse } from './build.ts';
import type { Comment } from './build.ts';
import { sourceFile } from './layout/declaration.ts';
import type { Doc, Layout } from './layout/layout.ts';

const { breakParent, hardline, join, lineSuffix } = builders;

/** A comment, and how Prettier attached it to a node. */
interface Attached extends Comment {
  readonly leading?: boolean;
  readonly trailing?: boolean;
  printed?: boolean;
}

/** What Prettier walks: the part of the tree that one layout prints, and those below that it prints as children. */
interface FormatNode {
  readonly span: Span;
  readonly syntax: object;
  readonly layout: (cx: Layout) => Doc;
  readonly children: readonly FormatNode[];
  /** All of them on the root; on each node its own, once they are attached. */
  readonly comments?: readonly Attached[];
}

/** A text that does not parse is refused: its first error, where Prettier looks for the place. */
export class FormatError extends SyntaxError {
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };

  constructor(message: string, start: { readonly line: number; readonly column: number }) {
    super(message);
    this.loc = { start };
  }
}

/** What Prettier formats, from a file and the comments that document none of its declarations. */
export function formatTree(file: SourceFile, comments: readonly Comment[]): FormatNode {
  return { ...formatNode(file.span, file, (cx) => sourceFile(file, cx)), comments };
}

/** Lays a node out once without printing anything, only to see which nodes it prints as its children. */
function formatNode(span: Span, syntax: object, layout: (cx: Layout) => Doc): FormatNode {
  const children: FormatNode[] = [];
  layout({
    child: (node, doc) => {
      children.push(formatNode(node.span, node, (cx) => doc(node, cx)));
      return '';
    },
    startsInline: () => false,
    blankAfter: () => false,
    dangling: () => '',
  });
  return { span, syntax, layout, children };
}

const parser: Parser<FormatNode> = {
  astFormat: 'vae',
  locStart: (node) => node.span.start,
  locEnd: (node) => node.span.end,
  parse(text, options) {
    const { file, diagnostics, comments } = parse(options.filepath ?? 'text.vae', text);
    const problem = diagnostics.find(({ severity }) => severity === 'error');
    if (problem !== undefined) throw new FormatError(problem.message, lineColumn(text, problem.span.start));
    return formatTree(file, comments);
  },
};

const printer: Printer<FormatNode> = {
  print(path, options, print) {
    const printed = path.node.layout(layoutOf(path, options, print));
    // Comments that no other place was found for, and that the layout has none for either, end the line.
    const rest = loose(path.node).map(({ text }) => lineSuffix([' ', text]));
    return rest.length === 0 ? printed : [printed, ...rest, breakParent];
  },
  // Prettier keeps the comments in the tree, as nodes that have a text and no layout.
  printComment: (path) => (path.node as unknown as Attached).text,
  isBlockComment: () => false,
  canAttachComment: () => true,
  getCommentChildNodes: (node) => [...node.children],
};

function layoutOf(path: AstPath<FormatNode>, options: ParserOptions<FormatNode>, print: Print): Layout {
  const node = path.node;
  const text = options.originalText;
  return {
    child: (child) => {
      const index = node.children.findIndex(({ syntax }) => syntax === child);
      if (index === -1) throw new Error('a layout printed a child that it did not print when its children were listed');
      return print(['children', index]);
    },
    startsInline: ({ span }) => !text.slice(text.lastIndexOf('{', span.start), span.start).includes('\n'),
    blankAfter: ({ span }) => isBlankAfter(text, span.end),
    dangling: () => {
      const comments = loose(node);
      return comments.length === 0
        ? ''
        : [
            breakParent,
            join(
              hardline,
              comments.map((comment) => comment.text),
            ),
          ];
    },
  };
}

type Print = (selector: (string | number)[]) => Doc;

/** The comments in a node that stand neither before nor after anything, and are not printed yet: now they are. */
function loose(node: FormatNode): readonly Attached[] {
  const comments = (node.comments ?? []).filter(({ leading, trailing, printed }) => !leading && !trailing && !printed);
  for (const comment of comments) comment.printed = true;
  return comments;
}

/** Whether the line after the one where something ends is empty; a comment may stand on the rest of its line. */
function isBlankAfter(text: string, end: number): boolean {
  const rest = /[ \t]*(?:\/\/[^\n]*)?\n[ \t]*\n/y;
  rest.lastIndex = end;
  return rest.test(text);
}

export const languages: SupportLanguage[] = [{ name: 'vae', parsers: ['vae'], extensions: ['.vae'] }];
export const parsers = { vae: parser };
export const printers = { vae: printer };

const plugin: Plugin<FormatNode> = { languages, parsers, printers };
export default plugin;
