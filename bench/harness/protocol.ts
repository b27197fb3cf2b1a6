/**
 * What the harness and a contender say to each other, a line each: the harness asks on standard input, the contender
 * answers on standard output in JSON. Between two questions a contender waits for its input and takes no core.
 *
 *     (start)  -> ready or missing
 *     losses   -> numbers    of the first steps, those of the fixture; asked at most once, and before any steps
 *     pixels   -> numbers    the mean pixel of each of the first pictures, as in samplesChecked
 *     steps N  -> time       N training steps on the same batch, the loss read about every 150 ms and at the end
 *     images N -> time       N times every latent of the fixture decoded, the pictures read
 *     profile  -> profile    the kernels of one step
 *     quit
 */
export type Answer =
  | { readonly kind: 'ready'; readonly version: string; readonly device: string; readonly notes: readonly string[] }
  /** It cannot run here: not installed, no device, not supported. */
  | { readonly kind: 'missing'; readonly reason: string }
  /** null for one that is not finite. */
  | { readonly kind: 'numbers'; readonly numbers: readonly (number | null)[] }
  /** Milliseconds each. */
  | { readonly kind: 'time'; readonly milliseconds: number }
  | { readonly kind: 'profile'; readonly kernels: readonly KernelTime[] }
  | { readonly kind: 'error'; readonly message: string };

export type Ready = Extract<Answer, { kind: 'ready' }>;

/** One dispatch of a step: milliseconds, and what the plan says it computes and moves. */
export interface KernelTime {
  readonly kernel: string;
  readonly milliseconds: number;
  readonly flops: number;
  readonly bytes: number;
}

const kinds: readonly Answer['kind'][] = ['ready', 'missing', 'numbers', 'time', 'profile', 'error'];

/** The answer in a line, or undefined for anything else that a library prints. */
export function answerIn(line: string): Answer | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(line) as Answer;
    return kinds.includes(parsed.kind) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds after which a contender reads the loss again: what vaec takes for a submit. */
export const readInterval = 150;

/** Pictures whose mean pixels must agree. */
export const samplesChecked = 16;

/** The mean pixel of each of the first pictures of `draws`, row major. */
export function meanPixels(pictures: ArrayLike<number>, draws: number): readonly number[] {
  const size = pictures.length / draws;
  return Array.from({ length: samplesChecked }, (_, i) => {
    let sum = 0;
    for (let pixel = 0; pixel < size; pixel++) sum += pictures[i * size + pixel]!;
    return sum / size;
  });
}
