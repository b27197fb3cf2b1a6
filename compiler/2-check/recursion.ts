/**
 * Recursion, which a spec has none of: every call is elaborated in place. That a function is applied within itself is
 * none yet where it came as an argument, guided(guided(a, b, w, _, _), c, w, _, _); that its body leads back to it is.
 */
import type { Statement } from '../1-syntax/ast.ts';
import type { Context } from './context.ts';
import type { Scope } from './scope.ts';
import { namesIn } from './structure.ts';

export type Body = readonly Statement[];

/** Applications of a function within itself; more are of one that is handed to itself. */
const most = 6;

/** Runs `apply` as an application of `body`; undefined where that would not end. */
export function applying<T>({ applying }: Context, body: Body, scope: Scope, apply: () => T): T | undefined {
  const within = applying.filter((each) => each === body).length;
  if (within >= most || (within > 0 && leadsBack(body, scope))) return undefined;
  applying.push(body);
  const result = apply();
  applying.pop();
  return result;
}

/** Whether the declarations that a body names, and those that they name, include its own. */
function leadsBack(body: Body, scope: Scope): boolean {
  const seen = new Set<object>();
  const visit = (part: Body, within: Scope): boolean =>
    [...namesIn(part)].some((name) => {
      const declared = within.names.get(name);
      if (declared === undefined || !('body' in declared.declaration)) return false;
      const next = declared.declaration.body;
      if (next === body) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return visit(next, declared.scope);
    });
  return visit(body, scope);
}
