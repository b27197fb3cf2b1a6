/** From whatever was thrown to what the person reads and the exit code: 1 user, 2 usage, 3 environment, 70 ours. */
import { InternalError, VaecError } from '../runtime/errors.ts';
import { writeFailure } from '../runtime/formats/files.ts';
import { interrupted } from './interrupt.ts';
import type { Terminal } from './terminal.ts';

/** A failure that has been told already, diagnostic by diagnostic; only its exit code is left. */
export class ToldError extends VaecError {
  constructor(exitCode: 1 | 2) {
    super('told above', exitCode);
  }
}

/** What to say about a failure and the code to end with. `debug` adds the stack. */
export interface Failure {
  readonly message: string;
  readonly exitCode: number;
}

/** Sorts a thrown value into the four classes. A system error that names a file is the user's; the rest is ours. */
export function failureOf(thrown: unknown, debug: boolean): Failure {
  const error = thrown instanceof VaecError ? thrown : told(thrown);
  if (error instanceof ToldError) return { message: '', exitCode: error.exitCode };
  const stack = debug ? `\n${stackOf(thrown)}` : '';
  const hint = error.exitCode === 70 && !debug ? ' (VAEC_DEBUG=1 shows where it happened)' : '';
  // Who interrupts a command knows that it is no mistake.
  const label = error.exitCode === interrupted ? '' : 'error: ';
  return { message: `${label}${error.message}${hint}${stack}`, exitCode: error.exitCode };
}

function told(thrown: unknown): VaecError {
  if (isSystemError(thrown)) {
    const translated = writeFailure(thrown.path, thrown);
    if (translated instanceof VaecError) return translated;
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const [first = ''] = text.split('\n');
  return new InternalError(`something went wrong inside: ${first.replace(/\.$/, '')}`, { cause: thrown });
}

function isSystemError(thrown: unknown): thrown is Error & { readonly path: string } {
  return thrown instanceof Error && 'path' in thrown && typeof thrown.path === 'string' && 'syscall' in thrown;
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? '' : `\ncaused by ${stackOf(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${cause}`;
}

/** Prints a failure and gives its exit code. */
export function reportFailure(thrown: unknown, terminal: Terminal, debug: boolean): number {
  const { message, exitCode } = failureOf(thrown, debug);
  terminal.status('');
  if (message !== '') terminal.err(message);
  return exitCode;
}
