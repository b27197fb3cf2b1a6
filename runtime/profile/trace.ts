/**
 * A profile as a trace to look at in chrome://tracing or Perfetto: a row a thread of the device with its kernels, a row
 * of what the main thread did, and the flights that were in the air. Trace event format, Google, 2016.
 */
import type { ProgramProfile } from './profiler.ts';
import type { Interval, Timeline } from './timeline.ts';

/** Times in microseconds. */
interface TraceEvent {
  readonly name: string;
  /** X: from `ts` for `dur`. b, e: the two ends of a flight. M: the name of a row. */
  readonly ph: 'X' | 'b' | 'e' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface Trace {
  readonly displayTimeUnit: 'ms';
  readonly traceEvents: readonly TraceEvent[];
  readonly otherData: Readonly<Record<string, string>>;
}

const [host, device] = [1, 2];

/** Dispatches that a trace holds at most; a viewer takes some hundred bytes for each. */
const mostDispatches = 100_000;

/** `about`: what it was measured on, for whoever opens it later. */
export function traceOf(profiles: readonly ProgramProfile[], about: Readonly<Record<string, string>>): Trace {
  const flights = profiles
    .flatMap(({ plan, program, flights: flown }) => flown.map((flight) => ({ plan, program, ...flight })))
    .sort((a, b) => a.timeline.upload.begin - b.timeline.upload.begin);
  const shift = shiftOf(flights.map(({ timeline }) => timeline));
  const zero = flights[0]?.timeline.upload.begin ?? 0;
  const micro = (milliseconds: number) => (milliseconds - zero) * 1000;
  const events: TraceEvent[] = [];
  const lanes = new Set<number>();
  const span = (name: string, pid: number, tid: number, { begin, end }: Interval, args?: TraceEvent['args']) => {
    events.push({ name, ph: 'X', pid, tid, ts: micro(begin), dur: (end - begin) * 1000, ...(args && { args }) });
  };
  let left = mostDispatches;
  flights.forEach(({ plan, program, runs, timeline }, id) => {
    const { upload, submit, readBack, dispatches, clock } = timeline;
    const args = { program: program.name, runs };
    span('upload', host, 0, upload, args);
    span('submit', host, 0, submit, args);
    span('read back', host, 0, readBack, args);
    const flight = { name: `${program.name}, runs: ${runs}`, cat: 'flight', id, pid: host, tid: 1 };
    events.push({ ...flight, ph: 'b', ts: micro(submit.begin) }, { ...flight, ph: 'e', ts: micro(readBack.end) });
    const kernels = new Map(plan.kernels.map((kernel) => [kernel.name, kernel]));
    for (const { run, dispatch, lane, begin, end } of dispatches) {
      if (left-- <= 0) return;
      const { name, flops, bytes } = kernels.get(program.dispatches[dispatch]!.kernel)!;
      const moved = clock === 'device' ? shift : 0;
      lanes.add(lane);
      span(name, device, lane, { begin: begin + moved, end: end + moved }, { run, dispatch, flops, bytes });
    }
  });
  return { displayTimeUnit: 'ms', traceEvents: [...rowNames(lanes, about), ...events], otherData: about };
}

/** What to add to the device's clock so that no flight begins before it was handed over. */
function shiftOf(timelines: readonly Timeline[]): number {
  const shifts = timelines
    .filter(({ clock, dispatches }) => clock === 'device' && dispatches.length > 0)
    .map(({ submit, dispatches }) => submit.begin - dispatches[0]!.begin);
  return shifts.length === 0 ? 0 : Math.max(...shifts);
}

function rowNames(
  lanes: ReadonlySet<number>,
  { device: name = 'device' }: Readonly<Record<string, string>>,
): TraceEvent[] {
  const named = (what: 'process_name' | 'thread_name', pid: number, tid: number, text: string): TraceEvent => {
    return { name: what, ph: 'M', pid, tid, args: { name: text } };
  };
  const rows = [...lanes].sort((a, b) => a - b);
  return [
    named('process_name', host, 0, 'host'),
    named('thread_name', host, 0, 'main thread'),
    named('process_name', device, 0, name),
    ...rows.map((lane) => named('thread_name', device, lane, rows.length === 1 ? 'kernels' : `thread ${lane}`)),
  ];
}
