/** Reads a spec and all that it uses, and says which names each file sees. */
import type { Declaration, DeclarationOf, SourceFile } from '../1-syntax/ast.ts';
import { parse } from '../1-syntax/build.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { syntaxMessages } from '../diagnostics/messages/syntax.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Session } from '../session.ts';

/** A declaration together with the scope its own names are looked up in. */
export interface Declared {
  readonly declaration: NamedDeclaration;
  readonly scope: Scope;
}

export type NamedDeclaration = Exclude<Declaration, DeclarationOf<'use' | 'train' | 'evaluate' | 'sweep'>>;

/** The names a file sees: its own declarations, then those of the files it uses. */
export interface Scope {
  readonly path: string;
  readonly names: Map<string, Declared>;
}

export interface Spec {
  readonly root: SourceFile;
  readonly scope: Scope;
}

/**
 * Loads the spec at `path`; undefined where a file of it cannot be read. A statement that could not be read is not in
 * the tree, and what it declared would only be missed everywhere, so nothing more is said of such a spec.
 */
export function load(session: Session, path: string): Spec | undefined {
  const loaded = new Map<string, Scope>();
  const root = readFile(session, path, { file: path, start: 0, end: 0 }, path);
  if (root === undefined) return undefined;
  const scope = scopeOf(session, root, loaded, [path]);
  const isReadable = (found: Diagnostic): boolean => found.severity !== 'error' || !isUnreadable(found.code);
  return session.diagnostics.every(isReadable) ? { root, scope } : undefined;
}

/** While loading, what is not supported yet is a file that cannot be used. */
function isUnreadable(code: string): boolean {
  return code === 'file-not-found' || code === 'not-supported' || Object.hasOwn(syntaxMessages, code);
}

function scopeOf(session: Session, file: SourceFile, loaded: Map<string, Scope>, open: readonly string[]): Scope {
  const scope: Scope = { path: file.path, names: new Map() };
  loaded.set(file.path, scope);
  const own = new Map<string, Declared>();
  for (const declaration of file.declarations) {
    if (!isNamed(declaration)) continue;
    const name = nameOf(declaration);
    const first = own.get(name.text);
    if (first !== undefined) {
      const note = { message: 'the first one is here', span: nameOf(first.declaration).span };
      session.report('duplicate-name', name.span, { name: name.text }, [note]);
    } else own.set(name.text, { declaration, scope });
  }
  for (const use of file.declarations) {
    if (use.kind === 'use') importFrom(session, use, file, own, scope, loaded, open);
  }
  for (const [name, declared] of own) scope.names.set(name, declared);
  return scope;
}

function importFrom(
  session: Session,
  use: DeclarationOf<'use'>,
  file: SourceFile,
  own: ReadonlyMap<string, Declared>,
  scope: Scope,
  loaded: Map<string, Scope>,
  open: readonly string[],
): void {
  if (use.run) {
    session.report('not-supported', use.span, { what: "'use run'", instead: '; use the spec itself' });
    return;
  }
  const path = resolve(file.path, use.path);
  if (laterLibraries.has(path)) {
    session.report('not-supported', use.span, { what: `the library "${use.path}"`, instead: '' });
    return;
  }
  if (open.includes(path)) {
    session.report('cyclic-use', use.span, { path: use.path });
    return;
  }
  let imported = loaded.get(path);
  if (imported === undefined) {
    const found = readFile(session, path, use.span, use.path);
    if (found === undefined) return;
    imported = scopeOf(session, found, loaded, [...open, path]);
  }
  for (const [name, declared] of imported.names) {
    if (!isShared(declared.declaration)) continue;
    const mine = own.get(name);
    const other = scope.names.get(name);
    if (mine !== undefined) {
      const span = nameOf(mine.declaration).span;
      session.report('shadowed-import', span, { name, from: `"${use.path}"` });
    } else if (other !== undefined && other.declaration !== declared.declaration) {
      const params = { name, first: other.scope.path, second: declared.scope.path };
      session.report('import-clash', use.span, params);
    } else scope.names.set(name, declared);
  }
}

/** Parts of the library that are not written yet. */
const laterLibraries: ReadonlySet<string> = new Set(['std/adversarial.vae', 'std/testing.vae']);

/** `use` brings along everything but programs; a sampler, which needs an argument such as a net, is not one yet. */
function isShared(declaration: NamedDeclaration): boolean {
  return declaration.kind !== 'infer' && (declaration.kind !== 'sample' || isSampler(declaration));
}

/** A sample with an argument that it cannot do without, such as a net, is one to be called by others. */
export function isSampler({ parameters }: DeclarationOf<'sample'>): boolean {
  return parameters.some(({ type, initial }) => initial === undefined && type?.member === undefined);
}

function readFile(session: Session, path: string, span: Span, written: string): SourceFile | undefined {
  const text = session.host.read(path);
  if (text === undefined) {
    session.report('file-not-found', span, { path: written, tried: path });
    return undefined;
  }
  session.sources.set(path, text);
  const { file, diagnostics } = parse(path, text);
  for (const found of diagnostics) session.add(found);
  return file;
}

/** 'std/objectives' is the library; anything else is relative to the using file. */
function resolve(from: string, path: string): string {
  if (path.startsWith('std/')) return path.endsWith('.vae') ? path : `${path}.vae`;
  const parts = from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const joined = parts.join('/');
  return joined.endsWith('.vae') ? joined : `${joined}.vae`;
}

function isNamed(declaration: Declaration): declaration is NamedDeclaration {
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
