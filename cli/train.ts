/** `vaec train`: compiles a spec for the device at hand and trains it into a run folder. */
import { basename, dirname } from 'node:path';
import type { Piece } from '../compiler/5-kernel/fuse/pieces.ts';
import { check } from '../compiler/compile.ts';
import { recomputationLines } from '../compiler/explain.ts';
import { mostMemory } from '../runtime/cpu/memory.ts';
import { VaecError } from '../runtime/errors.ts';
import type { DeviceReport } from '../runtime/device/report.ts';
import { openModel } from '../runtime/open-model.ts';
import { RunFolder } from '../runtime/run/folder.ts';
import { diskSources, resumedSources } from '../runtime/spec-sources.ts';
import type { TrainEvent, TrainOutcome } from '../runtime/train/events.ts';
import { checkDeviceFlags, type DeviceFlags, openChosenDevice } from './computing.ts';
import { tellDiagnostics } from './diagnostics.ts';
import { collectGarbage } from './engine.ts';
import { interrupted, listenForInterrupt } from './interrupt.ts';
import type { Settings } from './options.ts';
import { Profile, type ProfileFlags } from './profile.ts';
import { type ScheduleFlags, tellSchedules, tunedSchedules } from './schedules.ts';
import { copyOf } from './sources.ts';
import { compileSpec, frozenOf } from './specs.ts';
import { eventPrinter } from './events.ts';
import type { Terminal } from './terminal.ts';

export interface TrainFlags extends DeviceFlags, ScheduleFlags, ProfileFlags {
  readonly data?: string;
  readonly out?: string;
  readonly resume?: true;
  readonly epochs?: number;
  readonly seed?: number;
  readonly set?: Settings;
  readonly without?: readonly Piece[];
  /** Bytes that a step's buffers may take. */
  readonly memory?: number;
  /** Seconds. */
  readonly checkpointEvery?: number;
}

/** Where `vaec data` is shown to put files, and where specs look for them unless --data says otherwise. */
export const defaultData = 'data';

/** A run that was stopped by Ctrl-C: its state is kept, and there is nothing more to tell. */
class InterruptedRun extends VaecError {
  constructor(folder: string, step: number) {
    super(`stopped at step ${step}, and kept: go on with the same command and --resume --out ${folder}`, interrupted);
  }
}

/**
 * Trains to the end of the run, or until interrupted (exit 130). A resumed run takes the seed, the data folder and the
 * --set, --without and --memory values that it was begun with, unless they are given again.
 */
export async function trainCommand(spec: string, flags: TrainFlags, terminal: Terminal): Promise<void> {
  checkDeviceFlags(flags);
  const out = flags.out ?? `runs/${basename(spec, '.vae')}`;
  const begun = flags.resume && !(await RunFolder.isUnbegun(out)) ? await RunFolder.open(out) : undefined;
  const before = begun?.record;
  const settings = { ...before?.settings, ...flags.set };
  const host = before === undefined ? diskSources() : resumedSources(out);
  const checked = check({ entry: spec, host, hypers: settings });
  // A spec that is wrong needs no device; for one that is right, that comes first.
  if (checked.diagnostics.some(({ severity }) => severity === 'error')) tellDiagnostics(checked, terminal);
  const device = await openChosenDevice(flags, terminal);
  const interrupt = listenForInterrupt(() => terminal.err('stopping after a checkpoint; again to stop at once'));
  try {
    // Warnings are told where a run begins, and by `vaec check`.
    if (before === undefined) tellDiagnostics(checked, terminal);
    const { profile } = device.report;
    const without = flags.without ?? before?.plan.without ?? [];
    const memory = flags.memory ?? before?.plan.memory ?? memoryOf(device.report);
    // A run goes on by the schedules that it was begun with: others would round otherwise.
    const tuned =
      before === undefined || flags.tuned === false
        ? await tunedSchedules(device.report, flags, terminal)
        : (before.plan.tuned ?? []);
    const { elaboration } = checked;
    const options = { set: settings, profile, without, memory, host, tuned, elaboration, quiet: true };
    const compiled = compileSpec(spec, options, terminal);
    const { plan, kernels, modules } = compiled;
    tellSchedules(plan, flags, terminal);
    for (const one of compiled.recomputations.values())
      for (const line of recomputationLines(one)) terminal.err(`note: ${line}`);
    const seed = flags.seed ?? before?.seed;
    const profiled = await Profile.of(flags, ['train'], device, out, terminal);
    const model = await openModel({
      plan,
      sources: kernels,
      ...(modules && { modules }),
      ...(await frozenOf(compiled)),
      device: profiled?.device ?? device,
      data: { folder: flags.data ?? begun?.data ?? defaultData, specFolder: dirname(spec) },
      ...(seed !== undefined && { seed }),
    });
    const print = eventPrinter(terminal, { json: flags.json ?? false, target: device.report.target });
    const onEvent = (event: TrainEvent): void => {
      print(event);
      // The device holds the data now, and the compiler has done its work.
      if (event.kind === 'begin') collectGarbage();
    };
    try {
      const outcome = await model.train({
        out,
        spec: copyOf(spec, compiled, settings),
        resume: flags.resume ?? false,
        signal: interrupt.signal,
        onEvent,
        ...(flags.epochs !== undefined && { epochs: flags.epochs }),
        ...(flags.checkpointEvery !== undefined && { checkpointSeconds: flags.checkpointEvery }),
      });
      await profiled?.finish();
      tellOutcome(out, outcome, flags, terminal);
    } finally {
      model.close();
    }
  } finally {
    interrupt.release();
    device.close();
  }
}

/** Bytes that a device can never give more than. */
function memoryOf({ target }: DeviceReport): number {
  return target === 'cpu' ? mostMemory : Infinity;
}

function tellOutcome(out: string, outcome: TrainOutcome, { json }: TrainFlags, terminal: Terminal): void {
  terminal.status('');
  const { step, steps, finished, checkpoint } = outcome;
  if (json) terminal.out(JSON.stringify({ kind: 'end', run: out, step, steps, finished, checkpoint }));
  if (!finished) throw new InterruptedRun(out, step);
  if (!json) terminal.out(`${out}: trained for ${step} steps`);
}
