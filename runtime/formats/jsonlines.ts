/** JSON lines: one JSON value a line, appended as it comes. */
import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { readWhole, writeAtomic, writeFailure } from './files.ts';

export interface JsonLines {
  readonly values: readonly unknown[];
  /** The file ended within a line (its writer was killed); that line is not among the values. */
  readonly torn: boolean;
}

/** Every whole line of a file. A last line without its newline is left out; a damaged one before it is a UserError. */
export async function readJsonLines(path: string): Promise<JsonLines> {
  return decodeJsonLines(new TextDecoder().decode(await readWhole(path)), path);
}

export function decodeJsonLines(text: string, name: string): JsonLines {
  const lines = text.split('\n');
  const torn = lines.pop() !== '';
  const values = lines.map((line, index): unknown => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new UserError(`"${name}", line ${index + 1} is not JSON: the file was changed by hand or is damaged`, {
        cause: error,
      });
    }
  });
  return { values, torn };
}

/** Keeps the whole lines for which `keep` holds, at once: what a resumed run does with lines past its checkpoint. */
export async function keepJsonLines(path: string, keep: (value: unknown) => boolean): Promise<void> {
  const { values } = await readJsonLines(path);
  await writeAtomic(path, values.filter(keep).map(lineOf).join(''));
}

/** Appends lines to a file, each in one write. */
export class JsonLinesWriter {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async open(path: string): Promise<JsonLinesWriter> {
    try {
      return new JsonLinesWriter(path, await open(path, 'a'));
    } catch (error) {
      throw writeFailure(path, error);
    }
  }

  async append(value: unknown): Promise<void> {
    try {
      await this.#file.appendFile(lineOf(value));
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
  }

  /** Flushes to the disk. */
  async flush(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
  }

  /** Flushes to the disk and closes. */
  async close(): Promise<void> {
    await this.#file.sync().catch(() => undefined);
    await this.#file.close();
  }
}

/** JSON has no NaN and no infinities: they are written as the strings "NaN", "Infinity" and "-Infinity". */
function lineOf(value: unknown): string {
  const told = JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === 'number' && !Number.isFinite(entry) ? String(entry) : entry,
  );
  return `${told}\n`;
}
