/** kill -9 at random moments: the run goes on from its last checkpoint and ends with the bytes of one that was left alone. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { draws } from '../../../runtime/data/random.ts';
import { openModel } from '../../../runtime/model.ts';
import { openTestDevice } from '../../support/device.ts';
import { tinyCompiled, tinyData } from '../../support/tiny-plan.ts';
import { temporaryFolder } from '../folder.ts';

const device = await openTestDevice();
const steps = 5000;
const kills = 4;

/** Runs the trainer; kills it so many milliseconds after its run has begun. Gives whether it was killed. */
function trainer(out: string, killAfter?: number): Promise<boolean> {
  const script = fileURLToPath(new URL('train-tiny.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, out, String(steps)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  if (killAfter !== undefined) child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), killAfter));
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`the trainer ended with ${code}: ${errors}`));
    });
  });
}

describe.skipIf(device === undefined)('kill -9', () => {
  test(`at ${kills} random moments loses nothing that matters`, { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    const model = await openModel({ ...tinyCompiled, sets: tinyData(), device: device! });
    const begun = performance.now();
    await model.train({ out: join(folder, 'whole'), steps });
    const length = performance.now() - begun;
    model.close();
    const { uniform } = draws(7, 'kills');
    let killed = 0;
    for (let i = 0; i < kills; i++)
      killed += (await trainer(join(folder, 'killed'), 0.3 * length * uniform(i, 0))) ? 1 : 0;
    expect(killed).toBeGreaterThanOrEqual(2);
    expect(await trainer(join(folder, 'killed'))).toBe(false);
    for (const file of ['checkpoints/final.safetensors', 'metrics.jsonl']) {
      const [whole, parts] = ['whole', 'killed'].map((run) => readFileSync(join(folder, run, file)));
      expect(parts!.equals(whole!), file).toBe(true);
    }
  });
});
