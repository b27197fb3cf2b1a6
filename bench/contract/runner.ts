/** A compiled kernel over tensors of its own, to be run again and again. */
export interface Runner {
  /** Milliseconds of processor time that it took to compile, on drivers that do so at the first run: with that run. */
  readonly compiling: number;
  run(times: number): Promise<Elapsed>;
  close(): void;
}

/** Milliseconds by the clock, and of the process's processor time. */
export interface Elapsed {
  readonly wall: number;
  readonly processor: number;
}

/** The time of something, whatever it waits for. */
export async function elapsed(work: () => unknown): Promise<Elapsed> {
  const begin = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - begin, processor: (user + system) / 1000 };
}
