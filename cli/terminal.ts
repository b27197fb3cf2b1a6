/** The terminal as the commands see it: two streams, whether a person watches, colours. Handed in, so tests need none. */

export interface Terminal {
  /** One line (or several) on standard output: results, and with --json nothing but JSON lines. */
  out(text: string): void;
  /** One line (or several) on standard error: diagnostics, progress, remarks. */
  err(text: string): void;
  /** Replaces the status line at the bottom of standard error; `''` removes it. Does nothing unless `interactive`. */
  status(text: string): void;
  /** True where standard error is a terminal, so that a status line can be redrawn. */
  readonly interactive: boolean;
  /** True where standard error may be coloured: a terminal, and NO_COLOR is not set. */
  readonly colour: boolean;
  /** Width of standard error in columns; 80 where it is not known. */
  readonly columns: number;
}

/** The streams of a process and the variables that decide about colour. */
export interface TerminalStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly env: { readonly [name: string]: string | undefined };
}

/** A terminal that says it is narrower does not know its width, as one that was made without a size: it is the usual. */
const narrowest = 20;
const usual = 80;

const clearLine = '\r\u001b[2K';

/** The terminal of a process. NO_COLOR (set to anything) and TERM=dumb switch colours off: https://no-color.org */
export function openTerminal({ stdout, stderr, env }: TerminalStreams): Terminal {
  const interactive = stderr.isTTY === true && env.TERM !== 'dumb';
  let shown = '';
  const erase = () => {
    if (shown !== '') stderr.write(clearLine);
  };
  return {
    interactive,
    colour: interactive && (env.NO_COLOR ?? '') === '',
    get columns() {
      const { columns = 0 } = stderr;
      return columns >= narrowest ? columns : usual;
    },
    out(text) {
      erase();
      stdout.write(`${text}\n`);
      stderr.write(shown);
    },
    err(text) {
      erase();
      stderr.write(`${text}\n${shown}`);
    },
    status(text) {
      if (!interactive || text === shown) return;
      erase();
      shown = text;
      stderr.write(shown);
    },
  };
}
