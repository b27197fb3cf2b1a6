/** A thread that computes, by itself: what it answers once a kernel has failed. */
import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { Control } from '../../../runtime/cpu/control.mjs';
import { SharedMemory } from '../../../runtime/cpu/memory.ts';
import type { Answer, Order, ThreadData } from '../../../runtime/cpu/orders.ts';
import { tinyCpuCompiled } from '../../support/tiny-plan-cpu.ts';

test('once a kernel has failed on any thread, nothing is answered: its word may come later than ours', async () => {
  const shared = new SharedArrayBuffer(Control.bytes);
  const workerData: ThreadData = { control: shared, thread: 0, threads: 2 };
  const worker = new Worker(new URL('../../../runtime/cpu/worker.mjs', import.meta.url), { workerData });
  try {
    const answers: Answer[] = [];
    worker.on('message', (answer: Answer) => answers.push(answer));
    const tell = (order: Order) => worker.postMessage(order);
    const memory = new SharedMemory();
    const address = memory.allocate(64);
    tell({ kind: 'open', module: new WebAssembly.Module(tinyCpuCompiled.modules!.plain), memory: memory.memory });
    tell({ kind: 'read', id: 1, address, length: 4 });
    await vi.waitUntil(() => answers.length === 1, { timeout: 30_000 });
    new Control(shared, 2).fail();
    tell({ kind: 'read', id: 2, address, length: 4 });
    // Orders are done one after the other: once this number is there, the read before it is over.
    tell({ kind: 'write', address, bytes: Uint8Array.of(7) });
    await vi.waitUntil(() => memory.copy(address, 1)[0] === 7, { timeout: 30_000 });
    new Int32Array(shared).fill(0);
    tell({ kind: 'read', id: 3, address, length: 4 });
    await vi.waitUntil(() => answers.length === 2, { timeout: 30_000 });
    expect(answers.map((answer) => 'id' in answer && answer.id)).toEqual([1, 3]);
  } finally {
    await worker.terminate();
  }
});
