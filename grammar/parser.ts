/**
 * The grammar of .vae: files, declarations and data sets. It says what may follow what and nothing more. A
 * contextual word counts as one only where what follows could not follow a name, so that every word but the ten
 * reserved ones may be a name.
 */
import type { TokenType } from 'chevrotain';
import type { ParserOptions, Rule } from './base.ts';
import { ProgramParser } from './programs.ts';
import * as t from './tokens.ts';
import { words } from './tokens.ts';

export const declarationWords: ReadonlySet<TokenType> = new Set([
  words.use,
  words.hyper,
  words.data,
  words.function,
  words.net,
  words.param,
  words.model,
  words.guide,
  words.schedule,
  words.objective,
  words.train,
  words.infer,
  words.evaluate,
  words.sample,
  words.sweep,
]);

export class VaeParser extends ProgramParser {
  constructor(options: ParserOptions) {
    super(options);
    this.performSelfAnalysis();
  }

  /** First on its line a declaration's word is one, whatever follows; elsewhere what follows decides. */
  private startsDeclaration(): boolean {
    if (!declarationWords.has(this.LA(1).tokenType)) return false;
    return this.startsLine(this.LA(1)) || this.is(2, t.Identifier, t.LCurly, t.StringLiteral);
  }

  /** A data set's clause, as against the next declaration or the end. */
  private startsDataClause(): boolean {
    if (this.is(1, t.Where)) return true;
    if (!this.is(1, t.Identifier)) return false;
    return this.is(2, t.Colon, t.Equals) || this.is(1, words.source, words.split, words.binarize, words.standardize);
  }

  readonly file: Rule = this.RULE('file', () => {
    this.MANY({ GATE: () => this.startsDeclaration(), DEF: () => this.SUBRULE(this.declaration) });
  });

  private readonly declaration: Rule = this.RULE('declaration', () => {
    this.OR({
      ERR_MSG: 'a declaration',
      DEF: [
        { ALT: () => this.SUBRULE(this.use) },
        { ALT: () => this.SUBRULE(this.hyper) },
        { ALT: () => this.SUBRULE(this.data) },
        { ALT: () => this.SUBRULE(this.function) },
        { ALT: () => this.SUBRULE(this.net) },
        { ALT: () => this.SUBRULE(this.param) },
        { ALT: () => this.SUBRULE(this.model) },
        { ALT: () => this.SUBRULE(this.schedule) },
        { ALT: () => this.SUBRULE(this.objective) },
        { ALT: () => this.SUBRULE(this.program) },
        { ALT: () => this.SUBRULE(this.sample) },
        { ALT: () => this.SUBRULE(this.sweep) },
      ],
    });
  });

  private readonly use: Rule = this.RULE('use', () => {
    this.CONSUME(words.use);
    this.OPTION(() => this.CONSUME(words.run));
    this.CONSUME(t.StringLiteral);
  });

  private readonly hyper: Rule = this.RULE('hyper', () => {
    this.CONSUME(words.hyper);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  private readonly data: Rule = this.RULE('data', () => {
    this.CONSUME(words.data);
    this.CONSUME(t.Identifier);
    this.OR({
      ERR_MSG: "'{' or '='",
      DEF: [
        { ALT: () => this.SUBRULE(this.dataBlock) },
        {
          ALT: () => {
            this.CONSUME(t.Equals);
            this.SUBRULE(this.expression);
            this.OR1([
              { ALT: () => this.SUBRULE1(this.dataBlock) },
              {
                ALT: () => {
                  this.MANY({ GATE: () => this.startsDataClause(), DEF: () => this.SUBRULE(this.dataClause) });
                },
              },
            ]);
          },
        },
      ],
    });
  });

  private readonly dataBlock: Rule = this.RULE('dataBlock', () => {
    this.CONSUME(t.LCurly);
    this.MANY({ GATE: () => this.startsDataClause(), DEF: () => this.SUBRULE(this.dataClause) });
    this.CONSUME(t.RCurly);
  });

  private readonly dataClause: Rule = this.RULE('dataClause', () => {
    const worded = () => !this.is(2, t.Colon, t.Equals);
    this.OR({
      ERR_MSG: 'a field or a clause of a data set',
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Where);
            this.SUBRULE(this.expression);
          },
        },
        {
          GATE: worded,
          ALT: () => {
            this.CONSUME(words.source);
            this.SUBRULE1(this.expression);
          },
        },
        {
          GATE: worded,
          ALT: () => {
            this.CONSUME(words.split);
            this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.namedArgument) });
          },
        },
        { GATE: worded, ALT: () => this.SUBRULE(this.binarize) },
        {
          GATE: worded,
          ALT: () => {
            this.CONSUME(words.standardize);
            this.CONSUME(t.Identifier);
          },
        },
        {
          IGNORE_AMBIGUITIES: true,
          ALT: () => {
            this.CONSUME1(t.Identifier);
            this.OR1({
              ERR_MSG: "':' or '='",
              DEF: [
                {
                  ALT: () => {
                    this.CONSUME(t.Colon);
                    this.SUBRULE(this.type);
                  },
                },
                {
                  ALT: () => {
                    this.CONSUME(t.Equals);
                    this.SUBRULE2(this.expression);
                  },
                },
              ],
            });
          },
        },
      ],
    });
  });

  private readonly binarize: Rule = this.RULE('binarize', () => {
    this.CONSUME(words.binarize);
    this.CONSUME(t.Identifier);
    this.OR({
      ERR_MSG: "'at' and a threshold, or 'dynamic'",
      DEF: [
        {
          ALT: () => {
            this.CONSUME(words.at);
            this.SUBRULE(this.expression);
          },
        },
        { ALT: () => this.CONSUME(words.dynamic) },
      ],
    });
  });

  private readonly function: Rule = this.RULE('function', () => {
    this.CONSUME(words.function);
    this.SUBRULE(this.signed);
  });

  private readonly objective: Rule = this.RULE('objective', () => {
    this.CONSUME(words.objective);
    this.SUBRULE(this.signed);
  });

  private readonly net: Rule = this.RULE('net', () => {
    this.CONSUME(words.net);
    this.SUBRULE(this.signed);
  });

  private readonly sample: Rule = this.RULE('sample', () => {
    this.CONSUME(words.sample);
    this.SUBRULE(this.signed);
  });

  private readonly schedule: Rule = this.RULE('schedule', () => {
    this.CONSUME(words.schedule);
    this.SUBRULE(this.signed);
  });

  /** A name, its parameters, and a block or one expression. */
  private readonly signed: Rule = this.RULE('signed', () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.OR({
      ERR_MSG: "'{' or '='",
      DEF: [
        { ALT: () => this.SUBRULE(this.block) },
        {
          ALT: () => {
            this.CONSUME(t.Equals);
            this.SUBRULE(this.expression);
          },
        },
      ],
    });
  });

  private readonly model: Rule = this.RULE('model', () => {
    this.OR([{ ALT: () => this.CONSUME(words.model) }, { ALT: () => this.CONSUME(words.guide) }]);
    this.CONSUME(t.Identifier);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.SUBRULE(this.block);
  });

  private readonly sweep: Rule = this.RULE('sweep', () => {
    this.CONSUME(words.sweep);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.In);
    this.SUBRULE(this.expression);
  });
}
