/** Lines no longer than a page is wide. */

const width = 120;

/** A comment of one line or several, broken between words; what follows the first line is indented. */
export function commentLines(text: string): readonly string[] {
  return markedLines('//', text);
}

/** The same for another language: `mark` begins its comments. */
export function markedLines(mark: string, text: string): readonly string[] {
  const lines: string[] = [];
  let line = mark;
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width && line.trim() !== mark) {
      lines.push(line);
      line = `${mark}   `;
    }
    line += ` ${word}`;
  }
  return [...lines, line.trimEnd()];
}

/** A line of code, broken where the fewest parentheses are open: behind a comma or in front of an operator. */
export function codeLines(line: string): readonly string[] {
  const lines: string[] = [];
  const indent = ' '.repeat(line.search(/\S/) + 4);
  let rest = line;
  while (rest.length > width) {
    const at = breakOf(rest, indent.length + 20);
    if (at === undefined) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

/** The last of the shallowest places to break that leave a line neither too long nor nearly empty. */
function breakOf(line: string, least: number): number | undefined {
  let depth = 0;
  let best: { readonly at: number; readonly depth: number } | undefined;
  for (let i = 0; i < Math.min(line.length, width); i++) {
    const char = line[i]!;
    // The < of array<vec4f, 16> is a bracket; that of a comparison has a space behind it.
    if ('([{'.includes(char) || (char === '<' && /\w/.test(line[i - 1]!))) depth++;
    if (')]}'.includes(char) || (char === '>' && /\w/.test(line[i - 1]!))) depth--;
    const behindComma = char === ',' && line[i + 1] === ' ';
    const beforeOperator = char === ' ' && /^ (?:[-+*/%&|^]|&&|\|\||<<|>>) /.test(line.slice(i, i + 4));
    if (i < least || (!behindComma && !beforeOperator)) continue;
    if (best === undefined || depth <= best.depth) best = { at: i + 1, depth };
  }
  return best?.at;
}
