/**
 * Builds dist/: tsc, then what tsc leaves out. Does nothing where dist/ was built from the same sources, because npx runs
 * the `prepare` script of a checkout again before its first command there.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const from = (path) => fileURLToPath(new URL(path, import.meta.url));
const stamp = from('./dist/sources.sha256');
const sources = sourcesHash();

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  const tsc = fileURLToPath(new URL('../bin/tsc', import.meta.resolve('typescript')));
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: from('.'),
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  finish();
  writeFileSync(stamp, sources);
}

/** The language's library, a parser that loads fast, the command's executable bit. */
function finish() {
  cpSync(from('./compiler/std/'), from('./dist/compiler/std/'), { recursive: true });

  // Chevrotain's own single-file form loads in 20 ms, its hundreds of modules (with lodash's) in 300.
  const chevrotain = fileURLToPath(new URL('../', import.meta.resolve('chevrotain')));
  copyFileSync(join(chevrotain, 'chevrotain.min.mjs'), from('./dist/grammar/chevrotain.min.mjs'));
  copyFileSync(join(chevrotain, '..', 'LICENSE.txt'), from('./dist/grammar/chevrotain.LICENSE.txt'));
  const loader = from('./dist/grammar/chevrotain.js');
  const text = readFileSync(loader, 'utf8');
  const local = text.replace("'chevrotain'", "'./chevrotain.min.mjs'");
  if (local === text) throw new Error(`${loader} does not import 'chevrotain' any more`);
  writeFileSync(loader, local);

  chmodSync(from('./dist/cli/main.js'), 0o755);
}

/** SHA-256 of everything that dist/ is made from. */
function sourcesHash() {
  const hash = createHash('sha256');
  const files = ['build.mjs', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const layer of ['grammar', 'compiler', 'runtime', 'cli']) {
    for (const entry of readdirSync(from(`./${layer}`), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name).slice(from('.').length));
    }
  }
  for (const file of files.sort())
    hash
      .update(`${file}\n`)
      .update(readFileSync(from(`./${file}`)))
      .update('\n');
  return hash.digest('hex');
}
