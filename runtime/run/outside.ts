/**
 * Folders outside of a run that it names: kept relative to the run's own, so that they are found from wherever a command is
 * started, and also when the run and they are moved together.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

/** How a run, whose folder is there, keeps another folder: with forward slashes; absolute where that is on another root. */
export function keptOutside(run: string, folder: string): string {
  return relative(realpathSync(run), placeOf(folder)).split(sep).join('/') || '.';
}

/** The folder that a run keeps so. */
export function foundOutside(run: string, kept: string): string {
  return resolve(realpathSync(run), kept);
}

/** The place itself, behind no link; but a folder that is a link stays one, which may lead elsewhere by the next time. */
function placeOf(folder: string): string {
  const path = resolve(folder);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    // There is no such place: what reads from it will say so.
    return path;
  }
}
