/** Reading and writing whole files, with system errors told in words and nothing half-written. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, mkdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode, UserError } from '../errors.ts';

/** The bytes of a file. Throws a UserError that names it when it is missing, a folder, or may not be read. */
export async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw readFailure(path, error);
  }
}

/**
 * Writes a file so that, whatever happens (kill -9, power), its name holds either the old bytes or all the new ones:
 * a temporary name in the same folder, flushed, renamed, the folder flushed. Makes missing folders. Throws a UserError
 * when the folder is full or may not be written; then nothing is left behind.
 */
export async function writeAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    await makeFolder(folder);
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(path, error);
  }
  await syncFolder(folder);
}

/**
 * Makes a folder and those above it, and gives those that were not there, the innermost first. Node's own recursive mkdir
 * never ends where one cannot be made, as under /proc.
 */
export async function makeFolder(path: string): Promise<readonly string[]> {
  const make = async (): Promise<readonly string[]> => {
    try {
      await mkdir(path);
      return [path];
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
      return [];
    }
  };
  try {
    return await make();
  } catch (error) {
    const above = dirname(path);
    if (systemErrorCode(error) !== 'ENOENT' || above === path) throw error;
    const made = await makeFolder(above);
    return [...(await make()), ...made];
  }
}

/** Removes folders, the innermost first, up to one that holds something. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

/** Makes a rename in the folder last. Some systems and file systems cannot flush a folder: then it is left to them. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EIO') throw writeFailure(folder, error);
  }
}

/** A value as the text of a file that people may read. */
export function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** SHA-256 of a byte string, in hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file of any size, in hexadecimal, read piece by piece. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  } catch (error) {
    throw readFailure(path, error);
  }
  return hash.digest('hex');
}

/** What to tell when a file could not be read; an error that is not the system's is handed back as it is. */
export function readFailure(path: string, error: unknown): unknown {
  const options = { cause: error };
  switch (systemErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`"${path}" does not exist`, options);
    case 'EISDIR':
      return new UserError(`"${path}" is a folder, and a file is needed`, options);
    case 'EACCES':
    case 'EPERM':
      return new UserError(`"${path}" may not be read by you: check its permissions`, options);
    case 'ERR_FS_FILE_TOO_LARGE':
      return new UserError(`"${path}" is larger than the 2 GiB that can be read at once: split it`, options);
    case 'EIO':
      return new UserError(`"${path}" cannot be read: its disk reports an error`, options);
    default:
      return error;
  }
}

/** What to tell when a file could not be written; an error that is not the system's is handed back as it is. */
export function writeFailure(path: string, error: unknown): unknown {
  const options = { cause: error };
  const folder = dirname(path);
  switch (systemErrorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(
        `no space is left to write "${path}": free some, or choose another folder with --out; nothing was half-written`,
        options,
      );
    case 'EROFS':
      return new UserError(`"${folder}" is on a read-only disk: choose another folder with --out`, options);
    case 'EACCES':
    case 'EPERM':
      return new UserError(
        `"${path}" may not be written by you: check the permissions of "${folder}", or choose another folder with --out`,
        options,
      );
    case 'ENOENT':
      return new UserError(`the folder "${folder}" cannot be made: choose another folder with --out`, options);
    case 'EISDIR':
      return new UserError(`"${path}" is a folder, so no file of that name can be written: move it away`, options);
    case 'EEXIST':
    case 'ENOTDIR':
      return new UserError(`"${folder}" is not a folder, so "${path}" cannot be written: move that file away`, options);
    case 'EMFILE':
    case 'ENFILE':
      return new UserError(`too many files are open to write "${path}": raise the limit with "ulimit -n"`, options);
    case 'EIO':
      return new UserError(`"${path}" cannot be written: its disk reports an error`, options);
    default:
      return error;
  }
}
