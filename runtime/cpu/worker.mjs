/**
 * A thread that computes: it waits for orders without taking a core, and runs its share of every dispatch. Node loads
 * this file by itself, from the sources as from the build, so it is JavaScript with its types in comments.
 */
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { Control } from './control.mjs';

/** @import { Answer, Order, Step, Tape, ThreadData } from './orders.ts' */
/** @typedef {(...args: number[]) => void} Kernel */
/** @typedef {{ readonly step: Step, readonly kernel: Kernel, readonly args: number[], readonly own: boolean }} Call */
/** @typedef {{ readonly tape: Tape, readonly calls: readonly Call[], readonly times: Times }} Program */
/** @typedef {{ runs: number, readonly own: Float64Array, readonly all: Float64Array }} Times */

/** @type {ThreadData} */
const { control: shared, thread, threads, timed } = workerData;
const control = new Control(shared, threads);
const port = parentPort ?? missing('the port to the main thread');

/** @type {{ readonly memory: WebAssembly.Memory, readonly exports: Readonly<Record<string, unknown>> } | undefined} */
let instance;
/** @type {Map<string, Program>} */
const programs = new Map();

port.on('message', (/** @type {Order} */ order) => {
  switch (order.kind) {
    case 'open': {
      const { module, memory } = order;
      const { exports } = new WebAssembly.Instance(module, { vaec: { memory } });
      instance = { memory, exports };
      return;
    }
    case 'load':
      programs.set(order.tape.name, load(order.tape, order.scratch[thread] ?? missing('its own memory')));
      return;
    case 'run': {
      const program = programs.get(order.program) ?? missing(order.program);
      for (let run = 0; run < order.runs; run++) {
        runOnce(program, order.scalars + run * program.tape.stride, order.results + run * program.tape.slot);
      }
      if (thread === 0) answer({ kind: 'done', id: order.id });
      return;
    }
    case 'write':
      memoryBytes().set(order.bytes, order.address);
      return;
    case 'read':
      answer({ kind: 'bytes', id: order.id, bytes: memoryBytes().slice(order.address, order.address + order.length) });
      return;
    case 'times': {
      const { times } = programs.get(order.program) ?? missing(order.program);
      answer({ kind: 'times', id: order.id, ...times });
    }
  }
});

/**
 * Makes the calls of a program: bindings, then the block of scalars, then this thread's scratch, then its workgroups.
 * @param {Tape} tape
 * @param {number} scratch address of this thread's own memory
 * @returns {Program}
 */
function load(tape, scratch) {
  const calls = tape.steps.map((step) => {
    const { kernel: name, addresses, block, usesScratch, workgroups, parts } = step;
    const kernel = /** @type {Kernel} */ (instance?.exports[name] ?? missing(name));
    const from = Math.floor((workgroups * thread) / parts);
    const to = Math.floor((workgroups * (thread + 1)) / parts);
    const args = [...addresses, ...(block === undefined ? [] : [0]), ...(usesScratch ? [scratch] : []), from, to];
    return { step, kernel, args, own: thread < parts && from < to };
  });
  const zeros = () => new Float64Array(calls.length);
  return { tape, calls, times: { runs: 0, own: zeros(), all: zeros() } };
}

/**
 * @param {Program} program
 * @param {number} scalars address of the run's uniform blocks
 * @param {number} slot address of the run's results
 */
function runOnce({ tape, calls, times }, scalars, slot) {
  let begun = 0;
  for (let i = 0; i < calls.length; i++) {
    const { step, kernel, args, own } = /** @type {Call} */ (calls[i]);
    if (step.waits) control.meet();
    if (timed) {
      const now = performance.now();
      if (i > 0) add(times.all, i - 1, now - begun);
      begun = now;
    }
    if (!own || control.failed) continue;
    if (step.block !== undefined) args[step.addresses.length] = scalars + step.block;
    try {
      kernel(...args);
    } catch (error) {
      // The others must not wait for this thread: it goes on to the end like them, and computes nothing.
      control.fail();
      const message = error instanceof Error ? error.message : String(error);
      answer({ kind: 'trap', program: tape.name, kernel: step.kernel, message });
    }
    if (timed) add(times.own, i, performance.now() - begun);
  }
  if (tape.threads > 1) control.meet();
  if (timed) {
    times.runs++;
    add(times.all, calls.length - 1, performance.now() - begun);
  }
  if (thread !== 0) return;
  const bytes = memoryBytes();
  for (const { from, bytes: length, to } of tape.copies) bytes.copyWithin(slot + to, from, from + length);
}

/** The memory as it is now: it may have grown. */
function memoryBytes() {
  return new Uint8Array(instance?.memory.buffer ?? missing('the memory'));
}

/**
 * @param {Float64Array} sums
 * @param {number} at
 * @param {number} amount
 */
function add(sums, at, amount) {
  sums[at] = (sums[at] ?? 0) + amount;
}

/** @param {Answer} message */
function answer(message) {
  port.postMessage(message);
}

/**
 * @param {string} what
 * @returns {never}
 */
function missing(what) {
  throw new Error(`a thread was told to use ${what}, and has none`);
}
