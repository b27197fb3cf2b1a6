/** One process at a time trains into a run folder: while it does, a file there says which one. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemErrorCode, UserError } from '../errors.ts';
import { makeFolder, writeFailure } from '../formats/files.ts';

export const lockFile = 'run.lock';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process was started, in milliseconds since 1970: a machine gives its ids anew after a while. */
  readonly started: number;
}

/** A start time is measured to a few milliseconds. */
const tolerance = 2000;

/** Milliseconds that a process which has made the file may take to write into it. */
const patience = 200;

export class RunLock {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /**
   * Takes the folder, which is made where it is missing. A file that a killed process has left is taken over. Throws a
   * UserError while another process trains there, or another model of this one.
   */
  static async take(folder: string): Promise<RunLock> {
    const path = join(folder, lockFile);
    const text = `${JSON.stringify(self())}\n`;
    try {
      await makeFolder(folder);
      while (!(await create(path, text))) {
        const [found, holder] = await holderOf(path);
        if (holder !== undefined && isRunning(holder)) throw inUse(folder, holder);
        await discard(path, found);
      }
    } catch (error) {
      throw writeFailure(path, error);
    }
    return new RunLock(path, text);
  }

  /** Lets others train there. */
  async release(): Promise<void> {
    if ((await textOf(this.#path)) === this.#text) await rm(this.#path, { force: true });
  }
}

/** Whether a process of this machine still runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, but is another person's.
    return systemErrorCode(error) === 'EPERM';
  }
}

function self(): Holder {
  return { pid: process.pid, host: hostname(), started: Math.round(Date.now() - 1000 * process.uptime()) };
}

function isRunning({ pid, host, started }: Holder): boolean {
  const own = self();
  // Nothing can be known of another machine's processes.
  if (host !== own.host) return true;
  return pid === own.pid ? Math.abs(started - own.started) < tolerance : isAlive(pid);
}

function inUse(folder: string, { pid, host }: Holder): UserError {
  const where = host === hostname() ? '' : ` on "${host}"`;
  return new UserError(
    `process ${pid}${where} is training into "${folder}": wait for it, stop it, or choose another folder with --out; ` +
      `if it is none of yours any more, remove "${join(folder, lockFile)}"`,
  );
}

/** False where the file is there already. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What the file says, and the process that it names; no process where it is cut short. */
async function holderOf(path: string): Promise<readonly [text: string, holder: Holder | undefined]> {
  let text = await textOf(path);
  if (holderIn(text) === undefined) {
    await setTimeout(patience);
    text = await textOf(path);
  }
  return [text, holderIn(text)];
}

function holderIn(text: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Holder>;
    return pid === undefined || host === undefined || started === undefined ? undefined : { pid, host, started };
  } catch {
    return undefined;
  }
}

/** Removes a file that a killed process has left, unless another process has just put its own in its place. */
async function discard(path: string, text: string): Promise<void> {
  const aside = join(path, '..', `.${lockFile}.${process.pid}.tmp`);
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await textOf(aside);
  if (moved !== text) await create(path, moved);
  await rm(aside, { force: true });
}

/** Nothing where there is no file. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
