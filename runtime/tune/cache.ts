/**
 * Schedules that were found on this machine, a file a kernel, in a folder for each device, driver and version of vaec under
 * the user's cache folder. Whatever is wrong with a file, it is as if it were not there.
 */
import { access, constants, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Choice } from '../../compiler/5-kernel/schedule/choice.ts';
import type { TunedSchedule } from '../../compiler/5-kernel/tuned.ts';
import { type DeviceReport, subgroupMatrices } from '../device/report.ts';
import { makeFolder, readFailure, sha256, writeAtomic } from '../formats/files.ts';
import { systemErrorCode, UserError } from '../errors.ts';

const format = 'vaec-schedule';
const cacheVersion = 1;

/** What a search found out about a kernel. */
export interface FoundSchedule {
  /** Of the kernel in the spec that it was found for. */
  readonly name: string;
  /** Fingerprint of the kernel by default. */
  readonly kernel: string;
  /** Milliseconds of a run, by default and by what won. */
  readonly before: number;
  readonly after: number;
  /** Whether the search came to its own end, and not to that of its time. */
  readonly complete: boolean;
  /** The winner, and the fingerprint of the kernel by it; absent where nothing beat the default. */
  readonly winner?: Pick<TunedSchedule, 'choice' | 'text'>;
}

/** Where programs keep what they can find out again, by the system's conventions. */
export function userCacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  const named = env['XDG_CACHE_HOME'];
  if (named !== undefined && named.startsWith('/')) return named;
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local');
  return platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
}

export class ScheduleCache {
  /** The folder of this device. */
  readonly folder: string;
  readonly #facts: string;

  /** `vaec`: the version; another one may schedule otherwise. */
  constructor(report: DeviceReport, vaec: string, cache: string = userCacheFolder()) {
    this.#facts = JSON.stringify(factsOf(report, vaec));
    const name = report.description
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '-')
      .slice(0, 48);
    this.folder = join(cache, 'vaec', 'schedules', `${name}-${sha256(this.#facts).slice(0, 12)}`);
  }

  /** Everything that was found for the device, and what to say of files that are not used. */
  async read(): Promise<{ readonly found: readonly FoundSchedule[]; readonly notes: readonly string[] }> {
    let names: readonly string[];
    try {
      names = (await readdir(this.folder)).filter((name) => /^[0-9a-f]+\.json$/.test(name)).sort();
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return { found: [], notes: [] };
      const failure = readFailure(this.folder, error);
      const reason = failure instanceof Error ? failure.message : String(failure);
      return { found: [], notes: [`tuned schedules are not used: ${reason}`] };
    }
    const files = await Promise.all(names.map((name) => this.#readFile(name)));
    const found = files.filter((file) => file !== undefined);
    const wrong = files.length - found.length;
    if (wrong === 0) return { found, notes: [] };
    const which = wrong === 1 ? 'a file' : `${wrong} files`;
    const note = `${which} of tuned schedules in "${this.folder}" cannot be used: damaged, or not of this device`;
    return { found, notes: [note] };
  }

  /** Makes the folder. Throws a UserError where nothing can be kept in it: to be called before a search, not after. */
  async open(): Promise<void> {
    try {
      await makeFolder(this.folder);
      await access(this.folder, constants.W_OK);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      const remedy = 'make it so, or name another cache folder with XDG_CACHE_HOME';
      throw new UserError(
        `schedules cannot be kept in "${this.folder}", which is no folder to write in (${code}): ${remedy}`,
        { cause: error },
      );
    }
  }

  /** Keeps what was found for a kernel, in place of what was kept before. Throws a UserError where it cannot. */
  async keep(found: FoundSchedule): Promise<void> {
    const content = { format, version: cacheVersion, device: JSON.parse(this.#facts) as unknown, ...found };
    await writeAtomic(join(this.folder, `${found.kernel}.json`), `${JSON.stringify(content, null, 2)}\n`);
  }

  async #readFile(name: string): Promise<FoundSchedule | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(join(this.folder, name), 'utf8'));
      if (typeof value !== 'object' || value === null) return undefined;
      const { format: kind, version, device, ...found } = value as Record<string, unknown>;
      const isOurs = kind === format && version === cacheVersion && JSON.stringify(device) === this.#facts;
      return isOurs && isFound(found) && `${found.kernel}.json` === name ? found : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The schedules in place of the default among what was found. */
export function tunedOf(found: readonly FoundSchedule[]): readonly TunedSchedule[] {
  return found.flatMap(({ kernel, winner }) => (winner === undefined ? [] : [{ kernel, ...winner }]));
}

/** What times depend on: the device and its driver, how many threads share it, the engine, and what wrote the kernels. */
function factsOf(report: DeviceReport, vaec: string): object {
  if (report.target === 'cpu') {
    const { description, simd, threads, profile } = report;
    return { vaec, target: 'cpu', description, simd, threads, profile, engine: process.versions.v8 };
  }
  const { description, vendor, architecture, device, subgroupSize, profile } = report;
  const facts = { vaec, target: 'webgpu', description, vendor, architecture, device, subgroupSize, profile };
  // What was found with them cannot run without.
  return report.features.includes(subgroupMatrices) ? { ...facts, subgroupMatrices: true } : facts;
}

function isFound(value: Record<string, unknown>): value is Record<string, unknown> & FoundSchedule {
  const { name, kernel, before, after, complete, winner } = value;
  const hasNumbers = typeof before === 'number' && typeof after === 'number' && typeof complete === 'boolean';
  const hasNames = typeof name === 'string' && typeof kernel === 'string';
  return hasNames && hasNumbers && (winner === undefined || isTuned(winner));
}

function isTuned(value: unknown): value is NonNullable<FoundSchedule['winner']> {
  if (typeof value !== 'object' || value === null) return false;
  const { choice, text } = value as Record<string, unknown>;
  return typeof text === 'string' && isChoice(choice);
}

/** Whether it looks like a choice; whether there is such a one for a kernel is the compiler's to say. */
function isChoice(value: unknown): value is Choice {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
