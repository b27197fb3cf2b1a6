/** Kernels alone on a device: a wrong variant is found out and never wins; a spec's own kernels pass. */
import { describe, expect, test } from 'vitest';
import { compile, emitterFor } from '../../../compiler/compile.ts';
import type { Kernel } from '../../../compiler/5-kernel/ir.ts';
import type { PlannedKernel } from '../../../compiler/5-kernel/library.ts';
import type { Choice } from '../../../compiler/5-kernel/schedule/choice.ts';
import { profileNamed } from '../../../compiler/5-kernel/schedule/profile.ts';
import { plainChoice } from '../../../compiler/5-kernel/schedule/space.ts';
import { type Variant, variantOf } from '../../../compiler/5-kernel/trial.ts';
import type { Device } from '../../../runtime/device/device.ts';
import { EnvironmentError } from '../../../runtime/errors.ts';
import { expectedOf, openHeat } from '../../../runtime/tune/bench.ts';
import type { FoundSchedule } from '../../../runtime/tune/cache.ts';
import { search } from '../../../runtime/tune/search.ts';
import { saysMore, tune, type TuneEvent } from '../../../runtime/tune/tune.ts';
import * as k from '../../support/kernels.ts';
import * as shapes from '../../support/kernel-shapes.ts';
import { testSources } from '../../support/sources.ts';
import { openTestTargets } from '../../support/targets.ts';

const text = `
  use "std/objectives"
  data points { x : real[6]  source csv("{split}.csv") split train: 1 }
  net encoder(x) { h = x |> dense(9, relu) return mu: dense(h, 5), logvar: dense(h, 5) }
  net decoder(z) = z |> dense(8, relu) |> dense(6)
  model p { z ~ Normal(0, 1)[5]  x ~ Normal(decoder(z), 1) }
  guide q(x) { mu, logvar = encoder(x)  z ~ Normal(mu, exp(logvar / 2)) }
  train { data points.train  maximize elbo(p, q)  optimizer adam(lr: 1e-3)  batch 7  epochs 1  seed 0 }
`;

for (const { target, device } of await openTestTargets()) {
  describe.skipIf(device === undefined)(target, () => {
    const profile = () => profileNamed(device!.report.profile)!;
    const planned: PlannedKernel[] = [];
    const { plan } = compile({
      entry: 'small.vae',
      host: testSources({ 'small.vae': text }),
      profile: target === 'cpu' ? 'cpu' : 'portable',
      onKernel: (kernel) => planned.push(kernel),
    }).compiled!;

    /** A kernel of each kind by default. */
    const some = planned.filter(({ choice }, i) => planned.findIndex((one) => one.choice.kind === choice.kind) === i);

    /** The kernel by some choices, and what they must compute. */
    async function opened(kernel: Kernel, choices: readonly Choice[]) {
      const emitter = emitterFor(profile());
      const bench = { device: device!, plan, emitter, kernel, scalars: () => 0.75, now: () => 0 };
      const of = { name: kernel.name, program: 'train', kernel, fingerprint: '', choice: plainChoice(profile()) };
      const one: PlannedKernel = {
        ...of,
        accessOf: (tensor) => (storedIn(kernel).has(tensor.name) ? 'read_write' : 'read'),
      };
      const make = (choice: Choice) => variantOf(one, choice, profile(), emitter, device!.limits)!;
      const expected = await expectedOf(make(plainChoice(profile())), bench);
      return { bench, make, expected, variants: choices.map(make) };
    }

    const size = { plain: [9, 30, 12], short: [9, 29, 12] } as const;
    const right = k.contraction('plain', size.plain, k.biasRelu);
    /** The same, but the last position of the inner axis is forgotten. */
    const wrong: Kernel = {
      ...right,
      phases: [{ ...right.phases[0]!, over: [k.axis('k', 29)] }, ...right.phases.slice(1)],
    };
    const vectors: Choice = { ...plainChoice({ ...profileNamed('portable')!, target }), vector: true };

    test('a variant that computes something else is refused, and does not win by being fast', async () => {
      const { bench, make, expected, variants } = await opened(right, [vectors]);
      if (typeof expected === 'string') throw new Error(expected);
      const emitter = bench.emitter;
      const cheat: Variant = {
        ...variantOf(
          {
            name: 'x',
            program: 'train',
            kernel: wrong,
            fingerprint: '',
            choice: vectors,
            accessOf: (tensor) => (storedIn(right).has(tensor.name) ? 'read_write' : 'read'),
          },
          vectors,
          profile(),
          emitter,
          device!.limits,
        )!,
        fingerprint: 'cheat',
      };
      const heat = await openHeat([...variants, cheat], expected, bench);
      expect(await heat.objection(variants[0]!)).toBeUndefined();
      expect(await heat.objection(cheat)).toMatch(/^pre\[\d+\] is .* by the plain schedule$/);
      heat.close();

      const byDefault = make(plainChoice(profile()));
      const result = await search<Variant>({
        byDefault,
        before: 1,
        choices: [vectors],
        variant: () => cheat,
        heat: async (variants) => {
          const inner = await openHeat(variants, expected, bench);
          return { ...inner, time: (one, runs) => Promise.resolve(one === cheat ? 0.001 * runs : runs) };
        },
        expired: () => false,
      });
      expect(result.winner).toBeUndefined();
      expect(result.refused.map(({ choice }) => choice)).toEqual([vectors]);
    });

    test('what is updated in place is checked and timed from the same numbers each time', async () => {
      const { bench, expected, variants } = await opened(shapes.all['update in place']!, [vectors]);
      if (typeof expected === 'string') throw new Error(expected);
      const heat = await openHeat(variants, expected, bench);
      for (let i = 0; i < 3; i++) {
        expect(await heat.objection(variants[0]!)).toBeUndefined();
        await heat.time(variants[0]!, 3);
      }
      heat.close();
    });

    test('where most of a result is not finite, nothing is said of it', async () => {
      const row = k.axis('row', 12);
      const log = k.apply('log', k.apply('sub', k.at(k.tensor('x', [12]), k.flat(row)), k.number(3)));
      const kernel = k.kernel('logs', [row], k.phase([], [], [k.store(k.tensor('y', [12]), k.flat(row), log)]));
      expect((await opened(kernel, [])).expected).toContain('not finite');
    });

    test("kernels of a spec have their turns, and no variant's result is wrong", async () => {
      const events: TuneEvent[] = [];
      const kept: FoundSchedule[] = [];
      let time = 0;
      await tune({
        device: device!,
        plan,
        kernels: some,
        profile: profileNamed(plan.profile)!,
        emitter: () => emitterFor(profileNamed(plan.profile)!),
        budget: 1e6,
        keep: (found) => Promise.resolve(void kept.push(found)),
        onEvent: (event) => events.push(event),
        // Every batch takes equally long: nothing beats the default.
        now: () => (time += 20),
      });
      expect(events.filter(({ kind }) => kind === 'skipped')).toEqual([]);
      const found = events.flatMap((event) => (event.kind === 'found' ? [event.found] : []));
      expect(found.map(({ name }) => name).sort()).toEqual(some.map(({ name }) => name).sort());
      expect(found.flatMap(({ refused }) => refused)).toEqual([]);
      expect(found.reduce((sum, { timed }) => sum + timed, 0)).toBeGreaterThan(3 * some.length);
      expect(kept.map(({ winner }) => winner)).toEqual(kept.map(() => undefined));
      expect(kept.length).toBe(some.length);
    });

    test('a part of the time is spent on measuring, and kernels are searched before all are measured', async () => {
      const events: TuneEvent[] = [];
      let time = 0;
      await tune({
        device: device!,
        plan,
        kernels: planned,
        profile: profileNamed(plan.profile)!,
        emitter: () => emitterFor(profileNamed(plan.profile)!),
        budget: 2,
        keep: () => Promise.resolve(),
        onEvent: (event) => {
          if (event.kind === 'search' && !events.some(({ kind }) => kind === 'search')) {
            // A kernel begun within the quarter may end after it.
            expect(time).toBeLessThanOrEqual(1000);
          }
          events.push(event);
        },
        now: () => (time += 20),
      });
      const kinds = events.map(({ kind }) => kind);
      expect(kinds).toContain('search');
      expect(kinds.slice(0, kinds.indexOf('search')).length).toBeLessThan(planned.length);
      const told = events.flatMap((event) =>
        event.kind === 'found' ? [event.found.name] : event.kind === 'skipped' ? [event.kernel] : [],
      );
      expect(told.sort()).toEqual(planned.map(({ name }) => name).sort());
    });

    test('kernels that had no turn before have theirs first', async () => {
      const events: TuneEvent[] = [];
      const [first, ...others] = planned;
      let time = 0;
      await tune({
        device: device!,
        plan,
        kernels: [first!, ...others],
        profile: profileNamed(plan.profile)!,
        emitter: () => emitterFor(profileNamed(plan.profile)!),
        budget: 0.2,
        known: [{ name: first!.name, kernel: first!.fingerprint, before: 1, after: 1, complete: false }],
        keep: () => Promise.resolve(),
        onEvent: (event) => events.push(event),
        now: () => (time += 20),
      });
      expect(events[0]).toMatchObject({ kind: 'measure', kernel: others[0]!.name });
      expect(events.at(-1)).toMatchObject({ kind: 'skipped', kernel: first!.name });
    });

    test('a kernel that the device has no room for is told of, and is not the end', async () => {
      const { bench, make, expected, variants } = await opened(right, [vectors]);
      if (typeof expected === 'string') throw new Error(expected);
      const full = () => Promise.reject(new EnvironmentError('the device has no room for it'));
      const crowded: Device = {
        report: device!.report,
        limits: device!.limits,
        check: () => device!.check(),
        close: () => undefined,
        executor: (compiled) => {
          const executor = device!.executor(compiled);
          executor.prepare = full;
          return executor;
        },
      };
      const options = { ...bench, device: crowded };
      expect(await expectedOf(make(plainChoice(profile())), options)).toBe('the device has no room for it');
      const heat = await openHeat(variants, expected, options);
      expect(await heat.objection(variants[0]!)).toBe('the device has no room for it');
      heat.close();
      const lost = { ...crowded, check: () => expect.fail('the device is lost') };
      await expect(openHeat(variants, expected, { ...bench, device: lost })).rejects.toThrow('the device is lost');
    });

    test('without time, every kernel is left by default', async () => {
      const events: TuneEvent[] = [];
      const emitter = () => emitterFor(profileNamed(plan.profile)!);
      const keep = () => Promise.reject(new Error('there is nothing to keep'));
      const signal = AbortSignal.abort();
      const options = { device: device!, plan, kernels: planned, profile: profileNamed(plan.profile)!, emitter, keep };
      await tune({ ...options, budget: 1e6, signal, onEvent: (event) => events.push(event) });
      expect(events.map(({ kind }) => kind)).toEqual(planned.map(() => 'skipped'));
    });
  });
}

describe('what was found takes the place of what is known', () => {
  const found = (complete: boolean, text?: string): FoundSchedule => ({
    name: 'dense',
    kernel: 'ab',
    before: 2,
    after: 1,
    complete,
    ...(text !== undefined && { winner: { choice: plainChoice(profileNamed('cpu')!), text } }),
  });

  test('where the search came to its end', () => {
    expect(saysMore(found(true), found(true, 'cd'))).toBe(true);
    expect(saysMore(found(true, 'cd'), found(false, 'cd'))).toBe(true);
  });

  test('where it was cut short, only by something else that won', () => {
    expect(saysMore(found(false), found(true, 'cd'))).toBe(false);
    expect(saysMore(found(false, 'cd'), found(true, 'cd'))).toBe(false);
    expect(saysMore(found(false, 'ef'), found(true, 'cd'))).toBe(true);
    expect(saysMore(found(false, 'ef'))).toBe(true);
  });

  test('where nothing is', () => expect(saysMore(found(false))).toBe(true));
});

function storedIn(kernel: Kernel): ReadonlySet<string> {
  return new Set(kernel.phases.flatMap(({ stores }) => stores.map(({ tensor }) => tensor.name)));
}
