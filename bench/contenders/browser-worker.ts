/**
 * Web workers under Node, as far as a library for browsers needs them to compute with threads: a script in a blob, shared
 * memory, messages both ways.
 */
import { resolveObjectURL } from 'node:buffer';
import { Worker as NodeWorker } from 'node:worker_threads';

/** What a script for a browser finds in its worker, around the script. */
const head = `
const { parentPort } = require('node:worker_threads');
const self = globalThis;
globalThis.self = self;
globalThis.postMessage = (data) => parentPort.postMessage(data);
parentPort.on('message', (data) => self.onmessage({ data }));
`;

class BrowserWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  readonly #worker: Promise<NodeWorker>;
  #started: NodeWorker | undefined;

  constructor(url: string) {
    this.#worker = this.#start(url);
  }

  postMessage(data: unknown): void {
    if (this.#started === undefined) void this.#worker.then((worker) => worker.postMessage(data));
    else this.#started.postMessage(data);
  }

  async #start(url: string): Promise<NodeWorker> {
    const script = await resolveObjectURL(url)!.text();
    const worker = new NodeWorker(head + script, { eval: true, execArgv: [] });
    worker.on('message', (data: unknown) => this.onmessage?.({ data }));
    worker.on('error', (error) => this.onerror?.(error));
    this.#started = worker;
    return worker;
  }
}

/** Puts Worker in place, and navigator where there is none, which says how many threads there shall be. */
export function provideWorkers(threads: number): void {
  Object.assign(globalThis, { Worker: BrowserWorker });
  Object.defineProperty(globalThis, 'navigator', {
    value: { hardwareConcurrency: threads, userAgent: `Node.js/${process.versions.node}` },
    configurable: true,
  });
}
