/** Fetching one file of known size and SHA-256, going on where a broken download stopped. */
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError, systemErrorCode, VaecError } from '../errors.ts';
import { sha256File, writeFailure } from '../formats/files.ts';

export interface Download {
  readonly url: string;
  /** Where it goes; until it is whole and right it is `PATH.part`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly onProgress?: (received: number) => void;
  readonly signal?: AbortSignal;
  /** How often it is tried where the connection breaks; 4 unless given. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, doubled before each later one; 500 unless given. */
  readonly pause?: number;
}

/**
 * Fetches the file unless the right one is there. Throws an EnvironmentError when the server cannot be reached, breaks
 * off (what came is kept), has no such file, or sends other bytes (they are removed); a UserError when the disk is full.
 * An aborted signal rejects with its reason, and what came is kept.
 */
export async function download(wanted: Download): Promise<'kept' | 'fetched'> {
  if ((await sizeOf(wanted.path)) === wanted.size && (await sha256File(wanted.path)) === wanted.sha256) return 'kept';
  const part = `${wanted.path}.part`;
  const attempts = wanted.attempts ?? 4;
  for (let attempt = 1; ; attempt++) {
    const broken = await fetchRest(wanted, part);
    if (broken === undefined) break;
    if (attempt === attempts) throw broken;
    await sleep((wanted.pause ?? 500) * 2 ** (attempt - 1), undefined, { signal: wanted.signal });
  }
  const found = await sha256File(part);
  if (found !== wanted.sha256) {
    await rm(part, { force: true });
    throw new EnvironmentError(
      `"${wanted.url}" sent a file whose SHA-256 is ${found}, and ${wanted.sha256} is the right one; it was removed: ` +
        `try again, or another server with --mirror URL`,
    );
  }
  await rename(part, wanted.path).catch((error: unknown) => {
    throw writeFailure(wanted.path, error);
  });
  return 'fetched';
}

/** One attempt; undefined when the part is complete, an error when the connection failed and may be tried again. */
async function fetchRest(wanted: Download, part: string): Promise<EnvironmentError | undefined> {
  const { url, size, signal } = wanted;
  let start = (await sizeOf(part)) ?? 0;
  if (start === size) return undefined;
  if (start > size) start = 0;
  let received = start;
  try {
    const headers = { 'accept-encoding': 'identity', ...(start > 0 ? { range: `bytes=${start}-` } : {}) };
    const response = await fetch(url, { headers, ...(signal === undefined ? {} : { signal }) });
    if (response.status === 416) {
      await rm(part, { force: true });
      return new EnvironmentError(
        `"${url}" has no byte ${start}: what was fetched of it before was removed; try again`,
      );
    }
    if (!response.ok || response.body === null) throw refused(url, response);
    // A server that knows no ranges, or answers with another one, begins again.
    const goesOn =
      response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${start}-`) === true;
    if (response.status === 206 && !goesOn) throw new Error('it sent another part than the one asked for');
    if (!goesOn) received = 0;
    const file = await opened(part, goesOn ? 'a' : 'w');
    try {
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
        received += piece.length;
        if (received > size) throw tooLong(url, size);
        await written(part, file, piece);
        wanted.onProgress?.(received);
      }
      await file.sync();
    } finally {
      await file.close();
      if (received === 0) await rm(part, { force: true });
    }
    return received === size ? undefined : broken(wanted, part, received, new Error('it ended early'));
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (error instanceof TooLong) await rm(part, { force: true });
    if (error instanceof VaecError) throw error;
    return broken(wanted, part, received, error);
  }
}

class TooLong extends EnvironmentError {}

function tooLong(url: string, size: number): TooLong {
  return new TooLong(
    `"${url}" sent more than the ${size} bytes of the right file, so it is another one and was removed: ` +
      `try again, or another server with --mirror URL`,
  );
}

function refused(url: string, response: Response): EnvironmentError {
  return new EnvironmentError(
    `"${url}" cannot be fetched: the server answered ${response.status} ${response.statusText}`.trimEnd() +
      `; name another server with --mirror URL`,
  );
}

function broken(wanted: Download, part: string, received: number, error: unknown): EnvironmentError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const why = systemErrorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  const kept =
    received === 0
      ? 'check the network, or name another server with --mirror URL'
      : `${received} of ${wanted.size} bytes are kept in "${basename(part)}": run the command again to go on from there`;
  return new EnvironmentError(`the connection to "${wanted.url}" failed (${why}): ${kept}`, { cause: error });
}

async function opened(path: string, flags: string): Promise<FileHandle> {
  return open(path, flags).catch((error: unknown) => {
    throw writeFailure(path, error);
  });
}

async function written(path: string, file: FileHandle, piece: Uint8Array): Promise<void> {
  await file.write(piece).catch((error: unknown) => {
    throw writeFailure(path, error);
  });
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.size,
    () => undefined,
  );
}
