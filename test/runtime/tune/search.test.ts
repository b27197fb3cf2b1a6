/** The search by an invented clock: what wins, what never takes part, and how it ends. */
import { describe, expect, test } from 'vitest';
import type { Choice } from '../../../compiler/5-kernel/schedule/choice.ts';
import { uniforms } from '../../../runtime/tune/inputs.ts';
import { fight, median, runsFor } from '../../../runtime/tune/race.ts';
import { type Contestant, distance, search, type Subject } from '../../../runtime/tune/search.ts';

const choice = (rows: number, bands: number): Choice => ({ kind: 'tile', rows, lanes: 8, bands, subgroup: false });
const contestant = (one: Choice): Contestant => ({ choice: one, fingerprint: JSON.stringify(one) });
const choices = [4, 8, 12, 16, 20, 24, 28, 32].flatMap((rows) => [1, 2, 4, 8].map((bands) => choice(rows, bands)));

interface World {
  /** Milliseconds of a run. */
  readonly cost: (choice: Choice & { readonly kind: 'tile' }) => number;
  readonly objection?: (choice: Choice & { readonly kind: 'tile' }) => string | undefined;
  /** A factor on every batch. */
  readonly noise?: () => number;
  readonly expired?: () => boolean;
}

function subject({ cost, objection, noise = () => 1, expired = () => false }: World) {
  const opened = { heats: 0, closed: 0, timed: new Set<string>() };
  const tile = ({ choice: one }: Contestant) => one as Choice & { readonly kind: 'tile' };
  const made: Subject<Contestant> = {
    byDefault: contestant(choice(8, 2)),
    before: 7,
    choices,
    variant: contestant,
    heat: (contestants) => {
      opened.heats++;
      return Promise.resolve({
        objection: (one) => Promise.resolve(objection?.(tile(one))),
        time: (one, runs) => {
          expect(contestants).toContain(one);
          opened.timed.add(one.fingerprint);
          return Promise.resolve(runs * cost(tile(one)) * noise());
        },
        settle: () => undefined,
        close: () => opened.closed++,
      });
    },
    expired,
  };
  return { made, opened };
}

describe('a search', () => {
  test('goes downhill to the best, and closes what it opens', async () => {
    const cost = ({ rows, bands }: { rows: number; bands: number }) => 1 + Math.abs(rows - 24) + Math.abs(bands - 8);
    const { made, opened } = subject({ cost });
    const { winner, before, after, complete } = await search(made);
    expect(winner?.choice).toEqual(choice(24, 8));
    expect([before, after, complete]).toEqual([23, 1, true]);
    expect(opened.closed).toBe(opened.heats);
  });

  test('never takes one whose result is wrong, however fast', async () => {
    const { made, opened } = subject({
      cost: ({ rows }) => (rows === 4 ? 0.001 : rows === 16 ? 0.5 : 1),
      objection: ({ rows }) => (rows === 4 ? 'y[0] is 1, and 2 by the plain schedule' : undefined),
    });
    const { winner, refused } = await search(made);
    expect(winner?.choice).toMatchObject({ rows: 16 });
    expect(refused.length).toBeGreaterThan(0);
    for (const { choice: one, reason } of refused) {
      expect(one).toMatchObject({ rows: 4 });
      expect(reason).toContain('by the plain schedule');
      expect(opened.timed).not.toContain(JSON.stringify(one));
    }
  });

  test('stays with the default where nothing is faster', async () => {
    const { made } = subject({ cost: ({ rows, bands }) => (rows === 8 && bands === 2 ? 1 : 1.5) });
    expect(await search(made)).toMatchObject({ before: 1, after: 1, complete: true });
    expect((await search(made)).winner).toBeUndefined();
  });

  test('with nothing to choose from, keeps the time that is known', async () => {
    const { made } = subject({ cost: () => 1 });
    expect(await search({ ...made, choices: [] })).toMatchObject({ before: 7, after: 7, timed: 1, complete: true });
  });

  test('ends when its time is up, and still tries what it has found against the default', async () => {
    const state = { heats: 0 };
    const { made, opened } = subject({
      cost: ({ rows }) => (rows === 12 ? 0.5 : 1),
      expired: () => opened.heats > 0 && state.heats++ > 8,
    });
    const { winner, complete } = await search(made);
    expect(winner?.choice).toMatchObject({ rows: 12 });
    expect(complete).toBe(false);
    expect(opened.closed).toBe(opened.heats);
  });

  test('tries other kinds before it goes on with the neighbours of the default', async () => {
    const panels = [1, 2, 4].map((quads): Choice => ({ kind: 'panels', quads, rows: 8, columns: 8, stretch: 8 }));
    const { made } = subject({ cost: ({ kind, rows }) => ((kind as string) === 'panels' ? 0.1 : 1 + rows / 100) });
    const { winner } = await search({ ...made, choices: [...choices, ...panels] });
    expect(winner?.choice.kind).toBe('panels');
  });

  test('tries tiles that are staged, and those by matrices, as kinds of their own', async () => {
    const staged = choices.map((one): Choice => ({ ...one, depth: 16 }) as Choice);
    const matrices = staged.map((one): Choice => ({ ...one, matrixSubgroups: 2 }) as Choice);
    for (const kind of ['depth', 'matrixSubgroups']) {
      const { made } = subject({ cost: (one) => (kind in one ? 0.1 : 1) + one.rows / 100 });
      const { winner } = await search({ ...made, choices: [...choices, ...staged, ...matrices] });
      expect(winner?.choice).toHaveProperty(kind);
    }
    // In one heat alone: two of each.
    const { made, opened } = subject({ cost: () => 1, expired: () => opened.closed > 0 });
    await search({ ...made, choices: [...choices, ...staged, ...matrices] });
    const timed = [...opened.timed].map((text) => JSON.parse(text) as Choice);
    expect(timed.filter((one) => 'matrixSubgroups' in one)).toHaveLength(2);
    expect(timed.filter((one) => 'depth' in one && !('matrixSubgroups' in one))).toHaveLength(2);
  });

  test('tries the default with its loop divided, and goes on from there', async () => {
    const divided = [2, 4, 8, 16].flatMap((parts) => choices.map((one): Choice => ({ ...one, parts })));
    // Whoever is divided is faster, most of all in eight parts of eight bands.
    const cost = ({ parts = 1, bands }: Choice & { readonly kind: 'tile' }) =>
      (parts === 1 ? 10 : 1) * (1 + Math.abs(Math.log2(parts / 8)) + Math.abs(bands - 8));
    const { winner } = await search({ ...subject({ cost }).made, choices: [...choices, ...divided] });
    expect(winner?.choice).toEqual({ ...choice(8, 8), parts: 8 });
  });

  test('that has time for one heat alone finds nothing slower than what won before', async () => {
    const known = choice(32, 1);
    const { made, opened } = subject({
      cost: ({ rows, bands }) => (rows === 32 && bands === 1 ? 0.25 : rows === 8 && bands === 2 ? 1 : 0.5),
      expired: () => opened.closed > 0,
    });
    expect((await search(made)).winner).toBeDefined();
    opened.closed = 0;
    const { winner, complete } = await search({ ...made, known });
    expect(winner?.choice).toEqual(known);
    expect(complete).toBe(false);
  });
});

describe('a duel', () => {
  const noisy = (ratio: number, seed: number) => {
    const random = uniforms(seed);
    return (one: 'default' | 'other', runs: number) =>
      Promise.resolve(runs * (one === 'other' ? ratio : 1) * (0.9 + 0.2 * random()));
  };
  const won = async (ratio: number) => {
    const duels = await Promise.all(
      Array.from({ length: 200 }, (_, seed) => fight('default', 'other', noisy(ratio, seed), 1)),
    );
    return duels.filter((one) => one.won).length;
  };

  // Of nine rounds eight must be won: by chance in 10 of 512, so of 200 duels more than 15 has a chance below 1e-5.
  test('is rarely won by luck', async () => expect(await won(1)).toBeLessThanOrEqual(15));

  // Noise of 10 % either way: 15 % faster wins a round with a chance of 0.93, and a duel with 0.87; of 200, 150 at least.
  test('is mostly won by what is faster', async () => expect(await won(0.85)).toBeGreaterThanOrEqual(150));

  test('is not won by a difference too small to matter', async () => {
    const { won } = await fight('default', 'other', (one) => Promise.resolve(one === 'other' ? 0.98 : 1), 1);
    expect(won).toBe(false);
  });
});

test('a batch is long enough to be timed, and no longer than a submit', async () => {
  const runs = (each: number) => runsFor('one', (_, count) => Promise.resolve(each * count));
  expect(await runs(100)).toBe(1);
  expect(await runs(0.1)).toBe(200);
  expect(await runs(1e-6)).toBe(512);
});

test('choices are the nearer the fewer settings differ', () => {
  expect(distance(choice(8, 2), choice(8, 2))).toBe(0);
  expect(distance(choice(8, 2), choice(8, 4))).toBeLessThan(distance(choice(8, 2), choice(8, 8)));
  expect(distance(choice(8, 2), choice(8, 8))).toBeLessThan(distance(choice(8, 2), choice(16, 4)));
  const [divided, staged] = [
    { ...choice(8, 2), parts: 4 },
    { ...choice(8, 2), depth: 16 },
  ] as const;
  expect([distance(choice(8, 2), divided), distance(divided, choice(8, 2))]).toEqual([1.5, 1.5]);
  expect([distance(choice(8, 2), staged), distance(divided, staged)]).toEqual([2, 3.5]);
  const matrices = (subgroups: number) => ({ ...staged, matrixSubgroups: subgroups }) as Choice;
  expect([distance(staged, matrices(1)), distance(matrices(1), matrices(2))]).toEqual([1, 1.25]);
  expect(distance(choice(8, 2), { kind: 'panels', quads: 1, rows: 8, columns: 8, stretch: 8 })).toBe(100);
  expect(median([3, 1, 2])).toBe(2);
});
