/** What a spec declares and no program of it reaches: such declarations are never elaborated. */
import type { Declaration } from '../1-syntax/ast.ts';
import type { Session } from '../session.ts';
import type { Spec } from './load.ts';
import { isNamed, isSampler, nameOf, type Scope } from './scope.ts';
import { namesIn } from './structure.ts';

export function isProgram(declaration: Declaration, scope: Scope): boolean {
  switch (declaration.kind) {
    case 'train':
    case 'evaluate':
    case 'infer':
    case 'sweep':
      return true;
    case 'sample':
      return !isSampler(declaration, scope);
    default:
      return false;
  }
}

/**
 * Warns of each declaration of the root file whose name no program leads to, through the names that it reads and those
 * that these read. A file without programs is for others to use, so there one note tells that its shapes wait for them.
 */
export function checkReached(session: Session, { root, scope }: Spec): void {
  const reached = new Set<Declaration>();
  const reach = (declaration: Declaration, within: Scope): void => {
    if (reached.has(declaration)) return;
    reached.add(declaration);
    for (const name of namesIn(declaration)) {
      const declared = within.names.get(name);
      if (declared !== undefined) reach(declared.declaration, declared.scope);
    }
  };
  for (const declaration of root.declarations) if (isElaborated(declaration, scope)) reach(declaration, scope);
  const unreached = root.declarations.filter(isNamed).filter((declaration) => !reached.has(declaration));
  if (!root.declarations.some((declaration) => isProgram(declaration, scope))) {
    const [first] = unreached;
    if (first !== undefined) session.report('no-program', nameOf(first).span, {});
    return;
  }
  for (const declaration of unreached) {
    session.report('unreached', nameOf(declaration).span, { what: declaration.kind, name: nameOf(declaration).text });
  }
}

/** What is checked whether or not anything speaks of it; a hyper that reaches no program is an error of its own. */
function isElaborated(declaration: Declaration, scope: Scope): boolean {
  return (
    isProgram(declaration, scope) || ['data', 'derived-data', 'hyper', 'schedule-value'].includes(declaration.kind)
  );
}
