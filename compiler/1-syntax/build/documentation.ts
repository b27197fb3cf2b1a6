/** Comments out of the token stream: `///` documents the declaration that follows, `//` belongs to the formatter. */
import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/messages.ts';
import type { Span } from '../../diagnostics/span.ts';
import type { Declaration } from '../ast.ts';

/** A comment that documents nothing; `text` begins with its slashes. */
export interface Comment {
  readonly text: string;
  readonly span: Span;
}

export interface Documented {
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
  /** A warning for each `///` that documents nothing. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Gives each declaration the `///` lines between the one before it and itself. Declarations and comments in order. */
export function document(path: string, declarations: readonly Declaration[], tokens: readonly IToken[]): Documented {
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  const lines = new Map<Declaration, string[]>();
  for (const token of tokens) {
    const start = token.startOffset;
    const span = { file: path, start, end: start + token.image.length };
    const next = declarations.find((declaration) => declaration.span.start > start);
    const inside = declarations.some(({ span: of }) => of.start < start && start < of.end);
    if (!isDocumentation(token.image)) {
      comments.push({ text: token.image.trimEnd(), span });
    } else if (next !== undefined && !inside) {
      const text = token.image.slice('///'.length).replace(/^ /, '').trimEnd();
      lines.set(next, [...(lines.get(next) ?? []), text]);
    } else {
      comments.push({ text: token.image.trimEnd(), span });
      diagnostics.push(diagnostic('unattached-documentation', span, {}));
    }
  }
  const documented = declarations.map((declaration) => {
    const text = lines.get(declaration);
    return text === undefined ? declaration : { ...declaration, documentation: text.join('\n') };
  });
  return { declarations: documented, comments, diagnostics };
}

function isDocumentation(text: string): boolean {
  return text.startsWith('///') && !text.startsWith('////');
}
