/** Fetching MNIST: `vaec data mnist --dir DIR`. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { makeFolder, removeEmpty, writeFailure } from '../formats/files.ts';
import { download } from './download.ts';

/** A public copy of the files of LeCun, Cortes and Burges, byte for byte. */
export const MNIST_MIRROR = 'https://ossci-datasets.s3.amazonaws.com/mnist/';

export interface RemoteFile {
  /** Ends with .gz. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  /** SHA-256 of what it holds unpacked. */
  readonly contents: string;
}

/** The original files. */
export const MNIST_FILES: readonly RemoteFile[] = [
  {
    name: 'train-images-idx3-ubyte.gz',
    size: 9912422,
    sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
    contents: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  {
    name: 'train-labels-idx1-ubyte.gz',
    size: 28881,
    sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
    contents: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  {
    name: 't10k-images-idx3-ubyte.gz',
    size: 1648877,
    sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
    contents: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  {
    name: 't10k-labels-idx1-ubyte.gz',
    size: 4542,
    sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
    contents: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
];

export interface FetchOptions {
  /** The data folder; the files go into its folder `mnist`, where the specs of the gallery look for them. */
  readonly dir: string;
  /** Where to fetch from, MNIST_MIRROR unless given; with or without a slash at its end. */
  readonly mirror?: string;
  readonly onProgress?: (progress: { readonly file: string; readonly received: number; readonly size: number }) => void;
  readonly signal?: AbortSignal;
  /** Which files; the four unless given. */
  readonly files?: readonly RemoteFile[];
  /** See Download. */
  readonly attempts?: number;
  readonly pause?: number;
}

export interface FetchedFile {
  readonly path: string;
  /** kept: the right numbers were there, in this file or in one that was unpacked or packed by somebody else. */
  readonly outcome: 'kept' | 'fetched';
}

/** Fetches what is missing, file after file. Throws what `download` throws, and leaves no folder that it made for nothing. */
export async function fetchMnist(options: FetchOptions): Promise<readonly FetchedFile[]> {
  const folder = join(options.dir, 'mnist');
  const made = await makeFolder(folder).catch((error: unknown) => {
    throw writeFailure(folder, error);
  });
  try {
    return await fetchInto(folder, options);
  } catch (error) {
    await removeEmpty(made);
    throw error;
  }
}

async function fetchInto(folder: string, options: FetchOptions): Promise<readonly FetchedFile[]> {
  const mirror = (options.mirror ?? MNIST_MIRROR).replace(/\/*$/, '/');
  const { signal, attempts, pause, onProgress } = options;
  const result: FetchedFile[] = [];
  for (const { name, size, sha256, contents } of options.files ?? MNIST_FILES) {
    const path = join(folder, name);
    const there = await withContents(path, contents);
    if (there !== undefined) {
      result.push({ path: there, outcome: 'kept' });
      continue;
    }
    const outcome = await download({
      url: mirror + name,
      path,
      size,
      sha256,
      onProgress: (received) => onProgress?.({ file: name, received, size }),
      ...(signal === undefined ? {} : { signal }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(pause === undefined ? {} : { pause }),
    });
    result.push({ path, outcome });
  }
  return result;
}

/** The file that a spec reads, packed or else unpacked, where it holds the bytes with that SHA-256. */
async function withContents(path: string, contents: string): Promise<string | undefined> {
  const read = existsSync(path) ? path : path.replace(/\.gz$/, '');
  const hash = createHash('sha256');
  const unpacking = read.endsWith('.gz') ? [createGunzip()] : [];
  try {
    await pipeline([createReadStream(read), ...unpacking, hash]);
  } catch {
    // Missing, damaged, or not to be read: it is fetched, which tells what is in the way.
    return undefined;
  }
  return hash.digest('hex') === contents ? read : undefined;
}
