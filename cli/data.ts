/** `vaec data`: fetches a data set into a folder, going on where a broken download stopped. */
import { fetchMnist, MNIST_MIRROR } from '../runtime/data/mnist.ts';
import { UsageError } from '../runtime/errors.ts';
import type { Terminal } from './terminal.ts';

export interface DataFlags {
  readonly dir: string;
  readonly mirror?: string;
}

/** Throws a UsageError for a set that is not known, an EnvironmentError where the mirror cannot be reached. */
export async function dataCommand(name: string, flags: DataFlags, terminal: Terminal): Promise<void> {
  if (name !== 'mnist') throw new UsageError(`vaec data knows "mnist", not "${name}"`);
  const mirror = flags.mirror ?? MNIST_MIRROR;
  if (!URL.canParse(mirror)) throw new UsageError(`--mirror needs an address such as ${MNIST_MIRROR}, not "${mirror}"`);
  const files = await fetchMnist({
    dir: flags.dir,
    mirror,
    onProgress: ({ file, received, size }) => {
      terminal.status(`${file} ${Math.floor((100 * received) / size)} % of ${(size / 1e6).toFixed(1)} MB`);
    },
  });
  terminal.status('');
  for (const { path, outcome } of files) terminal.out(`${path}: ${outcome === 'kept' ? 'there already' : 'fetched'}`);
}
