/**
 * A thread that computes: it waits for orders without taking a core, and runs its share of every dispatch. Node loads
 * this file by itself, from the sources as from the build, so it is JavaScript with its types in comments.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Control, line } from './control.mjs';

/** @import { Answer, Order, Step, Tape, ThreadData } from './orders.ts' */
/** @typedef {(...args: number[]) => void} Kernel */
/**
 * A step, ready to be called: bindings, then the block of scalars, then this thread's own memory, then workgroups.
 * @typedef {{ readonly step: Step, readonly kernel: Kernel, readonly args: number[], readonly tickets: Int32Array }} Call
 */
/**
 * Steps that no thread waits between, and the counters of them all.
 * @typedef {{ readonly waits: boolean, readonly tickets: Int32Array, readonly calls: readonly Call[] }} Phase
 */
/**
 * As it runs, and with every step a phase of its own, for when it is timed.
 * @typedef {{ readonly tape: Tape, readonly phases: readonly Phase[], readonly apart: readonly Phase[] }} Program
 */

/** @type {ThreadData} */
const { control: shared, thread, threads } = workerData;
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
      const { stride, slot } = program.tape;
      // What kernels read and write lies below the results.
      memory(order.results + order.runs * slot);
      for (let run = 0; run < order.runs; run++) {
        runOnce(program, order.inputs + run * stride, order.results + run * slot, timesOf(order, program.tape, run));
      }
      if (thread === 0) answer({ kind: 'done', id: order.id });
      return;
    }
    case 'write':
      new Uint8Array(memory(order.address + order.bytes.length)).set(order.bytes, order.address);
      return;
    case 'read':
      answer({
        kind: 'bytes',
        id: order.id,
        bytes: new Uint8Array(memory(order.address + order.length), order.address, order.length).slice(),
      });
  }
});

/**
 * @param {Tape} tape
 * @param {number} scratch address of this thread's own memory
 * @returns {Program}
 */
function load(tape, scratch) {
  const counters = line * threads * tape.steps.length;
  const tickets = new Int32Array(memory(tape.tickets + 4 * counters), tape.tickets, counters);
  /** @type {(from: number, to: number) => Int32Array} the counters of some steps */
  const ticketsOf = (from, to) => tickets.subarray(from * threads * line, to * threads * line);
  /** @type {{ waits: boolean, tickets: Int32Array, calls: Call[] }[]} */
  const phases = [];
  tape.steps.forEach((step, i) => {
    const kernel = /** @type {Kernel} */ (instance?.exports[step.kernel] ?? missing(step.kernel));
    const { addresses, block, usesScratch, waits } = step;
    const args = [...addresses, ...(block === undefined ? [] : [0]), ...(usesScratch ? [scratch] : []), 0, 0];
    const call = { step, kernel, args, tickets: ticketsOf(i, i + 1) };
    const last = phases.at(-1);
    if (last === undefined || waits) phases.push({ waits, tickets: call.tickets, calls: [call] });
    else last.tickets = ticketsOf(i + 1 - last.calls.push(call), i + 1);
  });
  const apart = phases.flatMap(({ calls }) =>
    calls.map((call) => ({ waits: tape.threads > 1, tickets: call.tickets, calls: [call] })),
  );
  return { tape, phases, apart };
}

/**
 * Where this thread notes the times of a run's steps, [step][begin, end]; undefined where it does not.
 * @param {Extract<Order, { kind: 'run' }>} order
 * @param {Tape} tape
 * @param {number} run
 */
function timesOf({ timeline, runs }, { steps }, run) {
  if (timeline === undefined) return undefined;
  const length = 2 * steps.length;
  return new Float64Array(timeline, 8 * length * (thread * runs + run), length);
}

/**
 * @param {Program} program
 * @param {number} inputs address of what the run is given
 * @param {number} slot address of the run's results
 * @param {Float64Array} [times]
 */
function runOnce({ tape, phases, apart }, inputs, slot, times) {
  // The others wait for this thread before the first step, and were through with the run before it.
  if (thread === 0 && tape.given.length > 0) {
    const bytes = new Uint8Array(memory(inputs + tape.stride));
    for (const { from, bytes: length, to } of tape.given) bytes.copyWithin(to, inputs + from, inputs + from + length);
  }
  let at = 0;
  /** @type {Phase | undefined} */
  let before;
  for (const phase of times === undefined ? phases : apart) {
    if (phase.waits) control.meet(before?.tickets);
    before = phase;
    for (const call of phase.calls) {
      const computes = thread < call.step.parts && !control.failed;
      if (times !== undefined && computes) times[at] = now();
      if (computes) runStep(call, inputs, tape.name);
      if (times !== undefined && computes) times[at + 1] = now();
      at += 2;
    }
  }
  if (tape.threads > 1) control.meet(before?.tickets);
  if (thread !== 0) return;
  const bytes = new Uint8Array(memory(slot + tape.slot));
  for (const { from, bytes: length, to } of tape.copies) bytes.copyWithin(slot + to, from, from + length);
}

/**
 * Runs pieces of a step until none is left: those of this thread's share first, in their order, then those that other
 * threads have not come to. Who computes a workgroup changes no bit of it.
 * @param {Call} call
 * @param {number} inputs
 * @param {string} program
 */
function runStep({ step, kernel, args, tickets }, inputs, program) {
  const { addresses, block, workgroups, parts, pieces } = step;
  if (block !== undefined) args[addresses.length] = inputs + block;
  const from = args.length - 2;
  try {
    if (parts === 1) {
      args[from + 1] = workgroups;
      kernel(...args);
      return;
    }
    for (let k = 0; k < parts; k++) {
      const owner = (thread + k) % parts;
      const begin = Math.floor((workgroups * owner) / parts);
      const length = Math.floor((workgroups * (owner + 1)) / parts) - begin;
      const ticket = owner * line;
      while (Atomics.load(tickets, ticket) < pieces) {
        const piece = Atomics.add(tickets, ticket, 1);
        if (piece >= pieces) break;
        args[from] = begin + Math.floor((length * piece) / pieces);
        args[from + 1] = begin + Math.floor((length * (piece + 1)) / pieces);
        kernel(...args);
      }
    }
  } catch (error) {
    // The others must not wait for this thread: it goes on to the end like them, and computes nothing.
    control.fail();
    answer({
      kind: 'trap',
      program,
      kernel: step.kernel,
      message: error instanceof Error ? error.message : `${error}`,
    });
  }
}

/**
 * The memory, at least up to this address. The main thread may have let it grow while it was on its way here; then this
 * thread's object still shows the old length, until it is asked to grow by nothing.
 * @param {number} end
 */
function memory(end) {
  const { memory } = instance ?? missing('the memory');
  if (memory.buffer.byteLength < end) memory.grow(0);
  return memory.buffer;
}

/** The clock that all threads share, in milliseconds: hostNow of timeline.ts. */
function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Once a kernel has failed only that is told: a port of its own brings it to the main thread, perhaps later than this
 * one, and what was asked for must not be answered with what never was computed.
 * @param {Answer} message
 */
function answer(message) {
  if (message.kind === 'trap' || !control.failed) port.postMessage(message);
}

/**
 * @param {string} what
 * @returns {never}
 */
function missing(what) {
  throw new Error(`a thread was told to use ${what}, and has none`);
}
