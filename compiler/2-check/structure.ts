/** The conditional structure of a model or guide: its variables in order and what each depends on. */
import type { Declaration, DeclarationOf, Expr, Parameter, Statement } from '../1-syntax/ast.ts';

export interface Structure {
  /** Variables in the order they are drawn. */
  readonly variables: readonly string[];
  /** The variables and parameters that a variable's distribution reads, through deterministic names. */
  readonly parents: ReadonlyMap<string, ReadonlySet<string>>;
  readonly statements: ReadonlyMap<string, Statement>;
}

export function structureOf(declaration: DeclarationOf<'model' | 'guide'>): Structure {
  const variables: string[] = [];
  const parents = new Map<string, Set<string>>();
  const statements = new Map<string, Statement>();
  const reaches = new Map<string, Set<string>>();
  for (const parameter of declaration.parameters) reaches.set(parameter.name.text, new Set([parameter.name.text]));
  const reached = (expr: Expr): Set<string> => {
    const found = new Set<string>();
    for (const name of namesIn(expr)) for (const source of reaches.get(name) ?? []) found.add(source);
    return found;
  };
  for (const statement of declaration.body) {
    if (statement.kind === 'sample') {
      const name = statement.target.text;
      variables.push(name);
      parents.set(name, reached(statement.distribution));
      statements.set(name, statement);
      reaches.set(name, new Set([name]));
    } else if (statement.kind === 'let') {
      const sources = reached(statement.value);
      for (const target of statement.targets) {
        statements.set(target.text, statement);
        reaches.set(target.text, sources);
      }
    } else if (statement.kind === 'param') statements.set(statement.parameter.name.text, statement);
  }
  return { variables, parents, statements };
}

/** Everything `name` depends on, directly or not, among the variables. */
export function ancestors(structure: Structure, name: string): Set<string> {
  const found = new Set<string>();
  const visit = (variable: string): void => {
    for (const parent of structure.parents.get(variable) ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      visit(parent);
    }
  };
  visit(name);
  return found;
}

/** The names that a part of a spec reads; names that it binds itself may be among them. */
export function namesIn(part: Expr | Declaration | readonly (Statement | Parameter)[]): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      const node = value as { kind?: unknown; text?: unknown };
      if (node.kind === 'name' && typeof node.text === 'string') found.add(node.text);
      Object.values(value).forEach(visit);
    }
  };
  visit(part);
  return found;
}
