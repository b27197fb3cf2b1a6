/** `packages.ts NAME…` prints the folders of those packages and of all that they need to run here, from the repository's. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = process.cwd();
const found = new Set<string>();

interface Package {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The package as Node finds it from a folder: in the nearest node_modules above. */
function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const here = join(folder, 'node_modules', name);
    if (existsSync(join(here, 'package.json'))) return here;
  }
  return undefined;
}

function add(name: string, from: string, optional: boolean): void {
  const folder = folderOf(name, from);
  if (folder === undefined && !optional) throw new Error(`${name} is not installed: npm ci`);
  if (folder === undefined || found.has(folder)) return;
  found.add(folder);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  for (const one of Object.keys(dependencies)) add(one, folder, one in optionalDependencies);
  for (const one of Object.keys(optionalDependencies)) add(one, folder, true);
}

function packageIn(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
}

for (const name of [...Object.keys(packageIn(root).dependencies ?? {}), ...process.argv.slice(2)])
  add(name, root, false);
for (const folder of [...found].sort()) console.log(relative(root, folder));
