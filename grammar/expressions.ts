/**
 * The grammar of expressions: operands and the signs between them, in the order in which they are written. Which sign
 * binds tighter is decided where the tree is built, so that one expression is one rule deep and not ten.
 */
import { BaseParser } from './base.ts';
import type { Rule } from './base.ts';
import * as t from './tokens.ts';
import { words } from './tokens.ts';

export abstract class ExpressionParser extends BaseParser {
  protected readonly expression: Rule = this.RULE('expression', () => {
    this.SUBRULE(this.operand);
    this.MANY(() => {
      this.CONSUME(t.Operator);
      this.SUBRULE1(this.operand);
    });
  });

  protected readonly operand: Rule = this.RULE('operand', () => {
    this.MANY(() => this.CONSUME(t.Minus));
    this.OR({
      ERR_MSG: 'an expression',
      DEF: [
        { GATE: () => !this.is(2, t.LParen), ALT: () => this.SUBRULE(this.logDensity) },
        { ALT: () => this.SUBRULE(this.conditional) },
        { GATE: () => this.startsMean(), ALT: () => this.SUBRULE(this.mean) },
        { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.shaped) },
      ],
    });
  });

  /** `log p(x | z)`, as against the function's value `log(x)`. */
  protected readonly logDensity: Rule = this.RULE('logDensity', () => {
    this.CONSUME(t.Log);
    this.SUBRULE(this.designator);
  });

  protected readonly conditional: Rule = this.RULE('conditional', () => {
    this.CONSUME(t.If);
    this.SUBRULE(this.expression);
    this.CONSUME(t.Then);
    this.SUBRULE1(this.expression);
    this.CONSUME(t.Else);
    this.SUBRULE2(this.expression);
  });

  /** `mean p(x | z)`: a mean is followed by a name that is followed by what makes it a density. */
  protected startsMean(): boolean {
    return this.is(2, t.Identifier) && this.is(3, t.LParen, t.Dot);
  }

  protected readonly mean: Rule = this.RULE('mean', () => {
    this.CONSUME(words.mean);
    this.SUBRULE(this.designator);
  });

  /** A name and what follows it: `p(x | z)`, `Normal(m, s)(y)`, `stop(q)(z | x)`, `noise.abar[t]`. */
  protected readonly designator: Rule = this.RULE('designator', () => {
    this.CONSUME(t.Identifier);
    this.MANY(() => this.SUBRULE(this.suffix));
  });

  /** `Normal(0, 1)`, `Normal(0, 1) like x`. */
  protected readonly shaped: Rule = this.RULE('shaped', () => {
    this.SUBRULE(this.postfix);
    this.OPTION({
      GATE: () => this.is(2, t.Identifier, t.LParen),
      DEF: () => {
        this.CONSUME(words.like);
        this.SUBRULE1(this.postfix);
      },
    });
  });

  protected readonly postfix: Rule = this.RULE('postfix', () => {
    this.OR({
      ERR_MSG: 'an expression',
      DEF: [
        { ALT: () => this.CONSUME(t.Identifier) },
        { ALT: () => this.CONSUME(t.NumberLiteral) },
        { ALT: () => this.CONSUME(t.StringLiteral) },
        {
          ALT: () => {
            this.CONSUME(t.Log);
            this.SUBRULE(this.call);
          },
        },
        { ALT: () => this.SUBRULE(this.parenthesis) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.record) },
        { ALT: () => this.SUBRULE(this.expectation) },
        { ALT: () => this.SUBRULE(this.divergence) },
      ],
    });
    this.MANY(() => this.SUBRULE(this.suffix));
  });

  protected readonly suffix: Rule = this.RULE('suffix', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.call) },
      { ALT: () => this.SUBRULE(this.indices) },
      {
        ALT: () => {
          this.CONSUME(t.Dot);
          this.CONSUME(t.Identifier);
        },
      },
    ]);
  });

  protected readonly indices: Rule = this.RULE('indices', () => {
    this.CONSUME(t.LSquare);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.expression), ERR_MSG: 'an expression' });
    this.CONSUME(t.RSquare);
  });

  /** `(a, lr: 1e-3)`, and with the bar or an `=` the arguments of a density: `(z | x = u[k])`. */
  protected readonly call: Rule = this.RULE('call', () => {
    this.CONSUME(t.LParen);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.argument) });
    this.OPTION(() => this.SUBRULE(this.given));
    this.CONSUME(t.RParen);
  });

  protected readonly given: Rule = this.RULE('given', () => {
    this.CONSUME(t.Bar);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.argument), ERR_MSG: 'a variable' });
  });

  protected readonly argument: Rule = this.RULE('argument', () => {
    this.OPTION(() => {
      this.CONSUME(t.Identifier);
      this.OR([{ ALT: () => this.CONSUME(t.Colon) }, { ALT: () => this.CONSUME(t.Equals) }]);
    });
    this.SUBRULE(this.expression);
    this.OPTION1(() => this.SUBRULE(this.each));
  });

  protected readonly namedArgument: Rule = this.RULE('namedArgument', () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  /** `(a)`, `(a, b)`, `(a for k in 1..K)`. */
  protected readonly parenthesis: Rule = this.RULE('parenthesis', () => {
    this.CONSUME(t.LParen);
    this.SUBRULE(this.items);
    this.CONSUME(t.RParen);
  });

  /** `[]`, `[a, b]`, `[a for k in 1..K]`. */
  protected readonly list: Rule = this.RULE('list', () => {
    this.CONSUME(t.LSquare);
    this.OPTION(() => this.SUBRULE(this.items));
    this.CONSUME(t.RSquare);
  });

  protected readonly items: Rule = this.RULE('items', () => {
    this.SUBRULE(this.expression);
    this.OR([
      { ALT: () => this.SUBRULE(this.each) },
      {
        ALT: () => {
          this.MANY(() => {
            this.CONSUME(t.Comma);
            this.SUBRULE1(this.expression);
          });
        },
      },
    ]);
  });

  protected readonly record: Rule = this.RULE('record', () => {
    this.CONSUME(t.LCurly);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.namedArgument) });
    this.CONSUME(t.RCurly);
  });

  // ---- expectations and divergences ------------------------------------------------------------------------------------

  /** `E[z ~ q(z | x)](f where a = …)`. */
  protected readonly expectation: Rule = this.RULE('expectation', () => {
    this.CONSUME(t.E);
    this.CONSUME(t.LSquare);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.draw), ERR_MSG: 'a variable' });
    this.CONSUME(t.RSquare);
    this.CONSUME(t.LParen);
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(t.Where);
      this.AT_LEAST_ONE_SEP1({ SEP: t.Comma, DEF: () => this.SUBRULE(this.binding), ERR_MSG: 'a name' });
    });
    this.CONSUME(t.RParen);
  });

  protected readonly binding: Rule = this.RULE('binding', () => {
    this.SUBRULE(this.target);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  protected readonly draw: Rule = this.RULE('draw', () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.target), ERR_MSG: 'a variable' });
    this.CONSUME(t.Tilde);
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(words.coupled);
      this.SUBRULE(this.call);
    });
    this.OPTION1(() => {
      this.CONSUME(words.by);
      this.SUBRULE1(this.expression);
    });
    this.OPTION2(() => this.SUBRULE(this.each));
  });

  /** `KL(q || p, per: dim)`. */
  protected readonly divergence: Rule = this.RULE('divergence', () => {
    this.CONSUME(t.KL);
    this.CONSUME(t.LParen);
    this.SUBRULE(this.expression);
    this.CONSUME(t.BarBar);
    this.SUBRULE1(this.expression);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE(this.namedArgument);
    });
    this.CONSUME(t.RParen);
  });

  // ---- names that are introduced -----------------------------------------------------------------------------------------

  protected readonly target: Rule = this.RULE('target', () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.LSquare);
      this.CONSUME1(t.Identifier);
      this.CONSUME(t.RSquare);
    });
  });

  /** `for k in 1..K`, `for (t, s) in strided(T..0, S)`. */
  protected readonly each: Rule = this.RULE('each', () => {
    this.CONSUME(t.For);
    this.OR({
      ERR_MSG: 'a name',
      DEF: [
        { ALT: () => this.CONSUME(t.Identifier) },
        {
          ALT: () => {
            this.CONSUME(t.LParen);
            this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.CONSUME1(t.Identifier), ERR_MSG: 'a name' });
            this.CONSUME(t.RParen);
          },
        },
      ],
    });
    this.CONSUME(t.In);
    this.SUBRULE(this.expression);
  });
}
