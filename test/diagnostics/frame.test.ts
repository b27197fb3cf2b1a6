/** The frames that diagnostics are shown in. */
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { renderFrame } from '../../compiler/diagnostics/frame.ts';
import { diagnostic } from '../../compiler/diagnostics/messages.ts';
import { lineColumn } from '../../compiler/diagnostics/position.ts';
import type { Span } from '../../compiler/diagnostics/span.ts';

const file = 'specs/a.vae';

function spanOf(text: string, part: string): Span {
  const start = text.indexOf(part);
  return { file, start, end: start + part.length };
}

function frame(text: string, part: string, extra: Partial<Diagnostic> = {}, width?: number): string {
  const base = diagnostic('reserved-word', spanOf(text, part), { word: part });
  return renderFrame({ ...base, ...extra }, new Map([[file, text]]), width === undefined ? {} : { width });
}

describe('renderFrame', () => {
  it('shows the code, the sentence, the place and the carets', () => {
    expect(frame('model p {\n  log ~ Normal(0, 1)\n}\n', 'log')).toBe(
      [
        "error[reserved-word]: 'log' is a reserved word; choose another name",
        ' --> specs/a.vae:2:3',
        '  |',
        '2 |   log ~ Normal(0, 1)',
        '  |   ^^^',
      ].join('\n'),
    );
  });

  it('draws a note with a second place in its own frame, and one without as a line', () => {
    const text = `hyper a = 1\n${'\n'.repeat(10)}hyper b = 2\n`;
    const shown = frame(text, 'b', {
      notes: [{ message: 'declared here', span: spanOf(text, 'a') }, { message: 'try another name' }],
    });
    expect(shown).toBe(
      [
        "error[reserved-word]: 'b' is a reserved word; choose another name",
        '  --> specs/a.vae:12:7',
        '   |',
        '12 | hyper b = 2',
        '   |       ^',
        'note: declared here',
        '  --> specs/a.vae:1:7',
        '   |',
        ' 1 | hyper a = 1',
        '   |       ^',
        '   = note: try another name',
      ].join('\n'),
    );
  });

  it('keeps carets under their text after tabs, wide characters and combining marks', () => {
    const underlined = (text: string) => frame(text, 'log').split('\n').slice(-2);
    expect(underlined('\tx\tlog')).toEqual(['1 |     x   log', '  |         ^^^']);
    expect(underlined('"数据" log')).toEqual(['1 | "数据" log', '  |        ^^^']);
    expect(underlined('"e\u0301" log')).toEqual(['1 | "e\u0301" log', '  |     ^^^']);
  });

  it('cuts a wide line around its carets', () => {
    const shown = frame(`${'a'.repeat(300)} log ${'b'.repeat(300)}`, 'log', {}, 40)
      .split('\n')
      .slice(-2);
    const [source = '', carets = ''] = shown;
    expect(source.length).toBeLessThanOrEqual(40 + '1 | '.length);
    expect(source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('log');
    expect(source).toMatch(/^1 \| …a.*b…$/);
  });

  it('marks a span of several lines to the end of the first, and an empty one with a single caret', () => {
    const text = 'model p {\r\n  x\r\n}';
    const over = { ...diagnostic('unclosed-string', { file, start: 8, end: text.length }, {}) };
    expect(
      renderFrame(over, new Map([[file, text]]))
        .split('\n')
        .slice(-2),
    ).toEqual(['1 | model p {', '  |         ^']);
    const end = diagnostic('unclosed-string', { file, start: text.length, end: text.length }, {});
    expect(
      renderFrame(end, new Map([[file, text]]))
        .split('\n')
        .slice(-2),
    ).toEqual(['3 | }', '  |  ^']);
  });

  it('names a file whose text it does not have', () => {
    const unknown = diagnostic('unclosed-string', { file: 'gone.vae', start: 3, end: 4 }, {});
    expect(renderFrame(unknown, new Map()).split('\n')[1]).toBe(' --> gone.vae');
  });

  it('colours only when asked', () => {
    const d = diagnostic('unclosed-string', { file, start: 0, end: 1 }, {});
    const sources = new Map([[file, '"']]);
    expect(renderFrame(d, sources)).not.toContain('\u001b');
    const coloured = renderFrame(d, sources, { colour: true });
    expect(coloured).toContain('\u001b[31m');
    expect(coloured.replaceAll(new RegExp('\u001b\\[\\d+m', 'g'), '')).toBe(renderFrame(d, sources));
  });
});

describe('lineColumn', () => {
  it('counts from one, over both line ends', () => {
    const text = 'ab\r\ncd\n\nx';
    const at = (offset: number) => lineColumn(text, offset);
    expect([at(0), at(1), at(4), at(5), at(7), at(8), at(99)]).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 2 },
      { line: 2, column: 1 },
      { line: 2, column: 2 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
      { line: 4, column: 2 },
    ]);
  });
});
