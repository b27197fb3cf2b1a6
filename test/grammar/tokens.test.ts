/** What the lexer makes of a text, sign by sign. */
import { describe, expect, it } from 'vitest';
import { createLexer, reservedTypes, words } from '../../grammar/tokens.ts';

const lex = createLexer({ validate: true });

/** Each token as `Type image`. */
function tokens(text: string): string[] {
  return lex(text).tokens.map(({ tokenType, image }) => `${tokenType.name} ${image}`);
}

describe('the lexer', () => {
  it.each([
    ['1..K', ['NumberLiteral 1', 'DotDot ..', 'Identifier K']],
    ['1.5..2', ['NumberLiteral 1.5', 'DotDot ..', 'NumberLiteral 2']],
    ['1e-3->0', ['NumberLiteral 1e-3', 'Arrow ->', 'NumberLiteral 0']],
    ['2.', ['MalformedNumber 2.']],
    ['2.x', ['MalformedNumber 2.x']],
    ['.5', ['MalformedNumber .5']],
    ['15epochs', ['MalformedNumber 15epochs']],
    ['1_000', ['MalformedNumber 1_000']],
    ['x.y', ['Identifier x', 'Dot .', 'Identifier y']],
    ['q||p|>f|x', ['Identifier q', 'BarBar ||', 'Identifier p', 'Pipe |>', 'Identifier f', 'Bar |', 'Identifier x']],
    [
      'a<=b<c==d=e',
      [
        'Identifier a',
        'LessOrEqual <=',
        'Identifier b',
        'Less <',
        'Identifier c',
        'EqualTo ==',
        'Identifier d',
        'Equals =',
        'Identifier e',
      ],
    ],
    ['E Else KLx log2 for_', ['E E', 'Identifier Else', 'Identifier KLx', 'Identifier log2', 'Identifier for_']],
    ['"a\\"b" "c', ['StringLiteral "a\\"b"', 'MalformedString "c']],
    ['data datum', ['Data data', 'Identifier datum']],
  ])('%s', (text, expected) => expect(tokens(text)).toEqual(expected));

  it('reserves ten words', () => {
    expect(reservedTypes.map(({ PATTERN }) => (PATTERN as RegExp).source).sort()).toEqual(
      'E KL else for if in log return then where'.split(' ').sort(),
    );
    expect(Object.keys(words).filter((word) => tokens(word)[0]?.startsWith('Identifier'))).toEqual([]);
  });

  it('keeps comments apart and passes over every kind of white space', () => {
    const { tokens: kept, comments, errors } = lex('\ufeffa // b\r\n\t/// c\n\fd');
    expect(kept.map(({ image }) => image)).toEqual(['a', 'd']);
    expect(comments.map(({ image }) => image)).toEqual(['// b', '/// c']);
    expect(errors).toEqual([]);
  });
});
