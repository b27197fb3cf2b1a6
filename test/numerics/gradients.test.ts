/**
 * One training step on the device against float64: every gradient within 1e-5 of its tensor's largest entry. Sums here
 * have at most a few hundred terms, which f32 adds up to about 1e-6 of the largest. Drivers that compile kernels for
 * the processor take a second for each, so the portable profile runs three of the models unless
 * VAEC_EVERY_PROFILE=1 asks for all.
 */
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { openTestDevice } from '../support/device.ts';
import { Bench, profilesFor, tell } from './bench.ts';
import { models, type NumericModel } from './models.ts';

const device = await openTestDevice();
const tolerance = 1e-5;
/** Positions 10 … 14 of 11 rows: the last row of one epoch and the first ones of the next. */
const step = 2;
const portableOnes = ['every likelihood', 'two hidden layers, warmed beta', 'iwelbo K = 3'];

for (const profile of profilesFor(device)) {
  const all = process.env['VAEC_EVERY_PROFILE'] === '1' || profile === device?.report.profile;
  const chosen = Object.entries(models).filter(([name]) => all || portableOnes.includes(name));
  describe.skipIf(device === undefined)(`gradients on the device, profile ${profile}`, () => {
    test.each(chosen)('%s', { timeout: 300_000 }, (name, model) => agree(name, model, profile));
  });
}

async function agree(name: string, { text, rows, columns }: NumericModel, profile: string): Promise<void> {
  const bench = await Bench.open(text, { points: rows }, { device, profile });
  try {
    const moment = bench.trainMoment(step);
    expect(nearestKink(bench)).toBeGreaterThan(1e-5);
    const expected = bench.reference('train', moment);
    const found = await bench.run('train', moment);
    const objective = expected.get('objective')![0]!;
    expect(Math.abs(found.get('objective')![0]! - objective)).toBeLessThan(1e-6 * Math.abs(objective));
    // From zeros the velocity is the gradient.
    const [right, mine] = [expected.get('sgd.velocity')!, await bench.read('sgd.velocity')];
    let worst = 0;
    const compare = (places: readonly number[], what: string): void => {
      const largest = Math.max(...places.map((i) => Math.abs(right[i]!)));
      expect(largest, what).toBeGreaterThan(0);
      const off = Math.max(...places.map((i) => Math.abs(mine[i]! - right[i]!))) / largest;
      worst = Math.max(worst, off);
      expect(off, what).toBeLessThan(tolerance);
    };
    for (const { path, shape, offset } of bench.compiled.plan.layout.parameters) {
      const places = Array.from({ length: sizeOf(shape) }, (_, i) => offset + i);
      compare(places, path);
      if (columns?.path !== path) continue;
      let start = 0;
      for (const width of columns.widths) {
        const within = (i: number): boolean =>
          (i - offset) % shape[1]! >= start && (i - offset) % shape[1]! < start + width;
        compare(places.filter(within), `${path}, columns from ${start}`);
        start += width;
      }
    }
    tell(`${profile}, ${name}: the worst gradient is off by ${worst.toExponential(1)} of its tensor's largest entry`);
  } finally {
    bench.close();
  }
}

/**
 * How near what relu and the leaky units compare with 0 comes to it, in float64: nearer than its own error, f32 may
 * fall on the other side. What is 0 exactly was cut off by a unit before, and is so on the device.
 */
function nearestKink(bench: Bench): number {
  const compared = bench.nodes('train').flatMap((node) => {
    if (node.kind !== 'map' || node.args[0]?.dtype !== 'f32') return [];
    if (node.op === 'relu') return [node.args[0]];
    const [left, right] = node.args;
    const zero = right?.kind === 'broadcast' && right.arg.kind === 'constant' && right.arg.value === 0;
    return node.op === 'gt' && zero ? [left!] : [];
  });
  const values = bench.evaluate64(compared, bench.trainMoment(step));
  return Math.min(Infinity, ...values.flatMap((value) => Array.from(value, Math.abs).filter((size) => size > 0)));
}
