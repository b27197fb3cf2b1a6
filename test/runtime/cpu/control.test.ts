/** The barrier between threads: nobody passes early, and whoever waits long sleeps. */
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { Control } from '../../../runtime/cpu/control.mjs';

const threads = 3;
const rounds = 2000;
const module = new URL('../../../runtime/cpu/control.mjs', import.meta.url).href;
const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

/** Starts threads that run `body` with { control, thread, threads, rounds, words } and answer with its value. */
function start(control: SharedArrayBuffer, words: Int32Array, body: string): readonly Promise<unknown>[] {
  return Array.from({ length: threads }, (_, thread) => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.module).then(({ Control }) => {
        const { thread, threads, rounds, words } = workerData;
        const control = new Control(workerData.control, threads);
        parentPort.postMessage((() => { ${body} })());
      });`;
    const workerData = { module, control, thread, threads, rounds, words };
    const worker = new Worker(code, { eval: true, execArgv: [], env: {}, workerData });
    workers.push(worker);
    return new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  });
}

test('after meeting, every thread sees what all of them wrote before', async () => {
  const words = new Int32Array(new SharedArrayBuffer(4 * threads));
  const early = start(
    new SharedArrayBuffer(Control.bytes),
    words,
    // Plain writes: only the barrier orders them.
    `let early = 0;
     for (let round = 1; round <= rounds; round++) {
       words[thread] = round;
       control.meet();
       for (const word of words) if (word !== round) early++;
       control.meet();
     }
     return early;`,
  );
  expect(await Promise.all(early)).toEqual([0, 0, 0]);
  expect([...words]).toEqual([rounds, rounds, rounds]);
});

test('threads that wait for a slow one sleep, and wake when it arrives', async () => {
  const shared = new SharedArrayBuffer(Control.bytes);
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const control = new Control(shared, threads);
  const through = start(
    shared,
    gate,
    `if (thread === 0) while (Atomics.load(words, 0) === 0) Atomics.wait(words, 0, 0);
     control.meet();
     return 'through';`,
  );
  await vi.waitUntil(() => control.asleep === 2, { timeout: 30_000 });
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  expect(await Promise.all(through)).toEqual(['through', 'through', 'through']);
  expect(control.asleep).toBe(0);
});
