/** Two trainings into one folder: the second is refused, and what a killed process has left is in nobody's way. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrainEvent } from '../../../runtime/train/events.ts';
import { openModel } from '../../../runtime/open-model.ts';
import { RunFolder } from '../../../runtime/run/folder.ts';
import { lockFile, RunLock } from '../../../runtime/run/lock.ts';
import { openTestProcessor } from '../../support/targets.ts';
import { tinyData } from '../../support/tiny-plan.ts';
import { tinyCpuCompiled } from '../../support/tiny-plan-cpu.ts';
import { temporaryFolder } from '../folder.ts';

const device = openTestProcessor(1);
const open = () => openModel({ ...tinyCpuCompiled, sets: tinyData(), device });
/** The id of a process that has ended, and one that runs as long as this. */
const ended = spawnSync(process.execPath, ['--version']).pid;
const running = process.ppid;

const heldBy = (holder: object | string): string => {
  const folder = join(temporaryFolder(), 'run');
  mkdirSync(folder);
  writeFileSync(join(folder, lockFile), typeof holder === 'string' ? holder : JSON.stringify(holder));
  return folder;
};

describe('a run folder', () => {
  test('is closed to a second training while the first goes on, and open after it', async () => {
    const out = join(temporaryFolder(), 'run');
    const [first, second] = await Promise.all([open(), open()]);
    const refusals: Promise<unknown>[] = [];
    const onEvent = (event: TrainEvent) => {
      if (event.kind !== 'begin') return;
      refusals.push(second.train({ out, resume: true }).catch((error: unknown) => error));
    };
    await first.train({ out, steps: 20, onEvent });
    expect(await Promise.all(refusals)).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(`^process ${process.pid} is training into ".*run": wait for it`)),
      }),
    ]);
    expect(existsSync(join(out, lockFile))).toBe(false);
    expect(await second.train({ out, resume: true, steps: 30 })).toMatchObject({ step: 30, finished: true });
    first.close();
    second.close();
  });

  test('is closed while another process has it, and says which; a machine that is not this one is told too', async () => {
    const here = heldBy({ pid: running, host: hostname(), started: 0 });
    await expect(RunLock.take(here)).rejects.toThrow(new RegExp(`^process ${running} is training into`));
    const there = heldBy({ pid: ended, host: 'elsewhere', started: 0 });
    await expect(RunLock.take(there)).rejects.toThrow(
      new RegExp(`^process ${ended} on "elsewhere" is training into .*remove ".*run.lock"$`),
    );
  });

  test.each([
    ['a process that has ended', { pid: ended, host: hostname(), started: 0 }],
    ['an earlier process with the same id', { pid: process.pid, host: hostname(), started: 0 }],
    ['a process killed before it wrote', ''],
  ])('is taken over from %s', async (_, holder) => {
    const folder = heldBy(holder);
    const lock = await RunLock.take(folder);
    expect(JSON.parse(readFileSync(join(folder, lockFile), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that holds no more than what a killed process left can be begun', async () => {
    const folder = heldBy({ pid: ended, host: hostname(), started: 0 });
    expect(await RunFolder.isUnbegun(folder)).toBe(true);
  });

  test("is tidied of what ended processes were writing, and of nobody else's", async () => {
    const model = await open();
    const out = join(temporaryFolder(), 'run');
    await model.train({ out, steps: 2 });
    const file = (pid: number) => `.final.safetensors.${pid}.tmp`;
    for (const pid of [ended, running]) writeFileSync(join(out, 'checkpoints', file(pid)), 'half');
    await model.train({ out, resume: true, steps: 3 });
    expect(readdirSync(join(out, 'checkpoints')).sort()).toEqual([file(running), 'final.safetensors']);
    model.close();
  });
});
