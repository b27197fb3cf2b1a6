/** Random syntax trees of everything that the language can say; without places, which no text has given them yet. */
import fc from 'fast-check';
import type {
  Argument,
  Clause,
  DataClause,
  Declaration,
  DensityArgument,
  Draw,
  Each,
  Expr,
  Goal,
  Name,
  ParamDeclaration,
  Parameter,
  Report,
  SourceFile,
  Statement,
  Turn,
  TypeExpr,
  WhereBinding,
} from '../../compiler/1-syntax/ast.ts';
import { settingNames } from '../../compiler/1-syntax/ast.ts';
import { bindings } from '../../compiler/1-syntax/precedence.ts';
import type { BinaryOperator } from '../../compiler/1-syntax/ast.ts';
import { words } from '../../grammar/tokens.ts';

const span = { file: '', start: 0, end: 0 };
const operators = Object.keys(bindings) as BinaryOperator[];

/** Contextual words are names as good as any other. */
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('z', 'x', 'mu', 'K', 'p', 'q', 'a1', '_b', 'log2', 'Else') },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(words)) },
);
const name: fc.Arbitrary<Name> = text.map((value) => ({ text: value, span }));
const variable: fc.Arbitrary<Expr> = text.map((value) => ({ kind: 'name', text: value, span }));
const number: fc.Arbitrary<Expr> = fc
  .constantFrom('0', '1', '784', '0.5', '1e-3', '2.50', '6E+2', '1e400')
  .map((value) => ({ kind: 'number', value: Number(value), text: value, span }));
const string = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\t', 'é', '數', '/', "'", '{') });

/** Leaves out a property or gives it: never undefined. */
function optional<Key extends string, T>(key: Key, value: fc.Arbitrary<T>): fc.Arbitrary<{ [P in Key]?: T }> {
  return fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [key]: given })) as never;
}

/** The parts, merged into one node. */
function node<A extends object, B extends object = object, C extends object = object>(
  own: fc.Arbitrary<A>,
  b: fc.Arbitrary<B> = fc.constant({} as B),
  c: fc.Arbitrary<C> = fc.constant({} as C),
): fc.Arbitrary<A & B & C & { span: typeof span }> {
  return fc.tuple(own, b, c).map(([x, y, z]) => ({ ...x, ...y, ...z, span }));
}

const few = { maxLength: 3 } as const;
const some = { minLength: 1, ...few } as const;

/** A type and not an interface: fast-check wants an index signature. */
type Sorts = {
  expr: Expr;
  simple: Expr;
  designator: Expr;
  averaged: Expr;
  density: Expr;
  argument: Argument;
  namedArgument: Argument & { name: Name };
  suffixed: Expr;
  each: Each;
};

const { expr, designator, each, namedArgument } = fc.letrec<Sorts>((tie) => {
  const list = <K extends keyof Sorts>(key: K) => fc.array(tie(key), few);
  const atLeastOne = <K extends keyof Sorts>(key: K) => fc.array(tie(key), some);
  const kind = <K extends Expr['kind']>(value: K) => fc.constant({ kind: value });
  const parts = <T extends object>(shape: { [P in keyof T]: fc.Arbitrary<T[P]> }) => fc.record(shape);

  const bare: fc.Arbitrary<DensityArgument> = fc
    .tuple(text, fc.option(tie('expr'), { nil: undefined }), fc.boolean())
    .map(([of, index, stopped]) => {
      const whole: Expr = { kind: 'name', text: of, span };
      const value: Expr = index === undefined ? whole : { kind: 'index', object: whole, indices: [index], span };
      const stop: Expr = { kind: 'name', text: 'stop', span };
      const call: Expr = { kind: 'call', callee: stop, args: [{ value, span }], span };
      return { variable: { text: of, span }, value: stopped ? call : value, bare: true, span };
    });
  const given: fc.Arbitrary<DensityArgument> = fc
    .record({ variable: name, value: tie('suffixed') })
    .map((it) => ({ ...it, bare: false, span }));
  const densityArguments = fc.array(fc.oneof(bare, given), few);
  /** What follows a name: one call, index, member or density more. */
  const after = (object: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> =>
    fc.oneof(
      node(kind('call'), parts({ callee: object, args: list('argument') })),
      node(kind('member'), parts({ object, member: name })),
      tie('density').chain((density) => object.map((model) => ({ ...density, model }) as Expr)),
    );
  const draw: fc.Arbitrary<Draw> = node(
    parts({
      names: fc.array(
        fc.tuple(name, optional('index', name)).map(([it, index]) => ({ name: it, ...index })),
        some,
      ),
      distribution: tie('expr'),
    }),
    fc
      .tuple(optional('coupled', list('argument')), optional('by', tie('expr')))
      .map(([coupled, by]) => ({ ...coupled, ...by })),
    optional('each', tie('each')),
  );
  const binding: fc.Arbitrary<WhereBinding> = node(parts({ name, value: tie('expr') }), optional('index', name));

  const nested: fc.Arbitrary<Expr>[] = [
    node(kind('list'), parts({ items: list('expr') })),
    node(kind('tuple'), parts({ items: fc.array(tie('expr'), { minLength: 2, maxLength: 3 }) })),
    node(kind('record'), parts({ entries: fc.array(fc.record({ name, value: tie('expr') }), few) })),
    node(kind('comprehension'), parts({ body: tie('expr'), each: tie('each'), bracketed: fc.boolean() })),
    node(kind('negate'), parts({ operand: tie('expr') })),
    node(kind('binary'), parts({ operator: fc.constantFrom(...operators), left: tie('expr'), right: tie('expr') })),
    node(kind('binary'), parts({ operator: fc.constantFrom(...operators), left: tie('expr'), right: tie('expr') })),
    node(kind('call'), parts({ callee: tie('expr'), args: list('argument') })),
    node(
      kind('call'),
      parts({ callee: fc.constant<Expr>({ kind: 'name', text: 'log', span }), args: list('argument') }),
    ),
    node(kind('index'), parts({ object: tie('expr'), indices: atLeastOne('expr') })),
    node(kind('member'), parts({ object: tie('expr'), member: name })),
    node(kind('if'), parts({ condition: tie('expr'), then: tie('expr'), otherwise: tie('expr') })),
    tie('density'),
    node(kind('log-density'), parts({ density: tie('designator') })),
    node(kind('mean'), parts({ density: tie('averaged') })),
    node(kind('expectation'), parts({ draws: fc.array(draw, some), body: tie('expr'), where: fc.array(binding, few) })),
    node(kind('divergence'), parts({ left: tie('expr'), right: tie('expr'), options: list('namedArgument') })),
    node(kind('like'), parts({ value: tie('expr'), prototype: tie('expr') })),
  ];
  return {
    simple: fc.oneof(
      variable,
      number,
      string.map((value): Expr => ({ kind: 'string', value, span })),
    ),
    expr: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('simple'), ...nested),
    designator: fc.oneof({ maxDepth: 4, depthSize: 'small' }, variable, after(tie('designator'))),
    averaged: fc.oneof({ maxDepth: 4, depthSize: 'small' }, after(variable), after(tie('averaged'))),
    density: node(kind('density'), parts({ model: tie('expr'), of: densityArguments, given: densityArguments })).filter(
      (it) => it.given.length > 0 || it.of.some((part) => !part.bare),
    ),
    suffixed: tie('expr'),
    argument: node(parts({ value: tie('suffixed') }), optional('name', name)),
    namedArgument: node(parts({ name, value: tie('expr') })),
    each: node(parts({ names: fc.array(name, some), range: tie('expr') })),
  };
});

const exprs = fc.array(expr, some);

const type: fc.Arbitrary<TypeExpr> = node(
  fc.record({ name, args: fc.array(expr, few), shape: fc.array(expr, few) }),
  optional('member', name),
);
const parameter: fc.Arbitrary<Parameter> = node(fc.record({ name }), optional('type', type), optional('initial', expr));
const param: fc.Arbitrary<ParamDeclaration> = node(
  fc.record({ name, type }),
  optional('index', name),
  fc.oneof(optional('initial', expr), optional('from', designator)),
);
const returned: fc.Arbitrary<Argument> = node(fc.record({ value: expr }), optional('name', name));

const { statement } = fc.letrec<{ statement: Statement }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    node(
      fc.record({ kind: fc.constant('sample' as const), target: name, distribution: expr }),
      optional('index', name),
      optional('modifier', fc.constantFrom('global' as const, 'carry' as const)),
    ),
    node(
      fc.record({ kind: fc.constant('let' as const), targets: fc.array(name, some), value: expr }),
      optional('modifier', fc.constant('carry' as const)),
    ),
    node(fc.record({ kind: fc.constant('param' as const), parameter: param })),
    node(fc.record({ kind: fc.constant('return' as const), values: fc.array(returned, some) })),
    node(fc.record({ kind: fc.constant('keep' as const), target: name, at: expr })),
    node(fc.record({ kind: fc.constant('for' as const), each, body: fc.array(tie('statement'), few) })),
  ),
}));
const body = fc.array(statement, few);

const goal: fc.Arbitrary<Goal> = node(
  fc.record({
    sense: fc.constantFrom('maximize' as const, 'minimize' as const),
    objective: expr,
    over: fc.array(expr, few),
  }),
  optional('with', expr),
);
const report: fc.Arbitrary<Report> = node(fc.record({ value: expr }), optional('on', expr));
const turn: fc.Arbitrary<Turn> = fc.oneof(
  goal.map((only) => ({ goals: [only], span })),
  node(fc.record({ repeat: expr, goals: fc.array(goal, few) })),
);
const clause: fc.Arbitrary<Clause> = fc.oneof(
  node(fc.record({ kind: fc.constant('data' as const), value: expr })),
  node(fc.record({ kind: fc.constant('goal' as const), goal })),
  node(fc.record({ kind: fc.constant('setting' as const), name: fc.constantFrom(...settingNames), value: expr })),
  node(fc.record({ kind: fc.constant('over' as const), nets: exprs })),
  node(fc.record({ kind: fc.constant('alternate' as const), turns: fc.array(turn, few) })),
  node(
    fc.record({
      kind: fc.constant('track' as const),
      every: expr,
      unit: fc.constantFrom('epoch' as const, 'step' as const),
      reports: fc.array(report, few),
    }),
  ),
  node(fc.record({ kind: fc.constant('report' as const), reports: fc.array(report, some) })),
  node(
    fc.record({ kind: fc.constant('coordinate-ascent' as const), model: expr, over: expr }),
    optional('until', fc.record({ value: expr, tolerance: expr })),
  ),
);
/** An `over` directly after a goal is the goal's own. */
const clauses = fc.array(clause, few).map((items) =>
  items.filter((item, i) => {
    const before = items[i - 1];
    return item.kind !== 'over' || before?.kind !== 'goal' || before.goal.over.length > 0 || before.goal.with;
  }),
);

const dataClause: fc.Arbitrary<DataClause> = fc.oneof(
  fc.record({ name, type }).map((field) => ({ kind: 'field', field: { ...field, span }, span }) as const),
  node(fc.record({ kind: fc.constant('source' as const), source: expr })),
  node(fc.record({ kind: fc.constant('split' as const), parts: fc.array(namedArgument, some) })),
  fc.oneof(
    node(fc.record({ kind: fc.constant('binarize' as const), field: name, at: expr, dynamic: fc.constant(false) })),
    node(fc.record({ kind: fc.constant('binarize' as const), field: name, dynamic: fc.constant(true) })),
  ),
  node(fc.record({ kind: fc.constant('standardize' as const), field: name })),
  node(fc.record({ kind: fc.constant('where' as const), condition: expr })),
  node(fc.record({ kind: fc.constant('derived' as const), name, value: expr })),
);
const dataClauses = fc.array(dataClause, few);

const signature = { name, parameters: fc.array(parameter, few) };
const shaped = fc.oneof(
  fc.record({ body, short: fc.constant(false) }),
  expr.map((value) => ({ body: [{ kind: 'return' as const, values: [{ value, span }], span }], short: true })),
);
const declaration: fc.Arbitrary<Declaration> = node(
  fc.oneof(
    node(fc.record({ kind: fc.constant('use' as const), path: string }), optional('run', fc.constant(true))),
    fc.record({ kind: fc.constant('hyper' as const), name, value: expr }),
    fc.record({ kind: fc.constant('data' as const), name, clauses: dataClauses }),
    fc.record({ kind: fc.constant('derived-data' as const), name, value: expr, clauses: dataClauses }),
    node(
      fc.record({
        kind: fc.constantFrom('function' as const, 'objective' as const, 'net' as const, 'sample' as const),
        ...signature,
      }),
      shaped,
    ),
    fc.record({ kind: fc.constant('param' as const), parameter: param }),
    fc.record({ kind: fc.constantFrom('model' as const, 'guide' as const, 'schedule' as const), ...signature, body }),
    fc.record({ kind: fc.constant('schedule-value' as const), name, value: expr }),
    fc.record({ kind: fc.constantFrom('train' as const, 'evaluate' as const), clauses }),
    fc.record({ kind: fc.constant('infer' as const), name, clauses }),
    fc.record({ kind: fc.constant('sweep' as const), hyper: name, values: expr }),
  ),
  optional(
    'documentation',
    fc.array(fc.constantFrom('', 'a', ' indented', '/ slashes', 'x ~ Normal(0, 1)'), some).map((it) => it.join('\n')),
  ),
);

export const expressions: fc.Arbitrary<Expr> = expr;
export const sourceFiles: fc.Arbitrary<SourceFile> = fc
  .array(declaration, few)
  .map((declarations) => ({ path: '', declarations, span }));
