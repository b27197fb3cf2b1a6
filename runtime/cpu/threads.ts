/** The threads that compute for one executor: started, given orders, watched, ended. */
import { Worker } from 'node:worker_threads';
import { EnvironmentError, InternalError, systemErrorCode, type VaecError } from '../errors.ts';
import { Control } from './control.mjs';
import type { Answer, AnswerTo, Order, Question, ThreadData } from './orders.ts';

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** What a question of a kind says beside its kind and its number. */
type Details<Kind extends Question['kind']> = Omit<Extract<Question, { kind: Kind }>, 'kind' | 'id'>;

export class Threads {
  readonly count: number;
  readonly #workers: readonly Worker[];
  readonly #control: Control;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #failure: VaecError | undefined;
  #closed = false;

  constructor(count: number) {
    const control = new SharedArrayBuffer(Control.bytes);
    this.count = count;
    this.#control = new Control(control, count);
    this.#workers = Array.from({ length: count }, (_, thread) => {
      const workerData: ThreadData = { control, thread, threads: count };
      // No loaders and no options of the main thread: they would only slow the start.
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData, execArgv: [], env: {} });
      worker.on('message', (answer: Answer) => this.#answered(answer));
      worker.on('error', (error) => this.#fail(failureOf(error)));
      worker.on('messageerror', (error) => this.#fail(failureOf(error)));
      worker.on('exit', (code) => this.#fail(lostError(`it ended with code ${code}`)));
      worker.unref();
      return worker;
    });
  }

  /** Whether anything that was asked for is not answered yet. */
  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Threads that sleep until the others are through. */
  get asleep(): number {
    return this.#control.asleep;
  }

  /** Tells every thread that it concerns. */
  tell(order: Exclude<Order, Question>): void {
    this.check();
    for (const worker of order.kind === 'write' ? this.#workers.slice(0, 1) : this.#workers) worker.postMessage(order);
  }

  /**
   * Tells thread 0, or all of them, and waits for thread 0's answer. Rejects when a kernel or a thread fails meanwhile.
   */
  ask<Kind extends Question['kind']>(kind: Kind, details: Details<Kind>, alone = true): Promise<AnswerTo<Kind>> {
    this.check();
    const id = ++this.#lastId;
    for (const worker of alone ? this.#workers.slice(0, 1) : this.#workers)
      worker.postMessage({ kind, id, ...details });
    // Only while something is awaited do the threads keep the process alive.
    this.#workers[0]!.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as AnswerTo<Kind>), reject });
    });
  }

  /** Throws what went wrong. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new InternalError('the threads have been ended');
  }

  /** Ends them, in the middle of what they do. What was asked for and is not answered is rejected. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rejectAll(new InternalError('the threads were ended while they computed'));
    for (const worker of this.#workers) void worker.terminate();
  }

  #answered(answer: Answer): void {
    if (answer.kind === 'trap') {
      const { kernel, program, message } = answer;
      this.#fail(new InternalError(`kernel ${kernel} of "${program}" failed: ${message}`));
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#workers[0]!.unref();
    waiting?.resolve(answer);
  }

  #fail(error: VaecError): void {
    if (this.#closed) return;
    this.#failure ??= error;
    this.#rejectAll(this.#failure);
  }

  #rejectAll(error: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#workers[0]!.unref();
    for (const { reject } of waiting) reject(error);
  }
}

function failureOf(error: Error): VaecError {
  if (systemErrorCode(error) === 'ERR_WORKER_OUT_OF_MEMORY') return lostError(error.message);
  return new InternalError(`a thread that computes failed: ${error.message}`, { cause: error });
}

function lostError(reason: string): EnvironmentError {
  return new EnvironmentError(
    `a thread that computed was lost: ${reason}. The last checkpoint is whole: run the ` +
      'same command with --resume to go on from it; if it happens again, the memory of the machine may be the cause',
  );
}
