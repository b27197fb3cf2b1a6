/** What the layouts share: how a child is printed, and the shapes that keep coming back. */
import { builders } from 'prettier/doc';
import type { Span } from '../../diagnostics/span.ts';
import type { Name } from '../ast.ts';

export type Doc = builders.Doc;

export interface Spanned {
  readonly span: Span;
}

/**
 * The surroundings of a layout: the formatter, which wraps a child's comments around it and remembers how the text was
 * written, or the one-line printer, which knows neither.
 */
export interface Layout {
  readonly child: <T extends Spanned>(node: T, doc: (node: T, cx: Layout) => Doc) => Doc;
  /** Whether `first`, the first in a block, stands on the line of the brace, so that a short block stays there. */
  readonly startsInline: (first: Spanned) => boolean;
  /** Whether an empty line follows. */
  readonly blankAfter: (node: Spanned) => boolean;
  /** The comments in a node that has nothing for them to stand before or after. */
  readonly dangling: () => Doc;
}

const { group, hardline, ifBreak, indent, join, line, softline } = builders;

/** `open a, b close`, one item a line where it does not fit. */
export function listing(open: string, items: readonly Doc[], close: string): Doc {
  if (items.length === 0) return [open, close];
  return group([open, indent([softline, join([',', line], [...items])]), softline, close]);
}

/** `a, b`, continued on indented lines where it does not fit. */
export function series(items: readonly Doc[]): Doc {
  return indent(join([',', line], [...items]));
}

/**
 * `{ … }`: an item a line, at most one empty line between two; on one line where it was written so and fits, two spaces
 * between the items.
 */
export function block<T extends Spanned>(cx: Layout, items: readonly T[], doc: (item: T, cx: Layout) => Doc): Doc {
  const [first] = items;
  if (first === undefined) return emptyBlock(cx);
  if (cx.startsInline(first)) {
    const gap = [ifBreak('', ' '), line];
    const inside = join(
      gap,
      items.map((item) => cx.child(item, doc)),
    );
    return group(['{', indent([line, inside]), line, '}']);
  }
  return ['{', indent([hardline, stacked(cx, items, doc)]), hardline, '}'];
}

function emptyBlock(cx: Layout): Doc {
  const comments = cx.dangling();
  return comments === '' ? '{}' : ['{', indent([hardline, comments]), hardline, '}'];
}

/** One item a line, empty lines as they were. */
export function stacked<T extends Spanned>(cx: Layout, items: readonly T[], doc: (item: T, cx: Layout) => Doc): Doc {
  return items.map((item, i) => {
    const printed = cx.child(item, doc);
    if (i === items.length - 1) return printed;
    return [printed, hardline, cx.blankAfter(item) ? hardline : ''];
  });
}

/** `name` or `name[index]`. */
export function indexed(name: Name, index: Name | undefined): string {
  return index === undefined ? name.text : `${name.text}[${index.text}]`;
}
