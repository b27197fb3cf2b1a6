/** The version of this vaec. */
import { readFileSync } from 'node:fs';

/** From package.json, one folder up in the sources and two in the build. */
export function version(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const { version: found } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        version: string;
      };
      return found;
    } catch {
      continue;
    }
  }
  return 'unknown';
}
