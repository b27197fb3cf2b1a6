/**
 * Roles: in an objective with parameters `p: model, q: guide`, a name left of a guide's bar is all that the guide draws,
 * jointly, and any other name in a density is what the model draws and the data holds.
 */
import type { DeclarationOf, Expr, Statement } from '../1-syntax/ast.ts';

export type Role = 'latent' | 'observed';

/** The role of each name in the densities of an objective's body. */
export function rolesOf({ parameters, body }: DeclarationOf<'function' | 'objective'>): ReadonlyMap<string, Role> {
  const kinds = new Map(parameters.map((parameter) => [parameter.name.text, parameter.type?.name.text]));
  const roles = new Map<string, Role>();
  const others: string[] = [];
  visitDensities(body, (model, of, given) => {
    const kind = kinds.get(modelName(model) ?? '');
    if (kind === 'guide') for (const name of of) roles.set(name, 'latent');
    else if (kind === 'model') others.push(...of);
    if (kind === 'guide' || kind === 'model') others.push(...given);
  });
  for (const name of others) if (!roles.has(name)) roles.set(name, 'observed');
  return roles;
}

type Visit = (model: Expr, of: readonly string[], given: readonly string[]) => void;

/** Every `q(z | x)` and `p(x, z)` in a body. */
function visitDensities(root: readonly Statement[], visit: Visit): void {
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      const expr = value as Expr;
      if (expr.kind === 'density') {
        const names = (args: typeof expr.of): string[] => args.map((arg) => arg.variable.text);
        visit(expr.model, names(expr.of), names(expr.given));
      } else if (expr.kind === 'call') {
        visit(
          expr.callee,
          expr.args.flatMap((arg) => variableOf(arg.value) ?? []),
          [],
        );
      }
      Object.values(value).forEach(walk);
    }
  };
  walk(root);
}

/** `q` and `stop(q)` both name q. */
function modelName(model: Expr): string | undefined {
  if (model.kind === 'name') return model.text;
  const [only] =
    model.kind === 'call' && model.callee.kind === 'name' && model.callee.text === 'stop' ? model.args : [];
  return only?.value.kind === 'name' ? only.value.text : undefined;
}

/** The variable that `z`, `z[k]` and `stop(z[k])` stand for. */
export function variableOf(expr: Expr): string | undefined {
  switch (expr.kind) {
    case 'name':
      return expr.text;
    case 'index':
      return variableOf(expr.object);
    case 'call': {
      const [only] = expr.args;
      const isStop = expr.callee.kind === 'name' && expr.callee.text === 'stop' && expr.args.length === 1;
      return isStop && only !== undefined ? variableOf(only.value) : undefined;
    }
    default:
      return undefined;
  }
}
