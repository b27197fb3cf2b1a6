/** The built command line in a process of its own, as a user runs it, watched from outside. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { peakMegabytes } from './processes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** How often the process's memory is looked at, in milliseconds. */
const lookEvery = 50;

export interface CliRun {
  /** From the start of the process to its end, or to the event where it was ended, in milliseconds. */
  readonly milliseconds: number;
  /** The most memory that was resident, in megabytes. */
  readonly peakMegabytes: number | undefined;
}

/** Builds dist/ where it is older than the sources. Throws an Error where that fails. */
export function buildCli(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['build.mjs'], { cwd: root, encoding: 'utf8' });
  if (status !== 0 || !existsSync(`${root}dist/cli/main.js`))
    throw new Error(`npm run build fails\n${stdout}${stderr}`);
}

/**
 * Runs `vaec` to its end, or until it prints the JSON event of that kind; then it is ended. Throws an Error with its words
 * where it fails before.
 */
export function runCli(
  args: readonly string[],
  { until, env }: { readonly until?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, ['dist/cli/main.js', ...args], {
      cwd: root,
      env: { ...process.env, ...env },
    });
    let errors = '';
    let peak: number | undefined;
    let reached: number | undefined;
    const look = () => (peak = peakMegabytes(child.pid ?? -1) ?? peak);
    const watch = setInterval(look, lookEvery);
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (until === undefined || reached !== undefined || !line.startsWith(`{"kind":"${until}"`)) return;
      reached = performance.now() - begin;
      look();
      child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      if (reached === undefined && (code !== 0 || until !== undefined)) reject(new Error(errors.slice(-2000)));
      else resolve({ milliseconds: reached ?? performance.now() - begin, peakMegabytes: peak });
    });
  });
}
