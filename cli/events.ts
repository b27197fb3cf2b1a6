/** Shows what a training run tells: a status line on a terminal, a line an epoch elsewhere, JSON lines where asked. */
import { inBytes } from '../compiler/5-kernel/needs.ts';
import type { DeviceReport } from '../runtime/device/report.ts';
import type { TrainEvent } from '../runtime/train/events.ts';
import { epochsDone, type Progress, progressLine } from './progress.ts';
import { evaluationLines } from './reports.ts';
import type { Terminal } from './terminal.ts';

/** JSON lines of progress come so often at most, in milliseconds, and once an epoch. */
const jsonInterval = 1000;

/** How the events of a run are told. */
export interface EventOptions {
  readonly json?: boolean;
  /** What computes: a GPU's driver goes on compiling when the run has begun. */
  readonly target: DeviceReport['target'];
}

const driversCompile = ', for which drivers compile once more (and keep it for the next time)';

/** A listener for the events of one run. `now` is a clock in milliseconds. */
export function eventPrinter(
  terminal: Terminal,
  { json = false, target }: EventOptions,
  now: () => number = performance.now.bind(performance),
): (event: TrainEvent) => void {
  let last: { readonly epoch: number; readonly time: number } | undefined;
  let resumed = false;
  const isNewEpoch = (epoch: number) => Math.floor(epoch + 1e-9) > Math.floor((last?.epoch ?? 0) + 1e-9);
  return (event) => {
    switch (event.kind) {
      case 'memory':
        if (json) terminal.out(JSON.stringify(event));
        else terminal.err(memoryText(event));
        return;
      case 'warm-up':
        if (json) terminal.out(JSON.stringify(event));
        terminal.status(event.stage === 'data' ? 'reading the data' : `compiling ${event.kernels} kernels`);
        return;
      case 'begin': {
        last = undefined;
        resumed = event.resumed;
        if (json) terminal.out(JSON.stringify(event));
        else if (event.resumed) terminal.err(`going on from step ${event.step} of ${event.steps}`);
        terminal.status(`the first steps${target === 'webgpu' ? driversCompile : ''}`);
        return;
      }
      case 'progress': {
        const progress = progressOf(event);
        terminal.status(progressLine(progress, terminal.columns));
        const isNew = last === undefined ? !resumed && event.epoch >= 1 : isNewEpoch(event.epoch);
        const due = json && (last === undefined || now() - last.time >= jsonInterval);
        if (json && (isNew || due)) terminal.out(JSON.stringify(event));
        if (!json && !terminal.interactive && isNew) terminal.err(progressLine(progress, 1000));
        if (!json || isNew || due) last = { epoch: event.epoch, time: now() };
        return;
      }
      case 'evaluation':
        if (json) terminal.out(JSON.stringify(event));
        else terminal.out(evaluationText(event));
        return;
      case 'checkpoint':
        if (json) terminal.out(JSON.stringify(event));
        return;
      case 'note':
        if (json) terminal.out(JSON.stringify(event));
        else terminal.err(`note: ${event.text}`);
    }
  };
}

/** `memory: 61.2 MiB in all; data 37.4 MiB, activations 19.1 MiB, optimizer 3.1 MiB` */
function memoryText({ total, parts }: Extract<TrainEvent, { kind: 'memory' }>): string {
  const each = parts.map(({ part, bytes }) => `${part} ${inBytes(bytes)}`).join(', ');
  return `memory: ${inBytes(total)} in all; ${each}`;
}

function progressOf(event: Extract<TrainEvent, { kind: 'progress' }>): Progress {
  const { step, steps, epoch, epochs, stepsPerSecond, objective, terms } = event;
  const text = terms.find(({ name }) => name === 'objective')?.text ?? 'objective';
  return {
    step,
    steps,
    epoch,
    epochs,
    ...(stepsPerSecond !== undefined && { stepsPerSecond }),
    values: [
      { name: text, value: objective },
      ...terms.filter(({ name }) => name !== 'objective').map((term) => ({ name: term.text, value: term.value })),
    ],
  };
}

/** `epoch 3: elbo(p, q) -112.31 ± 0.25 nats on mnist.test`, one line where it fits. */
function evaluationText({ step, epoch, evaluation }: Extract<TrainEvent, { kind: 'evaluation' }>): string {
  const [head = '', ...lines] = evaluationLines(evaluation);
  const [only] = lines;
  const when = `epoch ${Number(epochsDone(step, epoch).toFixed(2))}`;
  if (lines.length === 1 && only !== undefined) return `${when}, ${evaluation.set}: ${only.trim()}`;
  return [`${when}, ${head}`, ...lines].join('\n');
}
