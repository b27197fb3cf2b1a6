/** Finding the files of a data set, and their splits. */
import { access } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Arguments } from './arguments.ts';
import { WHOLE } from './dataset.ts';

export interface Folders {
  /** Where the files lie: `--data DIR`. */
  readonly folder: string;
  /** Where else to look: the folder of the spec. */
  readonly specFolder?: string;
}

/**
 * The path of a file that is there: under the data folder, else under the spec's. A name with .gz also finds the
 * unpacked file, and the other way round. Throws a UserError that says where it looked and how to get it: what `howToGet`
 * says of the path that it should have, where that is known better than for any file.
 */
export async function findFile(
  path: string,
  folders: Folders,
  howToGet: (wanted: string) => string = () => howToGetFile(path, folders),
): Promise<string> {
  const places = [folders.folder, ...(folders.specFolder === undefined ? [] : [folders.specFolder])];
  const roots = isAbsolute(path) ? [path] : places.map((place) => join(place, path));
  for (const root of roots) {
    for (const candidate of [root, root.endsWith('.gz') ? root.slice(0, -3) : `${root}.gz`]) {
      if (await exists(candidate)) return candidate;
    }
  }
  const looked = isAbsolute(path) ? '' : ` in ${places.map((place) => `"${place}"`).join(' or ')}`;
  const how = howToGet(roots.at(-1)!);
  throw new UserError(`the data file "${path}" is not${looked === '' ? ' there' : looked}: ${how}`);
}

function howToGetFile(path: string, { folder }: Folders): string {
  const mnist = /^(train|t10k)-(images-idx3|labels-idx1)-ubyte(\.gz)?$/.test(basename(path));
  const get = mnist ? `fetch it with "vaec data mnist --dir ${folder}"` : 'put it there';
  return `${get}, or name the folder that holds it with --data DIR`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * The splits that a source names: `splits: { train: "train", test: "t10k" }` replaces `{split}` in its paths. Without
 * it there is one, `all`, and paths stand as they are.
 */
export function splitsOf(
  args: Arguments,
): readonly { readonly name: string; readonly fill: (path: string) => string }[] {
  const splits = args.texts('splits');
  if (splits === undefined) {
    const fill = (path: string) => {
      if (!path.includes('{split}')) return path;
      throw new UserError(
        `"${path}" has a {split}: say what it stands for with splits: { train: "train", test: "test" }`,
      );
    };
    return [{ name: WHOLE, fill }];
  }
  return [...splits].map(([name, word]) => ({
    name,
    fill: (path: string) => {
      if (path.includes('{split}')) return path.replaceAll('{split}', word);
      throw new UserError(`"${path}" has no {split}, so every one of the splits would read the same file`);
    },
  }));
}
