/** Values of command-line options: checked while they are read, so that a wrong one is a usage error. */
import { InvalidArgumentError } from 'commander';
import { isPiece, pieceNames, type Piece } from '../compiler/5-kernel/fuse/pieces.ts';

/** More threads than this would only wait for each other. */
const mostThreads = 256;

/** Values of `--set NAME=value`, as written. */
export type Settings = Readonly<Record<string, string>>;

/** Adds one `NAME=value` to those read before. */
export function setting(written: string, before: Settings = {}): Settings {
  const match = /^\s*([A-Za-z_]\w*)\s*=\s*(\S.*?)\s*$/.exec(written);
  if (match === null) throw new InvalidArgumentError('write it as NAME=value, such as --set latent=8.');
  const [, name = '', value = ''] = match;
  if (name in before) throw new InvalidArgumentError(`"${name}" is set twice.`);
  return { ...before, [name]: value };
}

/** Names of `--without NAME,NAME`, added to those read before. */
export function piecesOf(written: string, before: readonly Piece[] = []): readonly Piece[] {
  const names = written.split(',').map((name) => name.trim());
  const known = names.filter(isPiece);
  const unknown = names.find((name) => !isPiece(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`fusion has no piece "${unknown}"; it has ${pieceNames.join(', ')}.`);
  }
  return [...before, ...known];
}

/** A whole number of at least 1: `--epochs`, `--n`. */
export function positiveInteger(written: string): number {
  return wholeNumberFrom(1, written);
}

/** How many threads compute: `--threads`. */
export function threadCount(written: string): number {
  const value = positiveInteger(written);
  if (value > mostThreads) throw new InvalidArgumentError(`at most ${mostThreads} threads compute.`);
  return value;
}

/** A whole number of at least 0, exact in float64: `--seed`. */
export function wholeNumber(written: string): number {
  return wholeNumberFrom(0, written);
}

function wholeNumberFrom(least: number, written: string): number {
  const value = Number(written);
  if (!/^\d+$/.test(written) || !Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(`a whole number of at least ${least} is needed.`);
  }
  return value;
}

/** `2GiB`, `512MiB`, `100000` as bytes: `--memory`. */
export function byteCount(written: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(KiB|MiB|GiB)?$/i.exec(written);
  const power = { kib: 1, mib: 2, gib: 3 }[(match?.[2] ?? '').toLowerCase()] ?? 0;
  const value = Math.floor(Number(match?.[1]) * 1024 ** power);
  if (!(value > 0)) throw new InvalidArgumentError('a size above 0 is needed, such as 512MiB or 2GiB.');
  return value;
}

/** `90`, `90s`, `15m`, `2h` as seconds: how often to keep a checkpoint. */
export function seconds(written: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(written);
  const value = Number(match?.[1]) * { s: 1, m: 60, h: 3600 }[(match?.[2] ?? 's') as 's' | 'm' | 'h'];
  if (!(value > 0)) throw new InvalidArgumentError('a time above 0 is needed, such as 90s, 15m or 2h.');
  return value;
}
