/** From offsets to lines and columns, as editors count them. */

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

/** The line and column of an offset; an offset past the end is the end. Lines end with `\n` or `\r\n`. */
export function lineColumn(text: string, offset: number): Position {
  const end = Math.max(0, Math.min(offset, text.length));
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, column: end - lineStart + 1 };
}

/** The text of the line around an offset, without its line end, and where that line starts. */
export function lineAround(text: string, offset: number): { readonly text: string; readonly start: number } {
  const at = Math.max(0, Math.min(offset, text.length));
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  const newline = text.indexOf('\n', at);
  const line = text.slice(start, newline === -1 ? text.length : newline);
  return { text: line.endsWith('\r') ? line.slice(0, -1) : line, start };
}
