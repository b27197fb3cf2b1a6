/**
 * The words and signs of .vae. Newlines are white space. Ten words are reserved; every other word of a clause is
 * contextual: it is lexed as a name and then given a token type that is also a name, so `data` may be a variable.
 */
import type { ILexingError, IToken, TokenType } from 'chevrotain';
import { Lexer, createToken } from './chevrotain.ts';

/** A name, or a contextual word where a name is expected. */
export const Identifier = createToken({ name: 'Identifier', pattern: /[A-Za-z_][A-Za-z0-9_]*/, label: 'a name' });

const reserved = (name: string, word: string): TokenType =>
  createToken({ name, pattern: new RegExp(word), longer_alt: Identifier, label: `'${word}'` });

export const E = reserved('E', 'E');
export const KL = reserved('KL', 'KL');
export const Log = reserved('Log', 'log');
export const If = reserved('If', 'if');
export const Then = reserved('Then', 'then');
export const Else = reserved('Else', 'else');
export const For = reserved('For', 'for');
export const In = reserved('In', 'in');
export const Where = reserved('Where', 'where');
export const Return = reserved('Return', 'return');

/** The words that cannot be names. */
export const reservedTypes: readonly TokenType[] = [E, KL, Log, If, Then, Else, For, In, Where, Return];

const word = (name: string, text: string): TokenType =>
  createToken({ name, pattern: Lexer.NA, categories: [Identifier], label: `'${text}'` });

/** The contextual words, by their text. */
export const words = {
  // declarations
  use: word('Use', 'use'),
  hyper: word('Hyper', 'hyper'),
  data: word('Data', 'data'),
  function: word('Function', 'function'),
  net: word('Net', 'net'),
  param: word('Param', 'param'),
  model: word('Model', 'model'),
  guide: word('Guide', 'guide'),
  schedule: word('Schedule', 'schedule'),
  objective: word('Objective', 'objective'),
  train: word('Train', 'train'),
  infer: word('Infer', 'infer'),
  evaluate: word('Evaluate', 'evaluate'),
  sample: word('Sample', 'sample'),
  sweep: word('Sweep', 'sweep'),
  run: word('Run', 'run'),
  // data
  source: word('Source', 'source'),
  split: word('Split', 'split'),
  binarize: word('Binarize', 'binarize'),
  standardize: word('Standardize', 'standardize'),
  dynamic: word('Dynamic', 'dynamic'),
  at: word('At', 'at'),
  // statements
  global: word('Global', 'global'),
  carry: word('Carry', 'carry'),
  keep: word('Keep', 'keep'),
  from: word('From', 'from'),
  // expressions
  mean: word('Mean', 'mean'),
  like: word('Like', 'like'),
  coupled: word('Coupled', 'coupled'),
  by: word('By', 'by'),
  // programs
  maximize: word('Maximize', 'maximize'),
  minimize: word('Minimize', 'minimize'),
  over: word('Over', 'over'),
  with: word('With', 'with'),
  optimizer: word('Optimizer', 'optimizer'),
  batch: word('Batch', 'batch'),
  epochs: word('Epochs', 'epochs'),
  epoch: word('Epoch', 'epoch'),
  steps: word('Steps', 'steps'),
  step: word('Step', 'step'),
  seed: word('Seed', 'seed'),
  ema: word('Ema', 'ema'),
  clip: word('Clip', 'clip'),
  start: word('Start', 'start'),
  restarts: word('Restarts', 'restarts'),
  alternate: word('Alternate', 'alternate'),
  repeat: word('Repeat', 'repeat'),
  track: word('Track', 'track'),
  every: word('Every', 'every'),
  report: word('Report', 'report'),
  on: word('On', 'on'),
  coordinate_ascent: word('CoordinateAscent', 'coordinate_ascent'),
  until: word('Until', 'until'),
  changes: word('Changes', 'changes'),
} as const;

const wordTypes: ReadonlyMap<string, TokenType> = new Map(Object.entries(words));

export const NumberLiteral = createToken({
  name: 'NumberLiteral',
  pattern: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_]|\.(?!\.))/,
  label: 'a number',
});
/** `2.`, `.5`, `15epochs`, `1_000`, `0x10`: taken for a number, and reported. */
export const MalformedNumber = createToken({
  name: 'MalformedNumber',
  pattern: /\d[A-Za-z0-9_]*(?:\.(?!\.)[A-Za-z0-9_]*)?|\.\d[A-Za-z0-9_]*/,
  categories: [NumberLiteral],
});
export const StringLiteral = createToken({
  name: 'StringLiteral',
  pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*"/,
  label: 'a string',
});
/** A string without its end, or in single quotes: taken for a string, and reported. */
export const MalformedString = createToken({
  name: 'MalformedString',
  pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*\\?|'[^'\n\r]*'?/,
  categories: [StringLiteral],
});

export const LParen = createToken({ name: 'LParen', pattern: '(', label: "'('" });
export const RParen = createToken({ name: 'RParen', pattern: ')', label: "')'" });
export const LSquare = createToken({ name: 'LSquare', pattern: '[', label: "'['" });
export const RSquare = createToken({ name: 'RSquare', pattern: ']', label: "']'" });
export const LCurly = createToken({ name: 'LCurly', pattern: '{', label: "'{'" });
export const RCurly = createToken({ name: 'RCurly', pattern: '}', label: "'}'" });
export const Comma = createToken({ name: 'Comma', pattern: ',', label: "','" });
export const Colon = createToken({ name: 'Colon', pattern: ':', label: "':'" });
export const Dot = createToken({ name: 'Dot', pattern: '.', label: "'.'" });
export const Tilde = createToken({ name: 'Tilde', pattern: '~', label: "'~'" });
export const Equals = createToken({ name: 'Equals', pattern: '=', label: "'='" });
export const Bar = createToken({ name: 'Bar', pattern: '|', label: "'|'" });
export const BarBar = createToken({ name: 'BarBar', pattern: '||', label: "'||'" });

/** Every sign that stands between two operands; which binds tighter is decided where the tree is built. */
export const Operator = createToken({ name: 'Operator', pattern: Lexer.NA, label: 'an operator' });

const operator = (name: string, sign: string): TokenType =>
  createToken({ name, pattern: sign, categories: [Operator], label: `'${sign}'` });

export const Minus = operator('Minus', '-');
export const Less = operator('Less', '<');

export const LineComment = createToken({ name: 'LineComment', pattern: /\/\/[^\n\r]*/, group: 'comments' });
const WhiteSpace = createToken({ name: 'WhiteSpace', pattern: /[ \t\r\n\f\ufeff]+/, group: Lexer.SKIPPED });

/** In the order in which the lexer tries them: the longer sign before its prefix. */
const lexed: readonly TokenType[] = [
  WhiteSpace,
  LineComment,
  ...reservedTypes,
  Identifier,
  NumberLiteral,
  MalformedNumber,
  StringLiteral,
  MalformedString,
  LParen,
  RParen,
  LSquare,
  RSquare,
  LCurly,
  RCurly,
  Comma,
  Colon,
  Tilde,
  operator('Pipe', '|>'),
  BarBar,
  Bar,
  operator('Arrow', '->'),
  operator('DotDot', '..'),
  Dot,
  operator('EqualTo', '=='),
  Equals,
  operator('NotEqualTo', '!='),
  operator('LessOrEqual', '<='),
  Less,
  operator('GreaterOrEqual', '>='),
  operator('Greater', '>'),
  operator('Plus', '+'),
  Minus,
  operator('Times', '*'),
  operator('Divide', '/'),
  operator('Power', '^'),
];

/** Everything that the parser may meet. */
export const vocabulary: readonly TokenType[] = [...lexed, Operator, ...Object.values(words)];

export interface Tokens {
  readonly tokens: IToken[];
  /** `//` and `///`, in order. */
  readonly comments: readonly IToken[];
  readonly errors: readonly ILexingError[];
}

/** A lexer for .vae texts; it holds no state between texts. */
export function createLexer(options: { readonly validate: boolean }): (text: string) => Tokens {
  const lexer = new Lexer([...lexed], {
    positionTracking: 'full',
    ensureOptimizations: true,
    skipValidations: !options.validate,
  });
  return (text) => {
    const { tokens, groups, errors } = lexer.tokenize(text);
    for (const token of tokens) {
      const type = token.tokenType === Identifier ? wordTypes.get(token.image) : undefined;
      if (type?.tokenTypeIdx === undefined) continue;
      token.tokenType = type;
      token.tokenTypeIdx = type.tokenTypeIdx;
    }
    return { tokens, comments: groups['comments'] ?? [], errors };
  };
}
