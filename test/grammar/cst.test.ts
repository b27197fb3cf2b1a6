/** The types of the concrete syntax tree follow from the grammar: `npx vitest run test/grammar/cst.test.ts -u` writes them. */
import { describe, expect, it } from 'vitest';
import { generateCstDts } from '../../grammar/chevrotain.ts';
import { VaeParser } from '../../grammar/parser.ts';
import { createLexer } from '../../grammar/tokens.ts';

describe('the grammar', () => {
  it('is unambiguous with two tokens of lookahead, and its lexer is complete', () => {
    expect(() => new VaeParser({ validate: true })).not.toThrow();
    expect(() => createLexer({ validate: true })).not.toThrow();
  });

  it('has the types that are checked in', async () => {
    const types = generateCstDts(new VaeParser({ validate: false }).getGAstProductions());
    await expect(types).toMatchFileSnapshot('../../grammar/cst.generated.d.ts');
  });
});
