import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchMnist, MNIST_FILES, type FetchOptions } from '../../../runtime/data/mnist.ts';
import { EnvironmentError } from '../../../runtime/errors.ts';
import { sha256 } from '../../../runtime/formats/files.ts';
import { sharedData, sharedPath } from '../../shared-data.ts';
import { temporaryFolder } from '../folder.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) >>> 7));
// What is served need not be gzip: nobody looks into it.
const unpacked = Buffer.from('what the file holds');
const file = { name: 'a.gz', size: content.length, sha256: sha256(content), contents: sha256(unpacked) };

type Answer = (request: IncomingMessage, response: ServerResponse, ordinal: number) => void;

/** A server on this machine, and the ranges that it was asked for. */
async function serve(answer: Answer) {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response, ranges.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { mirror: `http://127.0.0.1:${port}/mnist`, ranges };
}

/** The address of a server that was closed. */
async function nowhere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** The whole file, or what follows the asked-for byte. */
const withRanges: Answer = (request, response) => {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start >= content.length) return void response.writeHead(416).end();
  const range = start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { ...range, 'content-length': content.length - start });
  response.end(content.subarray(start));
};

const whole: Answer = (_, response) => void response.writeHead(200, { 'content-length': content.length }).end(content);

/** Says that the whole comes, sends the first bytes, and breaks off. */
const broken =
  (bytes: number, from = 0): Answer =>
  (_, response) => {
    const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { ...range, 'content-length': content.length - from });
    response.write(content.subarray(from, from + bytes), () => setTimeout(() => response.destroy(), 30));
  };

const fetchFrom = (mirror: string, dir: string, rest: Partial<FetchOptions> = {}) =>
  fetchMnist({ dir, mirror, files: [file], pause: 1, ...rest });

const stored = (dir: string) => sha256(readFileSync(join(dir, 'mnist', 'a.gz')));

async function failure(promise: Promise<unknown>): Promise<EnvironmentError> {
  const error: unknown = await promise.then(
    () => new Error('it was fetched'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(EnvironmentError);
  return error as EnvironmentError;
}

describe('fetchMnist', () => {
  it('fetches into DIR/mnist, tells how far it is, and leaves nothing else', async () => {
    const dir = temporaryFolder();
    const { mirror } = await serve(withRanges);
    const seen: number[] = [];
    const fetched = await fetchFrom(mirror, dir, { onProgress: ({ received }) => seen.push(received) });
    expect(fetched).toEqual([{ path: join(dir, 'mnist', 'a.gz'), outcome: 'fetched' }]);
    expect(stored(dir)).toBe(file.sha256);
    expect(readdirSync(join(dir, 'mnist'))).toEqual(['a.gz']);
    expect(seen.at(-1)).toBe(content.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('asks for nothing where the right file is there, and replaces a wrong one', async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'mnist'));
    const { mirror, ranges } = await serve(withRanges);
    for (const there of [content, Buffer.from('not it'), Buffer.alloc(content.length)]) {
      writeFileSync(join(dir, 'mnist', 'a.gz'), there);
      const [result] = await fetchFrom(`${mirror}/`, dir);
      expect(result!.outcome).toBe(there === content ? 'kept' : 'fetched');
      expect(stored(dir)).toBe(file.sha256);
    }
    expect(ranges).toEqual([undefined, undefined]);
  });

  it('asks for nothing where the right numbers are there, packed by somebody else or not at all', async () => {
    const { mirror, ranges } = await serve(withRanges);
    const others: [string, Buffer][] = [
      ['a.gz', gzipSync(unpacked, { level: 1 })],
      ['a', unpacked],
    ];
    for (const [name, bytes] of others) {
      const dir = temporaryFolder();
      const path = join(dir, 'mnist', name);
      mkdirSync(join(dir, 'mnist'));
      writeFileSync(path, bytes, { mode: 0o444 });
      expect(await fetchFrom(mirror, dir)).toEqual([{ path, outcome: 'kept' }]);
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
    expect(ranges).toEqual([]);
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'mnist'));
    writeFileSync(join(dir, 'mnist', 'a'), 'other numbers');
    expect((await fetchFrom(mirror, dir))[0]!.outcome).toBe('fetched');
  });

  it('replaces a damaged file although the right numbers lie beside it unpacked: the packed one is what is read', async () => {
    const { mirror } = await serve(withRanges);
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'mnist'));
    writeFileSync(join(dir, 'mnist', 'a'), unpacked);
    writeFileSync(join(dir, 'mnist', 'a.gz'), 'damaged');
    expect((await fetchFrom(mirror, dir))[0]!.outcome).toBe('fetched');
    expect(stored(dir)).toBe(file.sha256);
  });

  it('goes on after a broken connection, asking for the rest only', async () => {
    const dir = temporaryFolder();
    const { mirror, ranges } = await serve((request, response, ordinal) =>
      ordinal === 0 ? broken(100_000)(request, response, 0) : withRanges(request, response, ordinal),
    );
    await fetchFrom(mirror, dir);
    expect(stored(dir)).toBe(file.sha256);
    expect(ranges).toEqual([undefined, 'bytes=100000-']);
  });

  it('goes on after an answer of unknown length that ends early', async () => {
    const dir = temporaryFolder();
    const { mirror, ranges } = await serve((request, response, ordinal) =>
      ordinal === 0 ? void response.end(content.subarray(0, 70_000)) : withRanges(request, response, ordinal),
    );
    await fetchFrom(mirror, dir);
    expect(stored(dir)).toBe(file.sha256);
    expect(ranges).toEqual([undefined, 'bytes=70000-']);
  });

  it('begins again where the server knows no ranges', async () => {
    const dir = temporaryFolder();
    const { mirror, ranges } = await serve((request, response, ordinal) =>
      (ordinal === 0 ? broken(100_000) : whole)(request, response, ordinal),
    );
    await fetchFrom(mirror, dir);
    expect(stored(dir)).toBe(file.sha256);
    expect(ranges).toHaveLength(2);
  });

  it('keeps what came when every attempt breaks, and a later call goes on', async () => {
    const dir = temporaryFolder();
    const first = await serve((request, response, ordinal) => broken(50_000, 50_000 * ordinal)(request, response, 0));
    const error = await failure(fetchFrom(first.mirror, dir, { attempts: 3 }));
    expect(error.message).toMatch(
      /^the connection to "http:.*\/mnist\/a\.gz" failed \(.*\): 150000 of 300000 bytes are kept in "a\.gz\.part": run the/,
    );
    expect(readdirSync(join(dir, 'mnist'))).toEqual(['a.gz.part']);
    const second = await serve(withRanges);
    await fetchFrom(second.mirror, dir);
    expect(second.ranges).toEqual(['bytes=150000-']);
    expect(stored(dir)).toBe(file.sha256);
  });

  it('takes a whole part without asking, and a part that is too long not at all', async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'mnist'));
    writeFileSync(join(dir, 'mnist', 'a.gz.part'), content);
    await fetchFrom(await nowhere(), dir);
    expect(stored(dir)).toBe(file.sha256);
    writeFileSync(join(dir, 'mnist', 'a.gz'), '');
    writeFileSync(join(dir, 'mnist', 'a.gz.part'), Buffer.concat([content, content]));
    const { mirror, ranges } = await serve(withRanges);
    await fetchFrom(mirror, dir);
    expect(ranges).toEqual([undefined]);
    expect(stored(dir)).toBe(file.sha256);
  });

  it('removes wrong bytes and says so', async () => {
    const dir = temporaryFolder();
    const wrong = Buffer.from(content);
    wrong[7]! ^= 1;
    const answers: readonly (readonly [Buffer, RegExp])[] = [
      [
        wrong,
        /sent a file whose SHA-256 is [0-9a-f]{64}, and [0-9a-f]{64} is the right one; it was removed: try again/,
      ],
      [Buffer.concat([content, content]), /sent more than the 300000 bytes of the right file/],
    ];
    for (const [bytes, message] of answers) {
      const { mirror } = await serve((_, response) => void response.end(bytes));
      expect((await failure(fetchFrom(mirror, dir))).message).toMatch(message);
      expect(readdirSync(dir)).toEqual([]);
    }
  });

  it('does not mend a wrong part in silence', async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'mnist'));
    writeFileSync(join(dir, 'mnist', 'a.gz.part'), Buffer.alloc(1000));
    const { mirror } = await serve(withRanges);
    expect((await failure(fetchFrom(mirror, dir))).message).toMatch(/SHA-256/);
    expect(existsSync(join(dir, 'mnist', 'a.gz.part'))).toBe(false);
    await fetchFrom(mirror, dir);
    expect(stored(dir)).toBe(file.sha256);
  });

  it('tells a missing file, a failing server and one that is not there, at once', async () => {
    const dir = temporaryFolder();
    const missing = await serve((_, response) => void response.writeHead(404).end('no'));
    const error = await failure(fetchFrom(missing.mirror, dir));
    expect(error.message).toMatch(
      /a\.gz" cannot be fetched: the server answered 404 Not Found; name another server with --mirror/,
    );
    expect(error.exitCode).toBe(3);
    expect(missing.ranges).toHaveLength(1);
    const failing = await serve((_, response) => void response.writeHead(503).end());
    expect((await failure(fetchFrom(failing.mirror, dir))).message).toMatch(/answered 503 Service Unavailable/);
    expect((await failure(fetchFrom(await nowhere(), dir, { attempts: 2 }))).message).toMatch(
      /^the connection to "http:.*\/a\.gz" failed \(ECONNREFUSED\): check the network, or name another server/,
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  it('leaves nothing that was not there when no byte came, and what was there as it was', async () => {
    const dir = temporaryFolder();
    const { mirror } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.flushHeaders();
      setTimeout(() => response.destroy(), 30);
    });
    const within = fetchFrom(mirror, join(dir, 'new', 'data'), { attempts: 2 });
    expect((await failure(within)).message).toMatch(/failed \(.*\): check the network/);
    expect(readdirSync(dir)).toEqual([]);
    mkdirSync(join(dir, 'data', 'mnist'), { recursive: true });
    await failure(fetchFrom(mirror, join(dir, 'data'), { attempts: 1 }));
    expect(readdirSync(dir, { recursive: true })).toEqual(['data', join('data', 'mnist')]);
  });

  it('stops when asked to, keeping what came', async () => {
    const dir = temporaryFolder();
    const { mirror } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000));
    });
    const stop = new AbortController();
    const promise = fetchFrom(mirror, dir, { signal: stop.signal, onProgress: () => stop.abort(new Error('stopped')) });
    await expect(promise).rejects.toThrow('stopped');
    expect(readFileSync(join(dir, 'mnist', 'a.gz.part'))).toEqual(content.subarray(0, 1000));
  });
});

const mnist = sharedPath('mnist');

describe.skipIf(mnist === undefined)('the checksums of the original', () => {
  it('are those of three files that are there', async () => {
    // The shared copy of the test images has the original's bytes but for its gzip header: its name is spelled with a
    // dash for a dot and its date is another one. 0x34cca6ad is the original's, 26 January 1998.
    const images = readFileSync(join(mnist!, 't10k-images-idx3-ubyte.gz'));
    images.writeUInt32LE(0x34cca6ad, 4);
    images.write('t10k-images.idx3-ubyte', 10, 'latin1');
    const served = new Map([
      ['t10k-images-idx3-ubyte.gz', images],
      ...['train', 't10k'].map((split): [string, Buffer] => {
        const name = `${split}-labels-idx1-ubyte.gz`;
        return [name, readFileSync(join(mnist!, name))];
      }),
    ]);
    const { mirror } = await serve(
      (request, response) => void response.end(served.get(request.url!.split('/').at(-1)!)),
    );
    const dir = temporaryFolder();
    const files = MNIST_FILES.filter(({ name }) => served.has(name));
    const outcomes = await fetchMnist({ dir, mirror, files });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['fetched', 'fetched', 'fetched']);
    // Nobody answers: as it is there, other gzip header and all, it is kept.
    const kept = await fetchMnist({ dir: sharedData, mirror: await nowhere(), files, attempts: 1 });
    expect(kept.map(({ outcome }) => outcome)).toEqual(['kept', 'kept', 'kept']);
  });
});
