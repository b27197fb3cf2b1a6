/** Paths as specs write them: relative to the file they stand in, with forward slashes. */

/** A path against the file it is written in; an absolute one stays what it is. */
export function resolve(from: string, path: string): string {
  const isAbsolute = path.startsWith('/') || from.startsWith('/');
  const folder = path.startsWith('/') ? [] : from.split('/').slice(0, -1);
  const parts: string[] = folder.filter((part) => part !== '');
  for (const part of path.split('/')) {
    // Two slashes are one, and one at the end, 'runs/vae/', says nothing.
    if (part === '.' || part === '') continue;
    const isUp = part === '..' && parts.length > 0 && parts.at(-1) !== '..';
    // Up from the working folder, './a.vae' and '../b.vae', is not the working folder.
    if (isUp && parts.pop() !== '.') continue;
    parts.push(part);
  }
  return (isAbsolute ? '/' : '') + parts.join('/');
}

/** The way to a place from the folder of a file, where there is one: between a relative and an absolute path is none. */
export function relativeTo(from: string, place: string): string {
  if (from.startsWith('/') !== place.startsWith('/')) return place;
  const partsOf = (path: string) => path.split('/').filter((part) => part !== '' && part !== '.');
  const [folder, parts] = [partsOf(from).slice(0, -1), partsOf(place)];
  const fork = folder.findIndex((part, i) => part !== parts[i]);
  const shared = fork === -1 ? folder.length : fork;
  return [...folder.slice(shared).map(() => '..'), ...parts.slice(shared)].join('/');
}

/** `.vae` may be left out. */
export function withEnding(path: string): string {
  return path.endsWith('.vae') ? path : `${path}.vae`;
}

/** What a run is called after its folder: the name under which another run keeps it, and its parameters' prefix. */
export function runName(folder: string): string {
  const last = folder.split('/').findLast((part) => part !== '');
  return (last ?? '').replace(/[^A-Za-z0-9_-]/g, '_') || 'run';
}
