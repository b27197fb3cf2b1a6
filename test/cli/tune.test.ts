/** Schedules from the command line: searched, kept, taken by the runs that follow, and recorded in them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { version } from '../../cli/version.ts';
import { compile, emitterFor } from '../../compiler/compile.ts';
import type { PlannedKernel } from '../../compiler/5-kernel/library.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { spaceOf } from '../../compiler/5-kernel/schedule/space.ts';
import { variantOf } from '../../compiler/5-kernel/trial.ts';
import { CpuDevice } from '../../runtime/cpu/device.ts';
import { diskSources } from '../../runtime/spec-sources.ts';
import { UserError } from '../../runtime/errors.ts';
import { ScheduleCache } from '../../runtime/tune/cache.ts';
import type { RunRecord } from '../../runtime/run/record.ts';
import { vaec } from './recorder.ts';

vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'vaec-tune-'));
afterAll(() => rmSync(folder, { recursive: true }));
const cacheHome = join(folder, 'cache');
beforeEach(() => void vi.stubEnv('XDG_CACHE_HOME', cacheHome));

const spec = 'specs/vae/mixture.vae';
const small = ['--device', 'cpu', '--threads', '1', '--set', 'hidden=8'];
const recordOf = (run: string) => JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunRecord;
const finalOf = (run: string) => readFileSync(join(run, 'checkpoints', 'final.safetensors'));

/** Keeps, as a search would, another schedule for the first kernel that has one. */
async function keepSome(): Promise<ScheduleCache> {
  const planned: PlannedKernel[] = [];
  compile({
    entry: spec,
    host: diskSources(),
    hypers: { hidden: '8' },
    profile: 'cpu',
    onKernel: (kernel) => planned.push(kernel),
  });
  const { report, limits } = new CpuDevice({ threads: 1 });
  const cache = new ScheduleCache(report, version(), cacheHome);
  for (const kernel of planned) {
    for (const choice of spaceOf(kernel.kernel, cpu, limits)) {
      const { fingerprint: text } = variantOf(kernel, choice, cpu, emitterFor(cpu), limits)!;
      if (text === kernel.fingerprint) continue;
      const found = { name: kernel.name, kernel: kernel.fingerprint, before: 2, after: 1, complete: true };
      await cache.keep({ ...found, winner: { choice, text } });
      return cache;
    }
  }
  throw new Error('no kernel has another schedule');
}

describe('vaec tune', () => {
  // One kernel of a few numbers: its search ends by itself long before the budget does.
  const noise = join(folder, 'noise.vae');
  writeFileSync(noise, 'model p { z ~ Normal(0, 1)[3] }\nsample prior(n = 8) { z ~ p(z)  return z }\n');
  const search = (...more: readonly string[]) => vaec('tune', noise, '--device', 'cpu', '--threads', '1', ...more);

  test('searches, keeps a file a kernel, and does not search it again', async () => {
    const first = await search();
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^kernel +default +tuned +timed +schedule$/m);
    expect(first.out).toMatch(/^searched: 1 kernel to the end, 0 cut short$/m);
    expect(first.out).toMatch(
      /^(nothing faster than the default schedules was found|faster schedules for 1 of 1 kernel, .*)$/m,
    );
    expect(readdirSync(cacheHome, { recursive: true }).filter((name) => String(name).endsWith('.json'))).toHaveLength(
      1,
    );
    const again = await search();
    expect(again.code).toBe(0);
    expect(again.err).toContain('1 of 1 kernels were searched before (--again does so again)');
    expect(again.out).toBe('nothing was searched\n');
  });

  test('prints nothing but JSON lines with --json', async () => {
    const { out, code } = await search('--again', '--json');
    expect(code).toBe(0);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string });
    expect(events.map(({ kind }) => kind)).toEqual(['device', 'measure', 'search', 'found']);
  });

  test('says what programs there are, before it opens a device', async () => {
    const { code, err } = await vaec('tune', spec, ...small, '--program', 'fly');
    expect(code).toBe(2);
    expect(err).toContain('"mixture" has no program "fly"; there is train');
    expect(err).not.toContain('computing on');
  });

  test('says what is wrong with a spec, before it opens a device', async () => {
    const wrong = join(folder, 'wrong.vae');
    writeFileSync(wrong, 'model p { z ~ Normal(0, y)[3] }\n');
    const { code, err } = await vaec('tune', wrong, '--device', 'cpu');
    expect(code).toBe(1);
    expect(err).not.toContain('computing on');
  });

  test('searches nothing where it cannot be kept', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    vi.stubEnv('XDG_CACHE_HOME', file);
    const { code, err, out } = await search();
    expect(code).toBe(1);
    expect(err).toContain(`schedules cannot be kept in "${file}`);
    expect(err).not.toContain('by default');
    expect(out).toBe('');
  });

  test('prints what it found though keeping it failed', async () => {
    const keep = vi.spyOn(ScheduleCache.prototype, 'keep').mockRejectedValue(new UserError('the disk is full'));
    const { code, err, out } = await search('--again');
    keep.mockRestore();
    expect(code).toBe(1);
    expect(err).toContain('the disk is full');
    expect(out).toMatch(/^kernel +default +tuned +timed +schedule$/m);
    expect(out).not.toContain('kept in');
  });

  test('a budget is a time', async () => {
    expect((await vaec('tune', spec, '--budget', 'soon')).code).toBe(2);
  });
});

describe('runs take what was found', () => {
  const begun = join(folder, 'begun');
  const whole = join(folder, 'whole');
  const train = (out: string, epochs: number, ...more: readonly string[]) =>
    vaec('train', spec, ...small, '--out', out, '--epochs', String(epochs), ...more);

  test('say how many, and record them', async () => {
    rmSync(cacheHome, { recursive: true, force: true });
    const cache = await keepSome();
    const { code, err } = await train(whole, 2);
    expect(code).toBe(0);
    expect(err).toMatch(/^schedules: 1 of \d+ kernels tuned$/m);
    const [kept] = (await cache.read()).found;
    expect(recordOf(whole).plan.tuned).toEqual([{ name: kept!.name, kernel: kept!.kernel, ...kept!.winner }]);
    expect((await train(begun, 1)).code).toBe(0);
  });

  test('go on by those that they were begun with, whatever the cache holds by then', async () => {
    rmSync(cacheHome, { recursive: true });
    const { code, err } = await train(begun, 2, '--resume');
    expect(code).toBe(0);
    expect(err).toMatch(/^schedules: 1 of \d+ kernels tuned$/m);
    expect(err).not.toContain('the same bits');
    expect(finalOf(begun).equals(finalOf(whole))).toBe(true);
  });

  test('go on by the defaults where they are told to, and say that the bits differ', async () => {
    const { code, err } = await train(begun, 3, '--resume', '--no-tuned');
    expect(code).toBe(0);
    expect(err).not.toContain('schedules:');
    expect(err).toContain('the resumed run will not have the same bits: some of its kernels ran by other schedules');
  });

  test('evaluate and sample by them too, and not with --no-tuned', async () => {
    await keepSome();
    const says = async (...command: readonly string[]) => (await vaec(...command)).err.includes('kernels tuned');
    expect(await says('eval', whole, '--device', 'cpu', '--threads', '1')).toBe(true);
    expect(await says('eval', whole, '--device', 'cpu', '--threads', '1', '--no-tuned')).toBe(false);
    expect(await says('sample', whole, '--device', 'cpu', '--threads', '1')).toBe(true);
    // Times depend on how many threads share the work.
    expect(await says('eval', whole, '--device', 'cpu', '--threads', '2')).toBe(false);
  });

  test('a run without tuned schedules goes on without them', async () => {
    const plain = join(folder, 'plain');
    expect((await train(plain, 1, '--no-tuned')).code).toBe(0);
    expect(recordOf(plain).plan.tuned).toBeUndefined();
    const { err } = await train(plain, 2, '--resume');
    expect(err).not.toContain('schedules:');
    expect(err).not.toContain('the same bits');
  });

  test('a damaged file is told of, and changes nothing else', async () => {
    const cache = await keepSome();
    for (const name of readdirSync(cache.folder)) writeFileSync(join(cache.folder, name), '{');
    const out = join(folder, 'damaged');
    const { code, err } = await train(out, 2);
    expect(code).toBe(0);
    expect(err).toContain('note: a file of tuned schedules');
    expect(recordOf(out).plan.tuned).toBeUndefined();
  });

  test('a compilation reads nothing of it', async () => {
    await keepSome();
    const { code, err } = await vaec(
      'compile',
      spec,
      '--set',
      'hidden=8',
      '--target',
      'cpu',
      '--out',
      join(folder, 'build'),
    );
    expect(code).toBe(0);
    expect(err).not.toContain('schedules');
    expect(readFileSync(join(folder, 'build', 'plan.json'), 'utf8')).not.toContain('tuned');
  });
});
