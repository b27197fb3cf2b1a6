/** What the main thread and the threads that compute tell each other. Plain data, as messages carry it. */

/** One dispatch of a program, addresses filled in. */
export interface Step {
  /** The export to call. */
  readonly kernel: string;
  /** Byte addresses of its bindings. */
  readonly addresses: readonly number[];
  /** Where its uniform block lies within a run's; absent where it has none. */
  readonly block?: number;
  readonly usesScratch: boolean;
  readonly workgroups: number;
  /** How many threads share it: threads 0 to parts - 1. */
  readonly parts: number;
  /** Pieces of a thread's share; whoever is through with its own takes those of the others. */
  readonly pieces: number;
  /** All threads wait for each other before it: it reads or overwrites what another of them may still be at. */
  readonly waits: boolean;
}

/** A program as threads run it, again and again. */
export interface Tape {
  readonly name: string;
  readonly steps: readonly Step[];
  /** The most threads that a step is shared by. */
  readonly threads: number;
  /** Address of the counters of pieces taken, zeros: a cache line for each step and thread. */
  readonly tickets: number;
  /** Bytes of what a run is given: its uniform blocks, and arguments that the host computes. */
  readonly stride: number;
  /** What thread 0 copies before the steps, from so far within what the run is given. */
  readonly given: readonly { readonly from: number; readonly bytes: number; readonly to: number }[];
  /** What thread 0 copies after the steps, to the run's slot. */
  readonly copies: readonly { readonly from: number; readonly bytes: number; readonly to: number }[];
  /** Bytes of a slot. */
  readonly slot: number;
}

/** What a thread is to do, once it has done what it was told before. */
export type Order =
  | { readonly kind: 'open'; readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory }
  /** `scratch`: addresses of each thread's own memory. */
  | { readonly kind: 'load'; readonly tape: Tape; readonly scratch: readonly number[] }
  /**
   * Runs of a program, their inputs and slots at these addresses, one after the other. Answered by `done`. `timeline`:
   * where every thread notes when it began and ended its part of each step, for [thread][run][step][begin, end] in
   * float64; then all threads wait before every step, so that each is timed alone.
   */
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly program: string;
      readonly runs: number;
      readonly inputs: number;
      readonly results: number;
      readonly timeline?: SharedArrayBuffer;
    }
  /** For thread 0 alone. */
  | { readonly kind: 'write'; readonly address: number; readonly bytes: Uint8Array }
  /** Answered by `bytes`; for thread 0 alone. */
  | { readonly kind: 'read'; readonly id: number; readonly address: number; readonly length: number };

/** Orders that thread 0 answers. */
export type Question = Extract<Order, { id: number }>;

export type Answer =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'trap'; readonly program: string; readonly kernel: string; readonly message: string };

/** The kind of answer that a kind of question gets. */
export type AnswerTo<Kind extends Question['kind']> = Extract<Answer, { kind: { run: 'done'; read: 'bytes' }[Kind] }>;

/** What a thread is born with. */
export interface ThreadData {
  readonly control: SharedArrayBuffer;
  readonly thread: number;
  readonly threads: number;
}
