/** A contender's process: asked by lines, one question at a time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Answer, answerIn } from './protocol.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Beside the environment of this process; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How much of a process's last words is kept for an error. */
const lastWords = 2000;

/** Seconds that an answer may take where nothing else is said: a contender that is slower would hold all others up. */
const usualPatience = 60;

export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #unread: Answer[] = [];
  #waiting: ((answer: Answer) => void) | undefined;
  /** What every question is answered with once the process has ended. */
  #last: Answer | undefined;
  #errors = '';

  private constructor({ file, args, env }: Command) {
    const merged = Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined);
    this.#process = spawn(file, args, { env: Object.fromEntries(merged), stdio: ['pipe', 'pipe', 'pipe'] });
    // Its death is told by the end of its output; a question that arrives later finds no reader.
    this.#process.stdin!.on('error', () => undefined);
    this.#process.stderr!.on('data', (text: Buffer) => {
      this.#errors = (this.#errors + text.toString()).slice(-lastWords);
    });
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      const answer = answerIn(line);
      if (answer !== undefined) this.#take(answer);
    });
    this.#ended = new Promise((resolve) => {
      const end = (why: string) => {
        const words = this.#errors.trim();
        const message = words === '' ? why : `${why}: ${words.split('\n').at(-1)}\n${words}`;
        this.#last = { kind: 'error', message };
        this.#waiting?.(this.#last);
        resolve();
      };
      this.#process.on('error', (error) => end(error.message));
      this.#process.on('close', (code, signal) => end(`it ended with ${signal ?? `code ${code}`}`));
    });
  }

  /** Starts the process and waits, as patiently as for an answer, for its first words: ready, or why it cannot run. */
  static async start(
    command: Command,
    patience = usualPatience,
  ): Promise<{ readonly child: Child; readonly answer: Answer }> {
    const child = new Child(command);
    return { child, answer: await child.#answer(patience, 'starting') };
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Throws an Error with the contender's words where it fails or answers something else, or where it takes longer than
   * `patience` in seconds: then the process ends.
   */
  async ask<Kind extends Answer['kind']>(
    question: string,
    kind: Kind,
    patience = usualPatience,
  ): Promise<Extract<Answer, { kind: Kind }>> {
    this.#process.stdin!.write(`${question}\n`);
    const answer = await this.#answer(patience, `"${question}"`);
    if (answer.kind === kind) return answer as Extract<Answer, { kind: Kind }>;
    throw new Error(answer.kind === 'error' ? answer.message : `"${question}" was answered by ${answer.kind}`);
  }

  /** Ends the process, by force where it does not end by itself. */
  async quit(): Promise<void> {
    this.#process.stdin!.write('quit\n');
    const force = setTimeout(() => this.#process.kill('SIGKILL'), 2000);
    await this.#ended;
    clearTimeout(force);
  }

  /** The next answer; an error where it takes longer than `patience` in seconds: then the process ends. */
  async #answer(patience: number, what: string): Promise<Answer> {
    let slow = false;
    const impatience = setTimeout(() => {
      slow = true;
      this.#process.kill('SIGKILL');
    }, 1000 * patience);
    const answer = await this.#next();
    clearTimeout(impatience);
    return slow ? { kind: 'error', message: `${what} took it more than ${patience} s` } : answer;
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#unread.push(answer);
    else waiting(answer);
  }

  #next(): Promise<Answer> {
    const unread = this.#unread.shift() ?? this.#last;
    if (unread !== undefined) return Promise.resolve(unread);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
