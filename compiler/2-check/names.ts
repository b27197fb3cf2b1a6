/**
 * Names in declarations that no program may have reached: every name must be bound, declared, imported or the
 * language's own, and the language's own must be one that is compiled. Elaboration says the same of what it reaches;
 * the session says it once.
 */
import type { Declaration, DeclarationOf, Each, Expr, Parameter, Statement } from '../1-syntax/ast.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Session } from '../session.ts';
import { builtinNames, isLater } from './builtins/index.ts';
import { checkDeclaration, checkDraw, checkParam, checkStatement } from './later.ts';
import type { Spec } from './load.ts';
import type { Scope } from './scope.ts';

/** Words that stand for themselves: values of named arguments, types that ranges are written with, and the hole. */
const literalWords: ReadonlySet<string> = new Set(['true', 'false', 'category', 'step', '_']);

export function checkNames(session: Session, spec: Spec): void {
  for (const declaration of spec.root.declarations) new Walk(session, spec.scope).declaration(declaration);
}

class Walk {
  readonly #session: Session;
  readonly #scope: Scope;
  readonly #bound: Set<string>[] = [];
  /** Within an objective whose free names are fields of whatever data it is trained on. */
  #speaksOfData = false;

  constructor(session: Session, scope: Scope) {
    this.#session = session;
    this.#scope = scope;
  }

  declaration(declaration: Declaration): void {
    checkDeclaration(this.#session, declaration);
    switch (declaration.kind) {
      case 'hyper':
        this.#within([], () => this.#expr(declaration.value));
        break;
      case 'function':
      case 'objective':
        this.#speaksOfData = isOfData(declaration);
        this.#within(parameterNames(declaration.parameters), () =>
          this.#statements(declaration.body, declaration.kind),
        );
        this.#speaksOfData = false;
        break;
      case 'schedule-value':
        this.#within([], () => this.#expr(declaration.value));
        break;
      case 'schedule':
      case 'net':
      case 'model':
      case 'guide':
      case 'sample':
        this.#within(parameterNames(declaration.parameters), () =>
          this.#statements(declaration.body, declaration.kind),
        );
        break;
      default:
    }
  }

  #statements(statements: readonly Statement[], of: string): void {
    for (const statement of statements) {
      checkStatement(this.#session, statement, of);
      switch (statement.kind) {
        case 'sample':
          this.#expr(statement.distribution);
          this.#bind(statement.target.text);
          break;
        case 'let':
          this.#expr(statement.value);
          for (const target of statement.targets) this.#bind(target.text);
          break;
        case 'param':
          checkParam(this.#session, statement.parameter);
          if (statement.parameter.initial !== undefined) this.#expr(statement.parameter.initial);
          this.#bind(statement.parameter.name.text);
          break;
        case 'return':
          for (const value of statement.values) this.#expr(value.value);
          break;
        case 'for':
          this.#expr(statement.each.range);
          // What the body declares for each index is known after it.
          for (const name of eachNames(statement.each)) this.#bind(name);
          this.#statements(statement.body, of);
          break;
        case 'keep':
          this.#expr(statement.at);
          break;
      }
    }
  }

  #expr(expr: Expr): void {
    switch (expr.kind) {
      case 'name':
        this.#use(expr);
        break;
      case 'list':
      case 'tuple':
        for (const item of expr.items) this.#expr(item);
        break;
      case 'comprehension':
        this.#expr(expr.each.range);
        this.#within(eachNames(expr.each), () => this.#expr(expr.body));
        break;
      case 'record':
        for (const entry of expr.entries) this.#expr(entry.value);
        break;
      case 'negate':
        this.#expr(expr.operand);
        break;
      case 'binary':
        this.#expr(expr.left);
        if (expr.operator !== '|>' || !this.#later(expr.right, expr)) this.#expr(expr.right);
        break;
      case 'call':
        if (!this.#later(expr, expr)) this.#call(expr);
        break;
      case 'index':
        if (expr.object.kind !== 'name' || !builtinNames.has(expr.object.text)) this.#expr(expr.object);
        for (const index of expr.indices) this.#expr(index);
        break;
      case 'member':
        this.#expr(expr.object);
        break;
      case 'if':
        this.#expr(expr.condition);
        this.#expr(expr.then);
        this.#expr(expr.otherwise);
        break;
      case 'density':
        this.#expr(expr.model);
        for (const arg of [...expr.of, ...expr.given]) if (!arg.bare) this.#expr(arg.value);
        break;
      case 'log-density':
      case 'mean':
        this.#density(expr.density);
        break;
      case 'expectation':
        this.#expectation(expr);
        break;
      case 'divergence':
        this.#density(expr.left);
        this.#density(expr.right);
        break;
      case 'like':
        this.#expr(expr.value);
        break;
      case 'number':
      case 'string':
      case 'invalid':
        break;
    }
  }

  #call(expr: Extract<Expr, { kind: 'call' }>): void {
    this.#expr(expr.callee);
    const drawn = expr.callee.kind === 'name' && this.#isModel(expr.callee.text);
    for (const arg of expr.args) if (!drawn || arg.name !== undefined) this.#expr(arg.value);
  }

  /** `conv2d(x, 3)`, or `x |> conv2d(3)` as a whole: a word of the language that no version compiles yet. */
  #later(written: Expr, whole: Expr): boolean {
    const word = written.kind === 'call' ? written.callee : written;
    if (word.kind !== 'name' || !isLater(word.text) || this.#isBound(word.text)) return false;
    this.#session.report('not-supported', whole.span, { what: `'${word.text}'`, instead: '' });
    if (written.kind === 'call') for (const arg of written.args) this.#expr(arg.value);
    return true;
  }

  #isModel(name: string): boolean {
    const kind = this.#scope.names.get(name)?.declaration.kind;
    return kind === 'model' || kind === 'guide';
  }

  /** The variables of a density are the model's, not names in sight. */
  #density(expr: Expr): void {
    if (expr.kind !== 'call') this.#expr(expr);
    else {
      this.#expr(expr.callee);
      for (const arg of expr.args) if (arg.name !== undefined) this.#expr(arg.value);
    }
  }

  #expectation(expr: Extract<Expr, { kind: 'expectation' }>): void {
    const names: string[] = [];
    for (const draw of expr.draws) {
      checkDraw(this.#session, draw);
      this.#within(names, () => this.#density(draw.distribution));
      // `by:` names a method, which stands for nothing else.
      for (const { name, value } of draw.coupled ?? []) if (name?.text !== 'by') this.#expr(value);
      names.push(...draw.names.map(({ name }) => name.text), ...(draw.each ? eachNames(draw.each) : []));
    }
    this.#within(names, () => {
      for (const binding of expr.where) {
        this.#expr(binding.value);
        this.#bind(binding.name.text);
      }
      this.#expr(expr.body);
    });
  }

  #use(expr: Extract<Expr, { kind: 'name' }>): void {
    const name = expr.text;
    if (this.#speaksOfData || this.#isBound(name) || builtinNames.has(name) || literalWords.has(name)) return;
    const known = [...this.#bound.flatMap((names) => [...names]), ...this.#scope.names.keys(), ...builtinNames];
    this.#session.report('unknown-name', expr.span, { name, hint: didYouMean(name, known) });
  }

  #isBound(name: string): boolean {
    return this.#bound.some((names) => names.has(name)) || this.#scope.names.has(name);
  }

  #bind(name: string): void {
    this.#bound.at(-1)?.add(name);
  }

  #within(names: readonly string[], walk: () => void): void {
    this.#bound.push(new Set(names));
    walk();
    this.#bound.pop();
  }
}

/** An objective without a model has no variables of its own: `x` is a field of the data. */
function isOfData(declaration: DeclarationOf<'function' | 'objective'>): boolean {
  if (declaration.kind !== 'objective') return false;
  return !declaration.parameters.some((p) => p.type?.name.text === 'model' || p.type?.name.text === 'guide');
}

function parameterNames(parameters: readonly Parameter[]): string[] {
  return parameters.map((parameter) => parameter.name.text);
}

function eachNames(each: Each): string[] {
  return each.names.map((name) => name.text);
}
