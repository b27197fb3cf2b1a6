/**
 * The syntax tree: what was written, nothing more. Closed unions under exhaustive switches; every node has its span.
 * The tree is plain data (comparable after `withoutSpans`), so that parse(print(tree)) equals the tree.
 */
import type { Span } from '../diagnostics/span.ts';

interface Node {
  readonly span: Span;
}

export interface Name extends Node {
  readonly text: string;
}

// ---- expressions -------------------------------------------------------------------------------------------------

export type BinaryOperator = '+' | '-' | '*' | '/' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '->' | '..' | '|>';

/** An argument by position (`name` undefined) or by name: `lr: 1e-3`. */
export interface Argument extends Node {
  readonly name?: Name;
  readonly value: Expr;
}

/** One side of a density's bar: `z`, `z[k]` (both mean `z = …`), or `x = u[k]`. */
export interface DensityArgument extends Node {
  readonly variable: Name;
  readonly value: Expr;
  /** True where only the value was written, `z` or `z[k]`, and the variable was taken from it. */
  readonly bare: boolean;
}

/** `names ~ distribution [coupled(...)] [by estimator(...)] [for k in 1..K]`, the drawing part of an expectation. */
export interface Draw extends Node {
  /** `z`, or `z[k]` with `index` k. */
  readonly names: readonly { readonly name: Name; readonly index?: Name }[];
  readonly distribution: Expr;
  readonly coupled?: readonly Argument[];
  /** `by score(samples: 50)`: the estimator as a name or a call. */
  readonly by?: Expr;
  readonly each?: Each;
}

/** `for k in 1..K`. */
export interface Each extends Node {
  readonly names: readonly Name[];
  readonly range: Expr;
}

/** `where a = …, lw[k] = …`. */
export interface WhereBinding extends Node {
  readonly name: Name;
  readonly index?: Name;
  readonly value: Expr;
}

export type Expr = Node &
  (
    | { readonly kind: 'number'; readonly value: number; readonly text: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'name'; readonly text: string }
    | { readonly kind: 'list'; readonly items: readonly Expr[] }
    | { readonly kind: 'comprehension'; readonly body: Expr; readonly each: Each; readonly bracketed: boolean }
    | { readonly kind: 'record'; readonly entries: readonly { readonly name: Name; readonly value: Expr }[] }
    /** `(0, 0.9)`: two or more in parentheses. */
    | { readonly kind: 'tuple'; readonly items: readonly Expr[] }
    | { readonly kind: 'negate'; readonly operand: Expr }
    | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expr; readonly right: Expr }
    | { readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Argument[] }
    | { readonly kind: 'index'; readonly object: Expr; readonly indices: readonly Expr[] }
    | { readonly kind: 'member'; readonly object: Expr; readonly member: Name }
    | { readonly kind: 'if'; readonly condition: Expr; readonly then: Expr; readonly otherwise: Expr }
    /** `q(z | x)` with the bar; `p(z)` without it is a call until the checker knows what p is. */
    | {
        readonly kind: 'density';
        readonly model: Expr;
        readonly of: readonly DensityArgument[];
        readonly given: readonly DensityArgument[];
      }
    /** `log p(x | z)`: directly before a density, call or call of a call; `log(x)` is a call of the function `log`. */
    | { readonly kind: 'log-density'; readonly density: Expr }
    /** `mean p(x | z)`. */
    | { readonly kind: 'mean'; readonly density: Expr }
    | {
        readonly kind: 'expectation';
        readonly draws: readonly Draw[];
        readonly body: Expr;
        readonly where: readonly WhereBinding[];
      }
    /** `KL(q || p, per: dim, by: monte_carlo)`. */
    | { readonly kind: 'divergence'; readonly left: Expr; readonly right: Expr; readonly options: readonly Argument[] }
    /** `Normal(0, 1) like x`. */
    | { readonly kind: 'like'; readonly value: Expr; readonly prototype: Expr }
    /** Stands where an expression is missing. The parser makes none: it leaves out the statement that is broken. */
    | { readonly kind: 'invalid' }
  );

export type ExprOf<Kind extends Expr['kind']> = Extract<Expr, { kind: Kind }>;

// ---- types -------------------------------------------------------------------------------------------------------

/** `unit[28, 28]`, `category(10)`, `model`, `mnist.test`. `name` is dotted for a data set's split. */
export interface TypeExpr extends Node {
  readonly name: Name;
  readonly member?: Name;
  readonly args: readonly Expr[];
  readonly shape: readonly Expr[];
}

/** `p: model`, `beta = 1`, `x: real[2]`, `z`. */
export interface Parameter extends Node {
  readonly name: Name;
  readonly type?: TypeExpr;
  readonly initial?: Expr;
}

// ---- statements of models, guides, nets, schedules, samples --------------------------------------------------------

export type Statement = Node &
  /** `global lambda[k] ~ Gamma(…)`, `carry x ~ …`, `z ~ …`. */
  (
    | {
        readonly kind: 'sample';
        readonly modifier?: 'global' | 'carry';
        readonly target: Name;
        readonly index?: Name;
        readonly distribution: Expr;
      }
    /** `h = …`, `mu, logvar = encoder(x)`, `carry x = …`. */
    | {
        readonly kind: 'let';
        readonly modifier?: 'carry';
        readonly targets: readonly Name[];
        readonly value: Expr;
      }
    | { readonly kind: 'param'; readonly parameter: ParamDeclaration }
    | { readonly kind: 'return'; readonly values: readonly Argument[] }
    | { readonly kind: 'for'; readonly each: Each; readonly body: readonly Statement[] }
    /** `keep x at [...]`. */
    | { readonly kind: 'keep'; readonly target: Name; readonly at: Expr }
  );

/** `param u[k] : real[2] = from data`; `from` holds what follows the word. */
export interface ParamDeclaration extends Node {
  readonly name: Name;
  readonly index?: Name;
  readonly type: TypeExpr;
  readonly initial?: Expr;
  readonly from?: Expr;
}

// ---- clauses of train, infer, evaluate -----------------------------------------------------------------------------

/** `maximize elbo(p, q) over encoder, decoder with adam(lr: 1e-3)`. */
export interface Goal extends Node {
  readonly sense: 'maximize' | 'minimize';
  readonly objective: Expr;
  readonly over: readonly Expr[];
  readonly with?: Expr;
}

/** `elbo(p, q) on mnist.test`. */
export interface Report extends Node {
  readonly value: Expr;
  readonly on?: Expr;
}

export type Clause = Node &
  (
    | { readonly kind: 'data'; readonly value: Expr }
    | { readonly kind: 'goal'; readonly goal: Goal }
    /** optimizer, batch, epochs, steps, seed, ema, clip, restarts, start: a word and its value. */
    | { readonly kind: 'setting'; readonly name: SettingName; readonly value: Expr }
    | { readonly kind: 'over'; readonly nets: readonly Expr[] }
    | { readonly kind: 'alternate'; readonly turns: readonly Turn[] }
    | {
        readonly kind: 'track';
        readonly every: Expr;
        readonly unit: 'epoch' | 'step';
        readonly reports: readonly Report[];
      }
    | { readonly kind: 'report'; readonly reports: readonly Report[] }
    /** `coordinate_ascent p over q until elbo(p, q) changes < 1e-8`. */
    | {
        readonly kind: 'coordinate-ascent';
        readonly model: Expr;
        readonly over: Expr;
        readonly until?: { readonly value: Expr; readonly tolerance: Expr };
      }
  );

export const settingNames = [
  'optimizer',
  'batch',
  'epochs',
  'steps',
  'seed',
  'ema',
  'clip',
  'start',
  'restarts',
] as const;
export type SettingName = (typeof settingNames)[number];

/** `repeat 5 { minimize … }` or a bare goal inside `alternate`. */
export interface Turn extends Node {
  readonly repeat?: Expr;
  readonly goals: readonly Goal[];
}

// ---- declarations ------------------------------------------------------------------------------------------------

export interface DataField extends Node {
  readonly name: Name;
  readonly type: TypeExpr;
}

export type DataClause = Node &
  (
    | { readonly kind: 'field'; readonly field: DataField }
    | { readonly kind: 'source'; readonly source: Expr }
    | { readonly kind: 'split'; readonly parts: readonly Argument[] }
    | { readonly kind: 'binarize'; readonly field: Name; readonly at?: Expr; readonly dynamic: boolean }
    | { readonly kind: 'standardize'; readonly field: Name }
    | { readonly kind: 'where'; readonly condition: Expr }
    /** `z = mean q(z | x)`: a derived field. */
    | { readonly kind: 'derived'; readonly name: Name; readonly value: Expr }
  );

/** What is called by its name. One expression stands for a body of one `return`; `short` remembers how it was written. */
interface Signed {
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly short: boolean;
}

export type Declaration = Node & { readonly documentation?: string } & (
    | { readonly kind: 'use'; readonly path: string; readonly run?: boolean }
    | { readonly kind: 'hyper'; readonly name: Name; readonly value: Expr }
    | { readonly kind: 'data'; readonly name: Name; readonly clauses: readonly DataClause[] }
    /** `data d = mixture where label != 4`, `data d = concat(a, b)`. */
    | {
        readonly kind: 'derived-data';
        readonly name: Name;
        readonly value: Expr;
        readonly clauses: readonly DataClause[];
      }
    | (Signed & { readonly kind: 'function' })
    | (Signed & { readonly kind: 'objective' })
    | (Signed & { readonly kind: 'net' })
    | (Signed & { readonly kind: 'sample' })
    | { readonly kind: 'param'; readonly parameter: ParamDeclaration }
    | {
        readonly kind: 'model' | 'guide';
        readonly name: Name;
        readonly parameters: readonly Parameter[];
        readonly body: readonly Statement[];
      }
    /** `schedule linear(T, beta) { … }` declares one; `schedule noise = linear(T, beta: 1e-4 -> 0.02)` binds one. */
    | {
        readonly kind: 'schedule';
        readonly name: Name;
        readonly parameters: readonly Parameter[];
        readonly body: readonly Statement[];
      }
    | { readonly kind: 'schedule-value'; readonly name: Name; readonly value: Expr }
    | { readonly kind: 'train'; readonly clauses: readonly Clause[] }
    | { readonly kind: 'infer'; readonly name: Name; readonly clauses: readonly Clause[] }
    | { readonly kind: 'evaluate'; readonly clauses: readonly Clause[] }
    | { readonly kind: 'sweep'; readonly hyper: Name; readonly values: Expr }
  );

export type DeclarationOf<Kind extends Declaration['kind']> = Extract<Declaration, { kind: Kind }>;

export interface SourceFile extends Node {
  readonly path: string;
  readonly declarations: readonly Declaration[];
}
