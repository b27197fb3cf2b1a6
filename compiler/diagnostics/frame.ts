/**
 * Draws a diagnostic for a terminal: its sentence, the source line with carets, and a frame for every second place.
 *
 *     error[unknown-name]: no variable 'zz' is known here
 *       --> specs/mixture.vae:12:14
 *        |
 *     12 |   x ~ Normal(zz, 1)
 *        |              ^^
 *        = note: did you mean 'z'?
 */
import type { Diagnostic, Severity } from './diagnostic.ts';
import { lineAround, lineColumn } from './position.ts';
import type { Span } from './span.ts';

export interface FrameOptions {
  /** ANSI colours; off unless asked for. */
  readonly colour?: boolean;
  /** Source lines are cut to this many columns around their caret. */
  readonly width?: number;
}

/** The source text of every file a diagnostic may point into, by the path in its spans. */
export type Sources = ReadonlyMap<string, string>;

const tabWidth = 4;
const ansi = { error: '31', warning: '33', note: '36', dim: '34', bold: '1' } as const;

type Paint = (style: keyof typeof ansi, text: string) => string;

/** The whole frame, without a newline at its end. A file that is not among the sources is named without its line. */
export function renderFrame(diagnostic: Diagnostic, sources: Sources, options: FrameOptions = {}): string {
  const paint: Paint = (style, text) => (options.colour === true ? `\u001b[${ansi[style]}m${text}\u001b[0m` : text);
  const width = options.width ?? 120;
  const spans = [diagnostic.span, ...diagnostic.notes.flatMap((note) => note.span ?? [])];
  const gutter = Math.max(...spans.map((span) => String(lineOf(span, sources)).length));
  const draw = (span: Span, severity: Severity) => place(span, severity, sources, gutter, width, paint);

  const title = paint(diagnostic.severity, `${diagnostic.severity}[${diagnostic.code}]`);
  const out = [`${title}${paint('bold', `: ${diagnostic.message}`)}`, ...draw(diagnostic.span, diagnostic.severity)];
  for (const note of diagnostic.notes) {
    if (note.span === undefined) {
      out.push(`${' '.repeat(gutter)} ${paint('dim', '=')} ${paint('note', 'note')}: ${note.message}`);
    } else {
      out.push(`${paint('note', 'note')}: ${note.message}`, ...draw(note.span, 'note'));
    }
  }
  return out.join('\n');
}

function lineOf(span: Span, sources: Sources): number {
  const text = sources.get(span.file);
  return text === undefined ? 0 : lineColumn(text, span.start).line;
}

function place(
  span: Span,
  severity: Severity,
  sources: Sources,
  gutter: number,
  width: number,
  paint: Paint,
): readonly string[] {
  const margin = ' '.repeat(gutter);
  const text = sources.get(span.file);
  if (text === undefined) return [`${margin}${paint('dim', '-->')} ${span.file}`];
  const { line, column } = lineColumn(text, span.start);
  const { shown, caret, length } = excerpt(text, span, width);
  const bar = paint('dim', '|');
  return [
    `${margin}${paint('dim', '-->')} ${span.file}:${line}:${column}`,
    `${margin} ${bar}`,
    `${paint('dim', String(line).padStart(gutter))} ${bar} ${shown}`.trimEnd(),
    `${margin} ${bar} ${' '.repeat(caret)}${paint(severity, '^'.repeat(length))}`,
  ];
}

/**
 * The line where a span starts as it is shown, the column of its first caret and how many there are. A span over
 * several lines is marked to the end of its first. A line wider than `width` is cut around the carets.
 */
function excerpt(text: string, span: Span, width: number): { shown: string; caret: number; length: number } {
  const line = lineAround(text, span.start);
  const first = Math.min(Math.max(span.start - line.start, 0), line.text.length);
  const last = Math.max(first, Math.min(span.end - line.start, line.text.length));
  const before = columns(line.text.slice(0, first), 0);
  const marked = columns(line.text.slice(first, last), before.length);
  const after = columns(line.text.slice(last), before.length + marked.length);
  const cells = [...before, ...marked, ...after];
  const length = Math.max(1, marked.length);
  if (cells.length <= width) return { shown: cells.join(''), caret: before.length, length };

  const room = Math.max(width - 2, 1);
  const lead = Math.min(before.length, Math.max(Math.floor((room - length) / 2), Math.floor(room / 4)));
  const from = Math.max(0, Math.min(before.length - lead, cells.length - room));
  const to = Math.min(cells.length, from + room);
  const cutLeft = from > 0 ? '…' : '';
  return {
    shown: `${cutLeft}${cells.slice(from, to).join('')}${to < cells.length ? '…' : ''}`,
    caret: before.length - from + cutLeft.length,
    length: Math.max(1, Math.min(length, to - before.length)),
  };
}

/** One string per terminal column: a tab is spaces to the next stop, a wide character is followed by an empty one. */
function columns(text: string, start: number): string[] {
  const cells: string[] = [];
  for (const character of text) {
    if (character === '\t') {
      const spaces = tabWidth - ((start + cells.length) % tabWidth);
      for (let i = 0; i < spaces; i++) cells.push(' ');
    } else if (zeroWidth.test(character)) {
      const previous = cells.findLastIndex((cell) => cell !== '');
      if (previous !== -1) cells[previous] = `${cells[previous] ?? ''}${character}`;
    } else {
      cells.push(control.test(character) ? '�' : character);
      if (doubleWidth.test(character)) cells.push('');
    }
  }
  return cells;
}

const control = /\p{Cc}/u;
const zeroWidth = /\p{Mn}|\p{Me}|\p{Cf}/u;
const doubleWidth =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
