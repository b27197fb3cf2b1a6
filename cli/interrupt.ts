/** Ctrl-C: the first asks a run to stop after its checkpoint, the second ends the process at once. */

export interface Interrupt {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Gives both signals back to the process. */
  release(): void;
}

/** What of a process is needed. */
export interface Interruptible {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): unknown;
}

/** The exit code of a command that was interrupted, as shells have it for SIGINT. */
export const interrupted = 130;

/** Listens until it is released. `onFirst` is called once, to say what happens. */
export function listenForInterrupt(onFirst: () => void, target: Interruptible = process): Interrupt {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) {
      target.exit(interrupted);
      return;
    }
    controller.abort();
    onFirst();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) target.on(name, listener);
  return {
    signal: controller.signal,
    release() {
      for (const name of ['SIGINT', 'SIGTERM'] as const) target.off(name, listener);
    },
  };
}
