/** run.json and hypers.json: what a run is, so that it can be resumed, evaluated and sampled from its folder alone. */
import type { FrozenLayout } from '../../compiler/4-tensor/program.ts';
import type { Piece } from '../../compiler/5-kernel/fuse/pieces.ts';
import { inBytes } from '../../compiler/5-kernel/needs.ts';
import type { CompiledKernels } from '../../compiler/5-kernel/plan.ts';
import type { TunedSchedule } from '../../compiler/5-kernel/tuned.ts';
import { deviceName, type DeviceReport } from '../device/report.ts';
import { UserError } from '../errors.ts';
import { readWhole, sha256 } from '../formats/files.ts';
import type { Hypers } from '../host/hypers.ts';
import { foundOutside, keptOutside } from './outside.ts';

export const runVersion = 1;

/** The sources of a spec as they were compiled. */
export interface SpecCopy {
  /** The name in `files` of the spec itself. */
  readonly entry: string;
  /** Where it lies: its data files may be there too. */
  readonly folder: string;
  /** Texts by name, relative and with forward slashes: the spec and those it uses. */
  readonly files: ReadonlyMap<string, string>;
  /** `--set NAME=value`, as written. */
  readonly settings: { readonly [name: string]: string };
  /** The folders of the finished runs that it uses itself, by name. */
  readonly runs?: ReadonlyMap<string, string>;
}

export interface RunRecord {
  readonly format: 'vaec-run';
  readonly version: number;
  readonly spec: {
    readonly name: string;
    readonly hash: string;
    readonly entry?: string;
    /** Where it lay, relative to the run folder. */
    readonly folder?: string;
  };
  readonly settings: { readonly [name: string]: string };
  /** The finished runs whose parameters it has taken, by name, and the fingerprints of their checkpoints. */
  readonly runs?: FrozenLayout['runs'];
  readonly program: string;
  readonly seed: number;
  /** Steps of the whole run. */
  readonly steps: number;
  readonly plan: {
    readonly version: number;
    readonly profile: string;
    /** The pieces of fusion that its kernels were compiled without; absent where there are none. */
    readonly without?: readonly Piece[];
    /** The bytes that a step was to take at most, where activations are computed anew for it. */
    readonly memory?: number;
    /** SHA-256 of the plan's kernels, their order and their texts: equal ones compute equal bits on one device. */
    readonly kernels: string;
    /** The schedules that were found by measuring; absent where all are the profile's own. */
    readonly tuned?: readonly TunedSchedule[];
  };
  /** Where the run was begun. */
  readonly device: DeviceReport;
  /** Where else it has gone on since, by name. */
  readonly continued?: readonly string[];
  /** The folder with the data files, relative to the run folder. */
  readonly data?: string;
}

/** What the hypers of a run are: numbers, and schedules as they are in the plan. */
export interface HyperValues {
  readonly [name: string]: unknown;
}

/** The record of a run that begins in `folder`, which is there. */
export function recordOf(
  folder: string,
  compiled: CompiledKernels,
  device: DeviceReport,
  run: { readonly program: string; readonly seed: number; readonly steps: number; readonly data?: string },
  copy: SpecCopy | undefined,
): RunRecord {
  const { plan } = compiled;
  const { data, ...facts } = run;
  const spec = copy && { entry: copy.entry, folder: keptOutside(folder, copy.folder) };
  return {
    format: 'vaec-run',
    version: runVersion,
    spec: { ...plan.spec, ...spec },
    settings: copy?.settings ?? {},
    ...(plan.frozen && { runs: plan.frozen.runs }),
    ...facts,
    plan: {
      version: plan.version,
      profile: plan.profile,
      ...(plan.without && { without: plan.without }),
      ...(plan.memory !== undefined && { memory: plan.memory }),
      kernels: kernelsHash(compiled),
      ...(plan.tuned && { tuned: plan.tuned }),
    },
    device,
    ...(data !== undefined && { data: keptOutside(folder, data) }),
  };
}

/** The record for a copy of the run in another folder, which is there. */
export function copiedRecord(record: RunRecord, from: string, to: string): RunRecord {
  const { spec, data } = record;
  const moved = (kept: string) => keptOutside(to, foundOutside(from, kept));
  return {
    ...record,
    ...(spec.folder !== undefined && { spec: { ...spec, folder: moved(spec.folder) } }),
    ...(data !== undefined && { data: moved(data) }),
  };
}

/** The record in a run folder. Throws a UserError when there is none, or one of a newer format. */
export async function readRecord(path: string, folder: string): Promise<RunRecord> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path);
  } catch (error) {
    throw error instanceof UserError
      ? new UserError(`"${folder}" is not a run folder: ${error.message}`, { cause: error })
      : error;
  }
  return decodeRecord(bytes, path, folder);
}

/** The record in the bytes of run.json. Throws a UserError when they are none, or one of a newer format. */
export function decodeRecord(bytes: Uint8Array, path: string, folder: string): RunRecord {
  const record = decodeObject(bytes, path) as RunRecord;
  if (record.format !== 'vaec-run')
    throw new UserError(`"${path}" was not written by vaec: "${folder}" is not a run folder`);
  if (record.version > runVersion) {
    throw new UserError(
      `"${folder}" is a run of format ${record.version}, and this vaec reads format ${runVersion}: use the vaec that wrote it, or a newer one`,
    );
  }
  // Runs of the first version know one target alone.
  return { ...record, device: { ...record.device, target: record.device.target ?? 'webgpu' } as DeviceReport };
}

/** The hypers in the bytes of hypers.json. Throws a UserError when they are none. */
export function decodeHypers(bytes: Uint8Array, path: string): HyperValues {
  return decodeObject(bytes, path) as HyperValues;
}

function decodeObject(bytes: Uint8Array, path: string): object {
  const damaged = new UserError(`"${path}" is not a JSON object: it was changed by hand or is damaged`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw damaged;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged;
  return value;
}

/**
 * Throws a UserError when a run cannot go on with this plan, seed and hypers. Gives the reasons why it can go on, but
 * not with the same bits; none when it continues exactly.
 */
export function compareRuns(
  folder: string,
  before: RunRecord,
  now: RunRecord,
  hypersBefore: HyperValues,
  hypers: Hypers,
): readonly string[] {
  // A run that it was not begun with makes it another spec, which is told next.
  const other = (now.runs ?? []).find(({ name, checkpoint }) => {
    const first = fingerprintOf(before, name);
    return first !== undefined && first !== checkpoint;
  });
  if (other !== undefined && before.spec.name === now.spec.name) {
    throw new UserError(
      `"${folder}" was begun with other parameters of the run "${other.name}", which has been trained again since: choose ` +
        'another folder with --out, or resume with the run that is kept in the run folder',
    );
  }
  if (before.spec.hash !== now.spec.hash || before.program !== now.program) {
    throw new UserError(
      `"${folder}" is a run of another spec: the text of "${before.spec.name}" has changed since, or "${now.spec.name}" is a ` +
        'different one; choose another folder with --out, or resume with the spec that is kept in the run folder',
    );
  }
  if (before.seed !== now.seed) {
    throw new UserError(
      `"${folder}" was begun with seed ${before.seed}, and now it is ${now.seed}: resume with --seed ${before.seed}`,
    );
  }
  const changed = differences(hypersBefore, hypers.resolved());
  if (changed.length > 0) {
    throw new UserError(
      `"${folder}" was begun with other hypers (${changed.join('; ')}): give the same ones with --set`,
    );
  }
  const notes: string[] = [];
  const { device, plan } = before;
  const isSameTarget = device.target === now.device.target;
  if (deviceName(device) !== deviceName(now.device)) {
    notes.push(`it was begun on ${deviceName(device)}, and this is ${deviceName(now.device)}`);
  } else if (before.continued !== undefined) {
    notes.push(`it has been on ${before.continued.join(' and ')} since it was begun on ${deviceName(device)}`);
  }
  if (isSameTarget && plan.profile !== now.plan.profile) {
    notes.push(`its kernels were compiled for the profile ${plan.profile}, and these for ${now.plan.profile}`);
  } else if (piecesLeftOut(plan) !== piecesLeftOut(now.plan)) {
    notes.push(`its kernels were compiled with ${piecesLeftOut(plan)}, and these with ${piecesLeftOut(now.plan)}`);
  } else if (plan.memory !== now.plan.memory) {
    notes.push(`its steps were to take ${memoryOf(plan)}, and these ${memoryOf(now.plan)}`);
  } else if (isSameTarget && plan.kernels !== now.plan.kernels) {
    const isTunedAlike = JSON.stringify(plan.tuned) === JSON.stringify(now.plan.tuned);
    notes.push(
      isTunedAlike
        ? 'its kernels were compiled by another version of vaec'
        : 'some of its kernels ran by other schedules, which do not fit this vaec and device or were declined',
    );
  }
  return notes;
}

/** `all of fusion`, or what of it is left out. */
function piecesLeftOut({ without = [] }: RunRecord['plan']): string {
  return without.length === 0 ? 'all of fusion' : `fusion without ${without.join(', ')}`;
}

/** `256 MiB at most`, or `what they need` where nothing is computed anew. */
function memoryOf({ memory }: RunRecord['plan']): string {
  return memory === undefined ? 'what they need' : `${inBytes(memory)} at most`;
}

/** The record of a run that goes on, to `steps`, on the device of `now` and with the data that it has found there. */
export function continuedRecord(before: RunRecord, now: RunRecord, steps: number): RunRecord {
  const name = deviceName(now.device);
  const same = { ...before, steps, ...(now.data !== undefined && { data: now.data }) };
  if (name === deviceName(before.device)) return same;
  return { ...same, continued: [...new Set([...(before.continued ?? []), name])] };
}

function differences(before: HyperValues, now: HyperValues): readonly string[] {
  const tell = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value));
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => tell(before[name]) !== tell(now[name]))
    .map((name) => `${name} was ${tell(before[name])} and is ${tell(now[name])}`);
}

function fingerprintOf({ runs = [] }: RunRecord, name: string): string | undefined {
  return runs.find((run) => run.name === name)?.checkpoint;
}

function kernelsHash({ plan, sources }: CompiledKernels): string {
  const texts = plan.kernels.map(({ name }) => [name, sources.get(name)]);
  const programs = plan.programs.map(({ name, dispatches, ...program }) => {
    const couplings = program.couplings === undefined ? [] : [program.couplings];
    return [name, dispatches, ...couplings];
  });
  return sha256(JSON.stringify([texts, programs]));
}
