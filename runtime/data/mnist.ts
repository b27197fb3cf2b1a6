/** Fetching MNIST: `vaec data mnist --dir DIR`. */
import { join } from 'node:path';
import { makeFolder, writeFailure } from '../formats/files.ts';
import { download } from './download.ts';

/** A public copy of the files of LeCun, Cortes and Burges, byte for byte. */
export const MNIST_MIRROR = 'https://ossci-datasets.s3.amazonaws.com/mnist/';

export interface RemoteFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** The original files. */
export const MNIST_FILES: readonly RemoteFile[] = [
  {
    name: 'train-images-idx3-ubyte.gz',
    size: 9912422,
    sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
  },
  {
    name: 'train-labels-idx1-ubyte.gz',
    size: 28881,
    sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
  },
  {
    name: 't10k-images-idx3-ubyte.gz',
    size: 1648877,
    sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
  },
  {
    name: 't10k-labels-idx1-ubyte.gz',
    size: 4542,
    sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
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
  /** kept: the right file was there. */
  readonly outcome: 'kept' | 'fetched';
}

/** Fetches what is missing, file after file. Throws what `download` throws. */
export async function fetchMnist(options: FetchOptions): Promise<readonly FetchedFile[]> {
  const folder = join(options.dir, 'mnist');
  await makeFolder(folder).catch((error: unknown) => {
    throw writeFailure(folder, error);
  });
  const mirror = (options.mirror ?? MNIST_MIRROR).replace(/\/*$/, '/');
  const { signal, attempts, pause, onProgress } = options;
  const result: FetchedFile[] = [];
  for (const { name, size, sha256 } of options.files ?? MNIST_FILES) {
    const path = join(folder, name);
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
