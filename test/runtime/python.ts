/** Python with NumPy as the independent reader and writer of NumPy's formats. */
import { spawnSync } from 'node:child_process';

/** Runs a Python program; its standard output. */
export function python(program: string, args: readonly string[] = []): string {
  const run = spawnSync('/usr/bin/python3', ['-c', program, ...args], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`python3: ${run.stderr}`);
  return run.stdout;
}

/** Whether there is a Python with these modules; says on the terminal when not. */
export function hasPython(...modules: string[]): boolean {
  const run = spawnSync('/usr/bin/python3', ['-c', `import ${modules.join(', ')}`]);
  if (run.status === 0) return true;
  process.stderr.write(`SKIPPED: tests that need /usr/bin/python3 with ${modules.join(', ')}\n`);
  return false;
}
