/** The grammar of parameters, types, and the statements of models, guides, nets, schedules and samples. */
import type { Rule } from './base.ts';
import { ExpressionParser } from './expressions.ts';
import * as t from './tokens.ts';
import { words } from './tokens.ts';

export abstract class StatementParser extends ExpressionParser {
  protected startsStatement(): boolean {
    if (this.is(1, t.For, t.Return)) return true;
    if (!this.is(1, t.Identifier)) return false;
    return this.is(2, t.Tilde, t.Equals, t.Comma, t.LSquare) || this.startsWordedStatement();
  }

  /** `param`, `keep`, `global`, `carry` before a name: two names in a row are otherwise never a statement. */
  protected startsWordedStatement(): boolean {
    return this.is(1, words.param, words.keep, words.global, words.carry) && this.is(2, t.Identifier);
  }

  protected readonly block: Rule = this.RULE('block', () => {
    this.CONSUME(t.LCurly);
    this.MANY({ GATE: () => this.startsStatement(), DEF: () => this.SUBRULE(this.statement) });
    this.CONSUME(t.RCurly);
  });

  protected readonly statement: Rule = this.RULE('statement', () => {
    const worded = () => this.startsWordedStatement();
    this.OR({
      ERR_MSG: 'a statement',
      DEF: [
        {
          ALT: () => {
            this.SUBRULE(this.each);
            this.SUBRULE(this.block);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Return);
            this.AT_LEAST_ONE_SEP({
              SEP: t.Comma,
              DEF: () => this.SUBRULE(this.returned),
              ERR_MSG: 'an expression',
            });
          },
        },
        { GATE: worded, ALT: () => this.SUBRULE(this.param) },
        {
          GATE: worded,
          ALT: () => {
            this.CONSUME(words.keep);
            this.CONSUME(t.Identifier);
            this.CONSUME(words.at);
            this.SUBRULE(this.expression);
          },
        },
        { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.assignment) },
      ],
    });
  });

  protected readonly assignment: Rule = this.RULE('assignment', () => {
    this.OPTION({
      GATE: () => this.startsWordedStatement(),
      DEF: () => this.OR([{ ALT: () => this.CONSUME(words.global) }, { ALT: () => this.CONSUME(words.carry) }]),
    });
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.target), ERR_MSG: 'a name' });
    this.OR1({
      ERR_MSG: "'~' or '='",
      DEF: [{ ALT: () => this.CONSUME(t.Tilde) }, { ALT: () => this.CONSUME(t.Equals) }],
    });
    this.SUBRULE(this.expression);
  });

  protected readonly returned: Rule = this.RULE('returned', () => {
    this.OPTION(() => {
      this.CONSUME(t.Identifier);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.expression);
  });

  protected readonly param: Rule = this.RULE('param', () => {
    this.CONSUME(words.param);
    this.SUBRULE(this.target);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(t.Equals);
      this.OR({
        ERR_MSG: 'an expression',
        DEF: [
          {
            GATE: () => this.is(2, t.Identifier) && !this.is(3, t.Tilde, t.Equals, t.Colon),
            ALT: () => {
              this.CONSUME(words.from);
              this.SUBRULE(this.designator);
            },
          },
          { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.expression) },
        ],
      });
    });
  });

  protected readonly parameters: Rule = this.RULE('parameters', () => {
    this.CONSUME(t.LParen);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.parameter) });
    this.CONSUME(t.RParen);
  });

  protected readonly parameter: Rule = this.RULE('parameter', () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.type);
    });
    this.OPTION1(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expression);
    });
  });

  protected readonly type: Rule = this.RULE('type', () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Dot);
      this.CONSUME1(t.Identifier);
    });
    this.OPTION1(() => {
      this.CONSUME(t.LParen);
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.expression), ERR_MSG: 'an expression' });
      this.CONSUME(t.RParen);
    });
    this.OPTION2(() => this.SUBRULE(this.indices));
  });
}
