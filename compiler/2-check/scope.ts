/** Which names a file of a spec sees, and what each is declared as. */
import type { Declaration, DeclarationOf, TypeExpr } from '../1-syntax/ast.ts';
import type { HostClock } from '../4-tensor/host.ts';
import type { Span } from '../diagnostics/span.ts';

/** A declaration together with the scope its own names are looked up in. */
export interface Declared {
  readonly declaration: NamedDeclaration;
  readonly scope: Scope;
}

export type NamedDeclaration = Exclude<Declaration, DeclarationOf<'use' | 'train' | 'evaluate' | 'sweep'>>;

/** The names a file sees: its own declarations, then those of the files it uses. */
export interface Scope {
  readonly path: string;
  readonly isLibrary: boolean;
  readonly names: Map<string, Declared>;
  /** The finished run that the file belongs to: what it declares is frozen, as that run has trained it. */
  readonly run?: FrozenRun;
}

export interface FrozenRun {
  /** `mixture`; `latent:mixture` for one that the run `latent` has used. */
  readonly name: string;
  /** The names that the run's own spec sees. */
  readonly names: ReadonlyMap<string, Declared>;
  /** The hypers that `--set` gave it. */
  readonly settings: Readonly<Record<string, string>>;
  /** The end of its training. */
  readonly clock: HostClock;
}

export function isNamed(declaration: Declaration): declaration is NamedDeclaration {
  switch (declaration.kind) {
    case 'use':
    case 'train':
    case 'evaluate':
    case 'sweep':
      return false;
    default:
      return true;
  }
}

export function nameOf(declaration: NamedDeclaration): { readonly text: string; readonly span: Span } {
  return declaration.kind === 'param' ? declaration.parameter.name : declaration.name;
}

/** A sample with an argument that it cannot do without, such as a net, is one to be called by others. */
export function isSampler({ parameters }: DeclarationOf<'sample'>, scope: Scope): boolean {
  return parameters.some(({ type, initial }) => initial === undefined && !(type && isRowType(type, scope)));
}

/** `a: mnist.test` and `a: mnist` take a row of that data set. */
export function isRowType({ name, member }: TypeExpr, scope: Scope): boolean {
  const kind = scope.names.get(name.text)?.declaration.kind;
  return member !== undefined || kind === 'data' || kind === 'derived-data';
}
