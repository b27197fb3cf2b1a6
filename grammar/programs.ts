/** The grammar of train, infer and evaluate: their clauses and goals. */
import type { TokenType } from 'chevrotain';
import type { Rule } from './base.ts';
import { StatementParser } from './statements.ts';
import * as t from './tokens.ts';
import { words } from './tokens.ts';

export const clauseWords: ReadonlySet<TokenType> = new Set([
  words.data,
  words.maximize,
  words.minimize,
  words.over,
  words.optimizer,
  words.batch,
  words.epochs,
  words.steps,
  words.seed,
  words.ema,
  words.clip,
  words.start,
  words.restarts,
  words.alternate,
  words.track,
  words.report,
  words.coordinate_ascent,
]);

export abstract class ProgramParser extends StatementParser {
  /** `train { … }`, `infer cavi { … }`, `evaluate { … }`. */
  protected readonly program: Rule = this.RULE('program', () => {
    this.OR([
      { ALT: () => this.CONSUME(words.train) },
      { ALT: () => this.CONSUME(words.evaluate) },
      {
        ALT: () => {
          this.CONSUME(words.infer);
          this.CONSUME(t.Identifier);
        },
      },
    ]);
    this.CONSUME(t.LCurly);
    this.MANY({ GATE: () => this.startsClause(), DEF: () => this.SUBRULE(this.clause) });
    this.CONSUME(t.RCurly);
  });

  protected startsClause(): boolean {
    return clauseWords.has(this.LA(1).tokenType);
  }

  protected readonly clause: Rule = this.RULE('clause', () => {
    this.OR({
      ERR_MSG: 'a clause',
      DEF: [
        {
          ALT: () => {
            this.CONSUME(words.data);
            this.SUBRULE(this.expression);
          },
        },
        { ALT: () => this.SUBRULE(this.goal) },
        { ALT: () => this.SUBRULE(this.setting) },
        { ALT: () => this.SUBRULE(this.over) },
        { ALT: () => this.SUBRULE(this.alternate) },
        { ALT: () => this.SUBRULE(this.track) },
        {
          ALT: () => {
            this.CONSUME(words.report);
            this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.report), ERR_MSG: 'an expression' });
          },
        },
        { ALT: () => this.SUBRULE(this.coordinateAscent) },
      ],
    });
  });

  protected readonly setting: Rule = this.RULE('setting', () => {
    this.OR([
      { ALT: () => this.CONSUME(words.optimizer) },
      { ALT: () => this.CONSUME(words.batch) },
      { ALT: () => this.CONSUME(words.epochs) },
      { ALT: () => this.CONSUME(words.steps) },
      { ALT: () => this.CONSUME(words.seed) },
      { ALT: () => this.CONSUME(words.ema) },
      { ALT: () => this.CONSUME(words.clip) },
      { ALT: () => this.CONSUME(words.start) },
      { ALT: () => this.CONSUME(words.restarts) },
    ]);
    this.SUBRULE(this.expression);
  });

  /** `maximize elbo(p, q) over encoder, decoder with adam(lr: 1e-3)`. */
  protected readonly goal: Rule = this.RULE('goal', () => {
    this.OR({
      ERR_MSG: "'maximize' or 'minimize'",
      DEF: [{ ALT: () => this.CONSUME(words.maximize) }, { ALT: () => this.CONSUME(words.minimize) }],
    });
    this.SUBRULE(this.expression);
    this.OPTION(() => this.SUBRULE(this.over));
    this.OPTION1(() => {
      this.CONSUME(words.with);
      this.SUBRULE1(this.expression);
    });
  });

  protected readonly over: Rule = this.RULE('over', () => {
    this.CONSUME(words.over);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.expression), ERR_MSG: 'a net' });
  });

  protected readonly alternate: Rule = this.RULE('alternate', () => {
    this.CONSUME(words.alternate);
    this.CONSUME(t.LCurly);
    this.MANY(() => this.SUBRULE(this.turn));
    this.CONSUME(t.RCurly);
  });

  protected readonly turn: Rule = this.RULE('turn', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.goal) },
      {
        ALT: () => {
          this.CONSUME(words.repeat);
          this.SUBRULE(this.expression);
          this.CONSUME(t.LCurly);
          this.MANY(() => this.SUBRULE1(this.goal));
          this.CONSUME(t.RCurly);
        },
      },
    ]);
  });

  protected readonly track: Rule = this.RULE('track', () => {
    this.CONSUME(words.track);
    this.CONSUME(words.every);
    this.SUBRULE(this.expression);
    this.OR({
      ERR_MSG: "'epoch' or 'step'",
      DEF: [
        { ALT: () => this.CONSUME(words.epoch) },
        { ALT: () => this.CONSUME(words.epochs) },
        { ALT: () => this.CONSUME(words.step) },
        { ALT: () => this.CONSUME(words.steps) },
      ],
    });
    this.CONSUME(t.LCurly);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.report) });
    this.CONSUME(t.RCurly);
  });

  protected readonly report: Rule = this.RULE('report', () => {
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(words.on);
      this.SUBRULE1(this.expression);
    });
  });

  protected readonly coordinateAscent: Rule = this.RULE('coordinateAscent', () => {
    this.CONSUME(words.coordinate_ascent);
    this.SUBRULE(this.expression);
    this.CONSUME(words.over);
    this.SUBRULE1(this.expression);
    this.OPTION(() => {
      this.CONSUME(words.until);
      this.SUBRULE2(this.expression);
      this.CONSUME(words.changes);
      this.CONSUME(t.Less);
      this.SUBRULE3(this.expression);
    });
  });
}
