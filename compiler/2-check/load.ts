/** Reads a spec and all that it uses, files and finished runs, and says which names each file sees. */
import type { DeclarationOf, SourceFile } from '../1-syntax/ast.ts';
import { parse } from '../1-syntax/build.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ParamsOf } from '../diagnostics/messages.ts';
import { syntaxMessages } from '../diagnostics/messages/syntax.ts';
import type { Span } from '../diagnostics/span.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Session, SourceHost, UsedRun } from '../session.ts';
import { resolve, runName, withEnding } from './paths.ts';
import { isNamed, isSampler, nameOf, type Declared, type FrozenRun, type Scope } from './scope.ts';

export interface Spec {
  readonly root: SourceFile;
  readonly scope: Scope;
}

/**
 * Loads the spec at `path`; undefined where a file of it cannot be read. A statement that could not be read is not in
 * the tree, and what it declared would only be missed everywhere, so nothing more is said of such a spec.
 */
export function load(session: Session, path: string): Spec | undefined {
  const loader = new Loader(session, session.host);
  // The place of what is wrong with it names the file already.
  const root = loader.read(path, { file: path, start: 0, end: 0 }, { what: 'the spec', hint: '' });
  if (root === undefined) return undefined;
  const scope = loader.scopeOf(root, [path]);
  const isReadable = (found: Diagnostic): boolean => found.severity !== 'error' || !isUnreadable(found.code);
  return session.diagnostics.every(isReadable) ? { root, scope } : undefined;
}

/** While loading, what is not supported yet is a file that cannot be used. */
function isUnreadable(code: string): boolean {
  return ['file-not-found', 'unusable-run', 'not-supported'].includes(code) || Object.hasOwn(syntaxMessages, code);
}

/** The parts of the library, as `use` names them. */
export const libraries = [
  'std/diagnostics',
  'std/diffusion',
  'std/flow',
  'std/objectives',
  'std/testing',
  'std/unet',
] as const;

/** Parts of it that are not written yet. */
const laterLibraries: ReadonlySet<string> = new Set(['std/adversarial.vae']);

/** What `use` brings: names with what they stand for; `from` says for people where they come from. */
interface Imported {
  readonly names: Iterable<readonly [string, Declared]>;
  readonly from: string;
}

/** Loads the files of one spec: the one that is compiled, or that of a run it uses. */
class Loader {
  readonly #session: Session;
  readonly #host: SourceHost;
  readonly #run: FrozenRun | undefined;
  readonly #loaded = new Map<string, Scope>();
  /** The runs that these files use, by folder. */
  readonly #runs = new Map<string, Scope | undefined>();

  constructor(session: Session, host: SourceHost, run?: FrozenRun) {
    this.#session = session;
    this.#host = host;
    this.#run = run;
  }

  /** `missing`: what to say where there is no such file. */
  read(path: string, span: Span, missing: ParamsOf<'file-not-found'>): SourceFile | undefined {
    const text = this.#host.read(path);
    if (text === undefined) {
      this.#session.report('file-not-found', span, missing);
      return undefined;
    }
    this.#session.sources.set(path, text);
    const { file, diagnostics } = parse(path, text);
    for (const found of diagnostics) this.#session.add(found);
    return file;
  }

  /** The names that a file sees; `open` are the files that are being loaded, this one last. */
  scopeOf(file: SourceFile, open: readonly string[], names = new Map<string, Declared>()): Scope {
    const isLibrary = file.path.startsWith(`${this.#library}std/`);
    const scope: Scope = { path: file.path, isLibrary, names, ...(this.#run && { run: this.#run }) };
    this.#loaded.set(file.path, scope);
    const own = new Map<string, Declared>();
    for (const declaration of file.declarations) {
      if (!isNamed(declaration)) continue;
      const name = nameOf(declaration);
      const first = own.get(name.text);
      if (first !== undefined) {
        const note = { message: 'the first one is here', span: nameOf(first.declaration).span };
        this.#session.report('duplicate-name', name.span, { name: name.text }, [note]);
      } else own.set(name.text, { declaration, scope });
    }
    for (const use of file.declarations) {
      if (use.kind !== 'use') continue;
      const imported = use.run ? this.#importRun(use, file) : this.#importFile(use, file, open);
      if (imported !== undefined) this.#take(imported, use, own, scope);
    }
    for (const [name, declared] of own) scope.names.set(name, declared);
    return scope;
  }

  /** A file's own declarations hide imported ones; two imports of one name are an error. */
  #take({ names, from }: Imported, use: DeclarationOf<'use'>, own: ReadonlyMap<string, Declared>, scope: Scope): void {
    for (const [name, declared] of names) {
      if (!isShared(declared)) continue;
      const mine = own.get(name);
      const other = scope.names.get(name);
      if (mine !== undefined) {
        // Of a run, this was said when it was trained.
        if (this.#run !== undefined) continue;
        this.#session.report('shadowed-import', nameOf(mine.declaration).span, { name, from });
      } else if (other !== undefined && other.declaration !== declared.declaration) {
        const params = { name, first: other.scope.path, second: declared.scope.path };
        this.#session.report('import-clash', use.span, params);
      } else scope.names.set(name, declared);
    }
  }

  #importFile(use: DeclarationOf<'use'>, file: SourceFile, open: readonly string[]): Imported | undefined {
    const isLibrary = use.path.startsWith('std/');
    const path = withEnding(isLibrary ? use.path : resolve(file.path, use.path));
    if (laterLibraries.has(path)) {
      this.#session.report('not-supported', use.span, { what: `the library "${use.path}"`, instead: '' });
      return undefined;
    }
    const place = isLibrary ? this.#library + path : path;
    if (open.includes(place)) {
      this.#session.report('cyclic-use', use.span, { path: use.path });
      return undefined;
    }
    let imported = this.#loaded.get(place);
    if (imported === undefined) {
      const all = `; the library has ${libraries.join(', ')}`;
      const hint = isLibrary ? didYouMean(path.replace(/\.vae$/, ''), libraries) || all : '';
      const found = this.read(place, use.span, { what: `"${place}"`, hint });
      if (found === undefined) return undefined;
      imported = this.scopeOf(found, [...open, place]);
    }
    return { names: imported.names, from: `"${use.path}"` };
  }

  /** What a run's spec declares. The library is no part of it: whoever wants that uses it. */
  #importRun(use: DeclarationOf<'use'>, file: SourceFile): Imported | undefined {
    const folder = resolve(file.path, use.path);
    if (!this.#runs.has(folder)) this.#runs.set(folder, this.#loadRun(folder, use));
    const scope = this.#runs.get(folder);
    if (scope === undefined) return undefined;
    const own = [...scope.names].filter(([, declared]) => !declared.scope.isLibrary);
    return { names: own, from: `the run "${use.path}"` };
  }

  #loadRun(folder: string, use: DeclarationOf<'use'>): Scope | undefined {
    const refuse = (problem: string): undefined => {
      this.#session.report('unusable-run', use.span, { path: use.path, problem });
    };
    const found = this.#host.run?.(folder) ?? { problem: 'runs are not read here' };
    if ('problem' in found) return refuse(found.problem);
    const name = `${this.#run === undefined ? '' : `${this.#run.name}:`}${runName(folder)}`;
    const other = this.#session.runs.get(name);
    if (other !== undefined) return refuse(`"${other.folder}" is called '${name}' too; rename one of the two folders`);
    this.#session.runs.set(name, found);
    return this.#scopeOfRun(found, name, use);
  }

  #scopeOfRun({ host, spec, settings, clock }: UsedRun, name: string, use: DeclarationOf<'use'>): Scope | undefined {
    const names = new Map<string, Declared>();
    const loader = new Loader(this.#session, host, { name, names, settings, clock });
    const root = loader.read(spec, use.span, { what: `"${spec}"`, hint: '' });
    return root && loader.scopeOf(root, [spec], names);
  }

  get #library(): string {
    return this.#host.library ?? '';
  }
}

/** `use` brings along everything but programs; a sampler, which needs an argument such as a net, is not one yet. */
function isShared({ declaration, scope }: Declared): boolean {
  return declaration.kind !== 'infer' && (declaration.kind !== 'sample' || isSampler(declaration, scope));
}
