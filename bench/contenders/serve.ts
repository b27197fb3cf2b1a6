/** The contender's side of the protocol, for those that run under Node. */
import { createInterface } from 'node:readline';
import { type Answer, type KernelTime, meanPixels, readInterval } from '../harness/protocol.ts';

export interface Contender {
  readonly version: string;
  readonly device: string;
  /** What a reader of the figures should know about it. */
  readonly notes?: readonly string[];
  /** Trains the fixture's steps; the loss of each, in nats a row. */
  losses(): Promise<readonly number[]>;
  /** Trains so many steps to their end. */
  steps(count: number): Promise<void>;
  /** Where the fixture has latents: decodes all of them, and gives the pictures, [draws, ...], once they are read. */
  readonly sampling?: { readonly draws: number; images(): Promise<Float32Array> };
  profile?(): Promise<readonly KernelTime[]>;
}

/** It cannot run here, for a reason that is no failure. */
export class Missing extends Error {}

/** Opens the contender and answers until told to quit or until the input ends. */
export async function serve(open: () => Promise<Contender>): Promise<void> {
  // Libraries greet on standard output, which is for answers.
  console.log = console.error;
  const say = (answer: Answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  try {
    const contender = await open();
    const { version, device, notes = [] } = contender;
    say({ kind: 'ready', version, device, notes });
    for await (const line of createInterface({ input: process.stdin })) {
      if (line === 'quit') break;
      say(await answer(contender, line));
    }
  } catch (error) {
    const reason = whyMissing(error);
    say(reason === undefined ? { kind: 'error', message: messageOf(error) } : { kind: 'missing', reason });
  }
  // Open devices and worker threads would keep the process.
  process.exit();
}

async function answer(contender: Contender, line: string): Promise<Answer> {
  const [question, count] = line.split(' ');
  const { sampling } = contender;
  switch (question) {
    case 'losses':
      return { kind: 'numbers', numbers: await contender.losses() };
    case 'pixels':
      return { kind: 'numbers', numbers: meanPixels(await sampling!.images(), sampling!.draws) };
    case 'steps':
      return timed(Number(count), () => contender.steps(Number(count)));
    case 'images':
      return timed(Number(count), async () => {
        for (let i = 0; i < Number(count); i++) await sampling!.images();
      });
    case 'profile':
      return { kind: 'profile', kernels: (await contender.profile?.()) ?? [] };
    default:
      return { kind: 'error', message: `"${line}" is not a question` };
  }
}

/** `work` does `count` times the same. */
async function timed(count: number, work: () => Promise<void>): Promise<Answer> {
  const begin = performance.now();
  await work();
  return { kind: 'time', milliseconds: (performance.now() - begin) / count };
}

function whyMissing(error: unknown): string | undefined {
  if (error instanceof Missing) return error.message;
  const { code } = error as { code?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    ? 'not installed: npm ci --prefix bench'
    : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Says after which steps to read the loss: about every 150 ms by the pace of the steps before, and after the last. */
export class ReadPace {
  #milliseconds = readInterval;

  /** Runs steps, and reads after some of them; `read` waits until they are done. */
  async run(count: number, step: () => void, read: () => Promise<unknown>): Promise<void> {
    const begin = performance.now();
    const every = Math.max(1, Math.round(readInterval / this.#milliseconds));
    for (let i = 1; i <= count; i++) {
      step();
      if (i % every === 0 || i === count) await read();
    }
    this.#milliseconds = (performance.now() - begin) / count;
  }
}
