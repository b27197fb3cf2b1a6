/** A terminal that remembers what was printed on it. */
import { openTerminal, type Terminal } from '../../cli/terminal.ts';
import { runCommandLine } from '../../cli/program.ts';

export interface Recorder {
  readonly terminal: Terminal;
  /** All of standard output so far. */
  out(): string;
  /** All of standard error so far. */
  err(): string;
}

export interface RecorderOptions {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export function record({ isTTY = false, columns = 100, env = {} }: RecorderOptions = {}): Recorder {
  const texts = { out: '', err: '' };
  const stdout = { write: (text: string) => (texts.out += text) };
  const stderr = { write: (text: string) => (texts.err += text), isTTY, columns };
  return { terminal: openTerminal({ stdout, stderr, env }), out: () => texts.out, err: () => texts.err };
}

/** Runs a command line as `vaec` would, and gives its exit code with what it printed. */
export async function vaec(...args: readonly string[]) {
  const recorder = record();
  const code = await runCommandLine(args, recorder.terminal);
  return { code, out: recorder.out(), err: recorder.err() };
}
