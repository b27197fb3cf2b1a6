/**
 * kill -9 at twenty random moments of a real training: while it starts, between steps, while a checkpoint is written.
 * Each time the run goes on from its last checkpoint, and it ends with the bytes of a run that was left alone. A fault
 * that one kill in seven brings out is met with probability 1 - (6/7)^20 = 0.95; one in a hundred, with 0.18.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch, type FSWatcher } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { draws } from '../../runtime/data/random.ts';
import { openTestDevice } from '../support/device.ts';

const hasDevice = (await openTestDevice()) !== undefined;
const folder = mkdtempSync(join(tmpdir(), 'vaec-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** When a life of the run ends: at a share of the time it takes to start, some progress after that, or as a checkpoint is written. */
type Moment =
  | { readonly kind: 'start'; readonly share: number }
  | { readonly kind: 'steps'; readonly progress: number; readonly milliseconds: number }
  | { readonly kind: 'checkpoint'; readonly checkpoints: number };

/** What a life told before it ended. */
interface Life {
  readonly killed: boolean;
  /** The step it went on from; undefined where it was killed before it said so. */
  readonly from?: number;
  /** The step of the last checkpoint that it told of. */
  readonly kept?: number;
  /** Milliseconds until it began to train. */
  readonly start?: number;
}

interface Told {
  readonly kind: string;
  readonly step: number;
}

/** One life: `vaec train … --resume` in a process of its own, killed at the moment or left to its end. */
async function live(out: string, startTime: number, moment?: Moment): Promise<Life> {
  const begun = performance.now();
  const args = ['train', fileOf('specs/vae/mixture.vae'), '--out', out, '--resume', '--json', '--device', 'webgpu'];
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileOf('cli/main.ts'), ...args, '--checkpoint-every', moment === undefined ? '60s' : '0.05s'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? code)),
  );
  const kill = (): boolean => child.kill('SIGKILL');
  let watcher: FSWatcher | undefined;
  if (moment?.kind === 'start') setTimeout(kill, moment.share * startTime);
  const seen = { progress: 0, checkpoint: 0 };
  let life: Omit<Life, 'killed'> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const told = parsed(line);
    if (told === undefined) continue;
    if (told.kind === 'begin') life = { ...life, from: told.step, start: performance.now() - begun };
    if (told.kind === 'checkpoint') life = { ...life, kept: told.step };
    if (told.kind === 'progress' || told.kind === 'checkpoint') seen[told.kind] += 1;
    if (moment?.kind === 'steps' && told.kind === 'progress' && seen.progress === moment.progress) {
      setTimeout(kill, moment.milliseconds);
    }
    if (moment?.kind === 'checkpoint' && seen.checkpoint >= moment.checkpoints && watcher === undefined) {
      // The next file that appears there is a checkpoint half-written.
      watcher = watch(join(out, 'checkpoints'), kill);
    }
  }
  const end = await ended;
  watcher?.close();
  if (end === 0 || end === 'SIGKILL') return { ...life, killed: end === 'SIGKILL' };
  throw new Error(`the trainer ended with ${end}: ${errors}`);
}

/** A line that was cut by a kill says nothing. */
function parsed(line: string): Told | undefined {
  try {
    return JSON.parse(line) as Told;
  } catch {
    return undefined;
  }
}

const { uniform } = draws(20, 'kills');
const kills = 20;
const moments = Array.from({ length: kills }, (_, i): Moment => {
  const [a, b] = [uniform(i, 1), uniform(i, 2)];
  if (i % 4 === 0) return { kind: 'start', share: a };
  if (i % 4 === 2) return { kind: 'checkpoint', checkpoints: 1 + Math.floor(2 * a) };
  return { kind: 'steps', progress: 1 + Math.floor(3 * a), milliseconds: 200 * b };
});

test.skipIf(!hasDevice)(`${kills} kills lose nothing that was kept`, { timeout: 600_000 }, async () => {
  const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
  const { start } = await live(whole, 0);
  const from: number[] = [];
  let kept = 0;
  let last = start!;
  for (const moment of moments) {
    const life = await live(parts, last, moment);
    expect(life.killed, `a life that should have ended at ${JSON.stringify(moment)}`).toBe(true);
    // A life goes on from the last checkpoint that was told of, or from one that was whole and not told of yet.
    if (life.from !== undefined) expect(life.from).toBeGreaterThanOrEqual(kept);
    if (life.from !== undefined) from.push(life.from);
    kept = Math.max(kept, life.kept ?? 0);
    last = life.start ?? last;
  }
  const end = await live(parts, last);
  expect(end).toMatchObject({ killed: false });
  expect(end.from).toBeGreaterThanOrEqual(kept);
  // The kills were spread over the run: most lives went on from a step of their own.
  expect(new Set(from).size).toBeGreaterThanOrEqual(kills / 2);
  for (const file of ['checkpoints/final.safetensors', 'metrics.jsonl', 'hypers.json', 'spec/mixture.vae']) {
    const [left, killed] = [whole, parts].map((run) => readFileSync(join(run, file)));
    expect(killed!.equals(left!), file).toBe(true);
  }
  const halves = [parts, join(parts, 'checkpoints')]
    .flatMap((path) => readdirSync(path))
    .filter((name) => name.endsWith('.tmp'));
  expect(halves).toEqual([]);
  process.stderr.write(`killed ${kills} times, going on from steps ${from.join(', ')} and ${end.from}\n`);
});
