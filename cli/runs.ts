/** Opens a trained run for a command: its spec compiled for the device at hand, its last checkpoint loaded. */
import { dirname } from 'node:path';
import { UserError } from '../runtime/errors.ts';
import { type Model } from '../runtime/model.ts';
import { openModel } from '../runtime/open-model.ts';
import { RunFolder } from '../runtime/run/folder.ts';
import { copiedSources, diskSources } from '../runtime/spec-sources.ts';
import { checkDeviceFlags, type DeviceFlags, openChosenDevice } from './computing.ts';
import type { Settings } from './options.ts';
import { Profile, type ProfiledKinds, type ProfileFlags } from './profile.ts';
import { type ScheduleFlags, tellSchedules, tunedSchedules } from './schedules.ts';
import { compileSpec, frozenOf } from './specs.ts';
import type { Terminal } from './terminal.ts';
import { defaultData } from './train.ts';

export interface RunFlags extends DeviceFlags, ScheduleFlags, ProfileFlags {
  /** Another spec with the same parameters. */
  readonly spec?: string;
  readonly data?: string;
  readonly set?: Settings;
}

export interface TrainedRun {
  readonly folder: RunFolder;
  readonly model: Model;
}

/**
 * Opens the run, hands it to `use`, and closes it whatever happens. `samples`: other numbers of draws, by program. `kinds`:
 * what of it a profile times.
 */
export async function withRun<T>(
  run: string,
  flags: RunFlags,
  samples: Readonly<Record<string, number>>,
  kinds: ProfiledKinds,
  terminal: Terminal,
  use: (trained: TrainedRun) => Promise<T>,
): Promise<T> {
  checkDeviceFlags(flags);
  const folder = await RunFolder.open(run);
  const spec = flags.spec ?? folder.spec;
  if (spec === undefined) {
    throw new UserError(`"${run}" was begun by a compiled module and holds no spec: name it with --spec FILE`);
  }
  const checkpoint = await folder.latest();
  if (checkpoint === undefined) {
    throw new UserError(`"${run}" has no checkpoint yet: train it further with "vaec train … --out ${run} --resume"`);
  }
  const { settings, plan: recorded } = folder.record;
  const specFolder = flags.spec === undefined ? folder.specFolder : undefined;
  const device = await openChosenDevice(flags, terminal);
  try {
    const { profile } = device.report;
    const host = flags.spec === undefined ? copiedSources(run) : diskSources();
    const set = { ...(flags.spec === undefined ? settings : {}), ...flags.set };
    const { without = [] } = recorded;
    const tuned = await tunedSchedules(device.report, flags, terminal);
    const compiled = compileSpec(spec, { set, profile, without, host, samples, tuned, quiet: true }, terminal);
    const { plan, kernels, modules } = compiled;
    tellSchedules(plan, flags, terminal);
    const profiled = await Profile.of(flags, kinds, device, run, terminal);
    const model = await openModel({
      plan,
      sources: kernels,
      ...(modules && { modules }),
      ...(await frozenOf(compiled)),
      device: profiled?.device ?? device,
      data: { folder: flags.data ?? folder.data ?? defaultData, specFolder: specFolder ?? dirname(spec) },
    });
    try {
      await model.load(checkpoint);
      const result = await use({ folder, model });
      await profiled?.finish();
      return result;
    } finally {
      model.close();
    }
  } finally {
    device.close();
  }
}
