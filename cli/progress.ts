/** What a training run tells while it goes: a line that is redrawn on a terminal, else one line an epoch. */

/** Where a run stands. */
export interface Progress {
  /** Steps done, and how many there will be. */
  readonly step: number;
  readonly steps: number;
  /** Passes over the data done, a fraction, and how many there will be. */
  readonly epoch: number;
  readonly epochs: number;
  /** Over the last moments; undefined before the first measurement. */
  readonly stepsPerSecond?: number;
  /** The objective and its terms in nats, the objective first. */
  readonly values: readonly { readonly name: string; readonly value: number }[];
}

/** `epoch 3.2/30 · 41.2 steps/s · 5:12 left · elbo -112.31 = log p(x | z) -87.04, KL 25.27`, cut to `columns`. */
export function progressLine(progress: Progress, columns: number): string {
  const { step, steps, stepsPerSecond } = progress;
  const [objective, ...terms] = progress.values.map(({ name, value }) => `${name} ${formatValue(value)}`);
  const parts = [`epoch ${formatEpoch(progress)}`];
  if (stepsPerSecond !== undefined && stepsPerSecond > 0) {
    parts.push(`${formatRate(stepsPerSecond)} steps/s`, `${formatDuration((steps - step) / stepsPerSecond)} left`);
  }
  if (objective !== undefined) parts.push(objective + (terms.length > 0 ? `: ${terms.join(', ')}` : ''));
  const line = parts.join(' · ');
  return line.length < columns ? line : `${line.slice(0, Math.max(1, columns - 2))}…`;
}

function formatEpoch({ step, steps, epoch, epochs }: Progress): string {
  const all = epochsDone(steps, epochs);
  return `${epochsDone(step, epoch).toFixed(1)}/${Number.isInteger(all) ? all : all.toFixed(1)}`;
}

/**
 * The passes that `step` steps have made, `epoch`, as people count them: a whole number where the last step ended one, though
 * its batch has begun the next. 60 steps of 128 rows are 7.68 passes over 1000 rows, and 8 of them 1.02, which is one.
 */
export function epochsDone(step: number, epoch: number): number {
  const whole = Math.floor(epoch);
  const aStep = epoch / step;
  return epoch - whole < aStep * (1 - 1e-9) ? whole : epoch;
}

/** Four significant digits or two decimals, whichever says more; exponents where a number is very large or small. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && !isPlain(size)) return value.toExponential(3);
  return size >= 10 ? value.toFixed(2) : value.toFixed(4);
}

/** Whether a positive number is best read without an exponent. */
export function isPlain(size: number): boolean {
  return size >= 1e-3 && size < 1e6;
}

function formatRate(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toFixed(1);
}

/** `0:07`, `12:40`, `3:05:00`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}
