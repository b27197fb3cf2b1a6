/** Where tests find the data that is not part of the project, and how they skip loudly where it is absent. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `VAEC_TEST_DATA`, or `../shared/data` beside the repository. */
export const sharedData = resolve(
  process.env['VAEC_TEST_DATA'] ?? join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared', 'data'),
);

/** The path of a file or folder of the shared data, or undefined, with a line on the terminal that says what is skipped. */
export function sharedPath(name: string): string | undefined {
  const path = join(sharedData, name);
  if (existsSync(path)) return path;
  process.stderr.write(`SKIPPED: "${path}" is not there; set VAEC_TEST_DATA to the folder that holds ${name}\n`);
  return undefined;
}
