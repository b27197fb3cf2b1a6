/** Schedules and clocks of the host, against their definitions. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostExpr } from '../../../compiler/4-tensor/program.ts';
import { evaluateHost, type HostClock } from '../../../compiler/4-tensor/host.ts';
import { epochSteps, stepsOf } from '../../../runtime/host/duration.ts';
import { Hypers } from '../../../runtime/host/hypers.ts';
import { scalarsOf } from '../../../runtime/host/scalars.ts';
import { batchesOver, hostClock, stepClock } from '../../../runtime/host/positions.ts';
import { tinyPlan } from '../../support/tiny-plan.ts';

const n = (value: number): HostExpr => ({ kind: 'number', value });
const clock: HostClock = { step: 30, epoch: 1.5, steps: 100, rows: 80, iteration: 3 };
const at = (expression: HostExpr, changes: Partial<HostClock> = {}) =>
  evaluateHost(expression, {
    clock: { ...clock, ...changes },
    hyper: (name) =>
      name === 'beta' ? { kind: 'apply', op: 'mul', args: [n(2), { kind: 'clock', name: 'epoch' }] } : n(7),
  });

describe('expressions of the host', () => {
  test('clocks, hypers in terms of clocks, arithmetic', () => {
    expect(at({ kind: 'clock', name: 'rows' })).toBe(80);
    expect(at({ kind: 'hyper', name: 'beta' })).toBe(3);
    const root: HostExpr = { kind: 'apply', op: 'sqrt', args: [{ kind: 'apply', op: 'sub', args: [n(10), n(1)] }] };
    expect(at(root)).toBe(3);
    expect(at({ kind: 'apply', op: 'neg', args: [n(4)] })).toBe(-4);
    expect(at({ kind: 'apply', op: 'pow', args: [n(2), n(-3)] })).toBe(0.125);
    const below: HostExpr = { kind: 'apply', op: 'lt', args: [{ kind: 'clock', name: 'iteration' }, n(4)] };
    expect(at({ kind: 'apply', op: 'select', args: [below, n(5), n(6)] })).toBe(5);
    expect(at({ kind: 'apply', op: 'select', args: [below, n(5), n(6)] }, { iteration: 4 })).toBe(6);
  });

  test('a table is read at a whole number, and nowhere else', () => {
    const table: HostExpr = { kind: 'table', values: [7, 8, 9, 10], index: { kind: 'clock', name: 'iteration' } };
    expect(at(table)).toBe(10);
    expect(() => at(table, { iteration: 4 })).toThrow(/a table was asked for an entry/);
  });

  test('warmup rises in a line and stays', () => {
    const warmup: HostExpr = { kind: 'warmup', from: n(1), to: n(3), over: { unit: 'epochs', value: n(6) } };
    expect(at(warmup, { epoch: 0 })).toBe(1);
    expect(at(warmup)).toBe(1.5);
    expect(at(warmup, { epoch: 6 })).toBe(3);
    expect(at(warmup, { epoch: 600 })).toBe(3);
    expect(at({ ...warmup, over: { unit: 'steps', value: n(60) } })).toBe(2);
    expect(at({ ...warmup, over: { unit: 'steps', value: n(0) } }, { step: 0 })).toBe(3);
  });

  test('cosine falls by half a period and stays', () => {
    const cosine: HostExpr = { kind: 'cosine', from: n(1e-3), to: n(1e-5), over: { unit: 'steps', value: n(90) } };
    expect(at(cosine, { step: 0 })).toBe(1e-3);
    expect(at(cosine)).toBeCloseTo(1e-5 + (1e-3 - 1e-5) * 0.75, 12);
    expect(at(cosine, { step: 45 })).toBeCloseTo((1e-3 + 1e-5) / 2, 12);
    expect(at(cosine, { step: 91 })).toBeCloseTo(1e-5, 12);
  });

  test('piecewise changes at its boundaries, not before', () => {
    const pieces: HostExpr = {
      kind: 'piecewise',
      values: [n(3), n(2), n(1)],
      boundaries: [n(10), n(30)],
      unit: 'steps',
    };
    expect([0, 9, 10, 29, 30, 1000].map((step) => at(pieces, { step }))).toEqual([3, 3, 2, 2, 1, 1]);
  });

  test('an epoch of partial batches takes ceil(E N / B) steps', () => {
    const scope = { clock, hyper: () => n(0) };
    expect(stepsOf({ unit: 'epochs', value: n(3) }, 32, 80, scope)).toBe(8);
    expect(stepsOf({ unit: 'steps', value: n(17) }, 32, 80, scope)).toBe(17);
    expect(epochSteps(30, 128, 60000)).toBe(14063);
    expect(epochSteps(0.3, 1, 10)).toBe(3);
  });
});

describe('positions', () => {
  test('batches follow each other through the epochs and drop nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (rows, size) => {
        const batch = Math.min(rows, size);
        const seen: [number, number][] = [];
        for (let step = 0; step < epochSteps(3, batch, rows); step++) {
          const { epoch, offset } = stepClock(step, batch, rows, 0);
          for (let i = 0; i < batch; i++)
            seen.push(offset + i < rows ? [epoch, offset + i] : [epoch + 1, offset + i - rows]);
        }
        const expected = seen.map((_, position) => [Math.floor(position / rows), position % rows]);
        expect(seen).toEqual(expected);
        expect(seen.length).toBeGreaterThanOrEqual(3 * rows);
        expect(seen.length).toBeLessThan(3 * rows + batch);
      }),
      { seed: 1 },
    );
  });

  test('an evaluation visits every row once', () => {
    expect(batchesOver(10, 4)).toEqual([
      { first: 0, valid: 4 },
      { first: 4, valid: 4 },
      { first: 8, valid: 2 },
    ]);
    expect(batchesOver(8, 4).map(({ valid }) => valid)).toEqual([4, 4]);
  });
});

describe('hypers', () => {
  test('another value reaches the scalars; a schedule too', () => {
    const moment = { clock: stepClock(7, 4, 13, 99), host: hostClock(7, 4, 13, 65) };
    const plain = scalarsOf(tinyPlan, new Hypers(tinyPlan))(moment);
    expect(['rate', 'momentum', 'clock_step', 'clock_offset', 'clock_seed'].map(plain)).toEqual([0.1, 0.9, 7, 2, 99]);
    const rate: HostExpr = { kind: 'warmup', from: n(0), to: n(1), over: { unit: 'steps', value: n(14) } };
    const hypers = new Hypers(tinyPlan, { rate, weight: 4 });
    expect(scalarsOf(tinyPlan, hypers)(moment)('rate')).toBe(0.5);
    expect(hypers.resolved()).toEqual({ rate, weight: 4, width: 2 });
  });

  test('what cannot be set is refused with a reason', () => {
    expect(() => new Hypers(tinyPlan, { raet: 1 })).toThrow(/no hyper "raet".*rate/);
    expect(() => new Hypers(tinyPlan, { rate: Number.NaN })).toThrow(/finite number/);
    expect(() => new Hypers(tinyPlan, { width: 3 })).toThrow(/compile the spec again/);
    expect(() => new Hypers(tinyPlan, { width: 2 })).not.toThrow();
  });
});
