/** The failures that reach the person at the terminal, told apart by exit code. */

/**
 * A failure whose message is for people: one paragraph that says what was found, in which file, and what to do. The
 * command line prints the message alone and ends with `exitCode`.
 */
export class VaecError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
  }
}

/** Something the user wrote or handed in is wrong: a spec, a data file, a checkpoint, an output folder. Exit 1. */
export class UserError extends VaecError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 1, options);
  }
}

/** The command line itself is wrong: an unknown option, a value of the wrong type. Exit 2. */
export class UsageError extends VaecError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 2, options);
  }
}

/** The machine lacks something: no adapter, too little memory, no network. Exit 3. */
export class EnvironmentError extends VaecError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 3, options);
  }
}

/** vaec is wrong: the message asks for a report. Exit 70. */
export class InternalError extends VaecError {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}. This is a fault of vaec, not of your spec: please report it with the spec`, 70, options);
  }
}

/** The `code` of a system error (`ENOENT`, `ENOSPC`, ...), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
