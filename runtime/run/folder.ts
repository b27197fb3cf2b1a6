/**
 * A run folder: run.json, hypers.json, spec/, runs/ (those it uses), metrics.jsonl, checkpoints/, samples/. Every file but metrics.jsonl is
 * written whole or not at all, so that a kill at any moment leaves a folder that a resume can go on from.
 */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ParameterLayout } from '../../compiler/4-tensor/program.ts';
import { systemErrorCode, UserError } from '../errors.ts';
import { asJson, readFailure, readWhole, writeAtomic } from '../formats/files.ts';
import { JsonLinesWriter, keepJsonLines, readJsonLines } from '../formats/jsonlines.ts';
import { decodeSafetensors } from '../formats/safetensors.ts';
import type { Hypers } from '../host/hypers.ts';
import { type Checkpoint, encodeCheckpoint, headOf, readCheckpoint } from './checkpoint.ts';
import { copyRun } from './frozen.ts';
import { finalCheckpoint, keptRuns } from './layout.ts';
import { isAlive, lockFile } from './lock.ts';
import { foundOutside } from './outside.ts';
import { decodeHypers, type HyperValues, readRecord, type RunRecord, type SpecCopy } from './record.ts';

/** Checkpoints kept beside the final one. */
const keptCheckpoints = 2;

const stepFile = /^step-(\d+)\.safetensors$/;
const finalFile = basename(finalCheckpoint);
/** A file while it is written, with the id of the process that writes it. */
const temporaryFile = /^\..*\.(\d+)\.tmp$/;

export class RunFolder {
  readonly path: string;
  readonly record: RunRecord;

  private constructor(path: string, record: RunRecord) {
    this.path = path;
    this.record = record;
  }

  /** Begins a run. Throws a UserError when the folder holds anything, or cannot be written. */
  static async create(path: string, record: RunRecord, hypers: Hypers, copy?: SpecCopy): Promise<RunFolder> {
    await RunFolder.demandUnbegun(path);
    for (const [name, text] of copy?.files ?? []) await writeAtomic(join(path, 'spec', name), text);
    for (const [name, folder] of copy?.runs ?? []) await copyRun(folder, join(path, keptRuns, name));
    await writeAtomic(join(path, 'hypers.json'), asJson(hypers.resolved()));
    // Last: a folder with run.json is a run.
    await writeAtomic(join(path, 'run.json'), asJson(record));
    return new RunFolder(path, record);
  }

  /** Whether a folder holds nothing yet, or only what a run that was killed while it began has written. */
  static async isUnbegun(path: string): Promise<boolean> {
    return (await entriesOf(path)).every(isBeginning);
  }

  /** Throws a UserError when a new run cannot begin in the folder, because it holds something. */
  static async demandUnbegun(path: string): Promise<void> {
    const present = await entriesOf(path);
    if (present.some((name) => !isBeginning(name))) {
      const run = present.includes('run.json');
      throw new UserError(
        run
          ? `"${path}" holds a run already: go on with it by --resume, or choose another folder with --out`
          : `"${path}" is not empty, and it is not a run: choose another folder with --out`,
      );
    }
  }

  /** Opens a run. Throws a UserError when the folder is none. */
  static async open(path: string): Promise<RunFolder> {
    return new RunFolder(path, await readRecord(join(path, 'run.json'), path));
  }

  /** The same run with another record from now on. */
  async withRecord(record: RunRecord): Promise<RunFolder> {
    if (asJson(record) === asJson(this.record)) return this;
    await writeAtomic(join(this.path, 'run.json'), asJson(record));
    return new RunFolder(this.path, record);
  }

  /** The hypers that the run was begun with. Throws a UserError where they are missing or damaged. */
  async hypers(): Promise<HyperValues> {
    const path = join(this.path, 'hypers.json');
    return decodeHypers(await readWhole(path), path);
  }

  /** The spec that the run was begun with, or undefined where it was begun without one (from a compiled module). */
  get spec(): string | undefined {
    const { entry } = this.record.spec;
    return entry === undefined ? undefined : join(this.path, 'spec', entry);
  }

  /** Where that spec lay, or undefined as before. */
  get specFolder(): string | undefined {
    const { folder } = this.record.spec;
    return folder === undefined ? undefined : foundOutside(this.path, folder);
  }

  /** The folder with the data files, or undefined where the run was begun with data that was loaded already. */
  get data(): string | undefined {
    const { data } = this.record;
    return data === undefined ? undefined : foundOutside(this.path, data);
  }

  /** Where `vaec sample` writes. */
  get samples(): string {
    return join(this.path, 'samples');
  }

  /** The path of the checkpoint with the most steps, or undefined when there is none yet. */
  async latest(): Promise<string | undefined> {
    const files = await entriesOf(this.#checkpoints);
    let best: { readonly file: string; readonly step: number } | undefined;
    for (const file of files) {
      const step = file === finalFile ? await this.#stepOf(file) : Number(stepFile.exec(file)?.[1] ?? -1);
      if (step >= 0 && (best === undefined || step > best.step)) best = { file, step };
    }
    return best && join(this.#checkpoints, best.file);
  }

  /** The latest checkpoint, or undefined when there is none yet. */
  async latestCheckpoint(layout: ParameterLayout): Promise<Checkpoint | undefined> {
    const path = await this.latest();
    if (path === undefined) return undefined;
    const checkpoint = await readCheckpoint(path, layout);
    if (checkpoint.head.spec.hash === this.record.spec.hash) return checkpoint;
    throw new UserError(`"${path}" is a checkpoint of another spec than the run's own: it was put there by hand`);
  }

  /** Keeps a checkpoint, then lets go of old ones. Gives its path. */
  async save(checkpoint: Checkpoint, layout: ParameterLayout): Promise<string> {
    const { step, steps } = checkpoint.head;
    const file = step === steps ? finalFile : `step-${String(step).padStart(9, '0')}.safetensors`;
    const path = join(this.#checkpoints, file);
    await writeAtomic(path, encodeCheckpoint(checkpoint, layout));
    const old = (await entriesOf(this.#checkpoints)).filter((name) => stepFile.test(name)).sort();
    for (const name of old.slice(0, Math.max(0, old.length - keptCheckpoints))) await rm(join(this.#checkpoints, name));
    return path;
  }

  /**
   * metrics.jsonl, open at its end. Lines past `step` are removed first: they belong to steps that will run again.
   * `known` gives the lines that stay.
   */
  async metrics(step: number): Promise<{ readonly writer: JsonLinesWriter; readonly known: readonly unknown[] }> {
    const path = join(this.path, 'metrics.jsonl');
    const present = (await entriesOf(this.path)).includes('metrics.jsonl');
    if (present) await keepJsonLines(path, (line) => stepIn(line) <= step);
    const known = present ? (await readJsonLines(path)).values : [];
    return { writer: await JsonLinesWriter.open(path), known };
  }

  /** Removes what killed processes left half-written; what one that runs is writing stays. */
  async tidy(): Promise<void> {
    for (const folder of [this.path, this.#checkpoints]) {
      for (const name of await entriesOf(folder)) {
        const writer = Number(temporaryFile.exec(name)?.[1]);
        const isLeft = writer === process.pid || (writer > 0 && !isAlive(writer));
        if (isLeft) await rm(join(folder, name), { force: true });
      }
    }
  }

  get #checkpoints(): string {
    return join(this.path, 'checkpoints');
  }

  async #stepOf(file: string): Promise<number> {
    const path = join(this.#checkpoints, file);
    return headOf(decodeSafetensors(await readWhole(path), path), path).step;
  }
}

/** What is written before run.json. */
function isBeginning(name: string): boolean {
  return ['spec', keptRuns, 'hypers.json', lockFile].includes(name) || temporaryFile.test(name);
}

function stepIn(line: unknown): number {
  return typeof line === 'object' && line !== null && 'step' in line && typeof line.step === 'number' ? line.step : 0;
}

/** The names in a folder; none when it does not exist. */
async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    if (systemErrorCode(error) === 'ENOTDIR') {
      throw new UserError(`"${folder}" is a file, and a folder is needed: choose another with --out`, { cause: error });
    }
    throw readFailure(folder, error);
  }
}
