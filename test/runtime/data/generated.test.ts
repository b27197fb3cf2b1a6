import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wholeOf, type DataSet } from '../../../runtime/data/dataset.ts';
import { loadDataSet } from '../../../runtime/data/load.ts';
import { readNpy } from '../../../runtime/formats/npy.ts';
import { sharedPath } from '../../shared-data.ts';
import { contract, field } from './contracts.ts';

const folder = '.';
const CENTERS = [
  [2, 2],
  [-2, 2],
  [0, -2],
  [3, -1],
  [-3, -1],
];
const STDS = [0.3, 0.4, 0.35, 0.25, 0.45];
const five = (n: number, seed: number) =>
  contract('mixture', [field('x', 'real', [2]), field('label', 'category', [], { size: 5 })], 'gaussian_mixture', {
    n,
    seed,
    centers: CENTERS,
    stds: STDS,
  });

function columns(set: DataSet, name: string): Uint8Array | Float32Array | Uint32Array {
  return wholeOf(set).fields.get(name)!.values;
}

describe('gaussian_mixture', () => {
  it('has the moments that it says', async () => {
    // About 2,000 points a component: standard errors of the mean sd/45, of the sd itself sd/63. Bounds are 4.5 of them
    // (25 checks, chance of a false alarm below 2e-4); a center off by 0.2 sd, or an sd off by 15%, is found with 99%.
    const set = await loadDataSet(five(10_000, 42), { folder });
    const x = columns(set, 'x');
    const label = columns(set, 'label');
    for (let k = 0; k < 5; k++) {
      const rows = [...label.keys()].filter((row) => label[row] === k);
      expect(Math.abs(rows.length - 2000)).toBeLessThan(4.5 * Math.sqrt(10_000 * 0.2 * 0.8));
      for (const axis of [0, 1]) {
        const mean = rows.reduce((sum, row) => sum + x[row * 2 + axis]!, 0) / rows.length;
        const variance = rows.reduce((sum, row) => sum + (x[row * 2 + axis]! - mean) ** 2, 0) / rows.length;
        expect(Math.abs(mean - CENTERS[k]![axis]!)).toBeLessThan((4.5 * STDS[k]!) / Math.sqrt(rows.length));
        expect(Math.abs(Math.sqrt(variance) / STDS[k]! - 1)).toBeLessThan(4.5 / Math.sqrt(2 * rows.length));
      }
    }
  });

  it('is a function of its arguments; the first rows do not depend on how many there are', async () => {
    const [a, b, c, d] = await Promise.all(
      [five(500, 1), five(500, 1), five(500, 2), five(50, 1)].map((each) => loadDataSet(each, { folder })),
    );
    expect(columns(a!, 'x')).toEqual(columns(b!, 'x'));
    expect(columns(a!, 'x')).not.toEqual(columns(c!, 'x'));
    expect(columns(d!, 'x')).toEqual(columns(a!, 'x').slice(0, 100));
  });

  it('takes weights, one deviation for all, and points of one dimension', async () => {
    const fields = [field('x', 'real'), field('k', 'category', [], { size: 2 })];
    const args = { n: 4000, seed: 3, centers: [[-5], [5]], stds: 0.5, weights: [3, 1] };
    const set = await loadDataSet(contract('m', fields, 'gaussian_mixture', args), { folder });
    const ones = [...columns(set, 'k')].filter((k) => k === 1).length;
    // Binomial(4000, 1/4): 1000, standard deviation 27.4.
    expect(Math.abs(ones - 1000)).toBeLessThan(4.5 * 27.4);
    expect(columns(set, 'x').every((x, row) => x > 0 === (columns(set, 'k')[row] === 1))).toBe(true);
  });

  it('says which argument is wrong', async () => {
    const load = (args: object) =>
      loadDataSet(contract('m', [field('x', 'real', [2])], 'gaussian_mixture', { n: 9, centers: CENTERS, ...args }), {
        folder,
      });
    await expect(load({ stds: [1, 2] })).rejects.toThrow(/"stds".*must be one number, or 5 numbers.*\[1,2\]/);
    await expect(load({ n: 0 })).rejects.toThrow(
      /"n" in gaussian_mixture\(…\) of data set "m" must be a whole number, 1 or/,
    );
    await expect(load({ centers: [[1], [1, 2]] })).rejects.toThrow(/must be a list of lists of numbers/);
    await expect(load({ stdz: 1, stds: 1 })).rejects.toThrow(/has no argument "stdz"; did you mean 'stds'/);
    await expect(load({ centers: [[1, 2, 3]] })).rejects.toThrow(
      /"x" is declared real\[2\], and .* holds real\[3\] a row/,
    );
    await expect(load({ weights: 0 })).rejects.toThrow(/weights of gaussian_mixture are all 0/);
  });
});

const mixture5 = sharedPath('mixture5');

describe.skipIf(mixture5 === undefined)('the mixture as NumPy draws it', () => {
  it('is the same distribution', async () => {
    const numpy = await loadDataSet(contract('d', five(1, 0).fields, 'npy', { x: 'x.npy', label: 'label.npy' }), {
      folder: mixture5!,
    });
    const ours = await loadDataSet(five(10_000, 7), { folder });
    expect((await readNpy(join(mixture5!, 'x.npy'))).shape).toEqual([10_000, 2]);
    // Two-sample Kolmogorov-Smirnov along three directions, n = m = 10,000: D < 1.95 sqrt(2 / n) fails a right sampler
    // once in 1,000; it finds a distance of 0.055 with 99%.
    for (const [a, b] of [
      [1, 0],
      [0, 1],
      [0.6, 0.8],
    ] as const) {
      const project = (set: DataSet) => {
        const x = columns(set, 'x');
        return Float64Array.from({ length: 10_000 }, (_, row) => a * x[row * 2]! + b * x[row * 2 + 1]!).sort();
      };
      expect(distance(project(numpy), project(ours))).toBeLessThan(1.95 * Math.sqrt(2 / 10_000));
    }
  });
});

/** The largest difference of two empirical distribution functions. */
function distance(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]! <= b[j]!) i++;
    else j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

describe('shapes', () => {
  const sprites = (n: number, seed: number, size = 16) =>
    contract(
      'sprites',
      [
        field('x', 'unit', [size, size], { u8: 'grey' }),
        field('shape', 'category', [], { size: 3 }),
        field('factors', 'real', [4]),
        field('rotation', 'real'),
      ],
      'shapes',
      { n, seed, size },
    );

  it('draws pictures whose ink lies where the factors say, none of it at the border', async () => {
    const n = 600;
    const set = await loadDataSet(sprites(n, 1, 28), { folder });
    const x = columns(set, 'x');
    const factors = columns(set, 'factors');
    const shape = columns(set, 'shape');
    for (let row = 0; row < n; row++) {
      const [scale, px, py] = [...factors.subarray(row * 4, row * 4 + 3)] as [number, number, number];
      let ink = 0;
      let mx = 0;
      let my = 0;
      for (let i = 0; i < 784; i++) {
        const value = x[row * 784 + i]! / 255;
        ink += value;
        mx += value * ((i % 28) + 0.5);
        my += value * (Math.floor(i / 28) + 0.5);
      }
      const radius = 0.3 * 28 * scale;
      // The area of a square in its circle is 2 r², of the ellipse π r² / 2; sampling errs by a few per cent.
      const area = [2, Math.PI / 2][shape[row]!];
      if (area !== undefined) expect(Math.abs(ink / (area * radius ** 2) - 1)).toBeLessThan(0.08);
      // The center of gravity of square and ellipse is their middle, the heart's is within 0.2 r of it.
      const slack = area === undefined ? 0.2 * radius : 0.15;
      expect(Math.abs(mx / ink - 28 * (0.3 + 0.4 * px))).toBeLessThan(slack);
      expect(Math.abs(my / ink - 28 * (0.3 + 0.4 * py))).toBeLessThan(slack);
    }
    expect(x.includes(255)).toBe(true);
  });

  it('draws factors over their whole ranges, and each form equally often', async () => {
    const n = 3000;
    const set = await loadDataSet(sprites(n, 2), { folder });
    const factors = columns(set, 'factors');
    const ranges = [
      [0.5, 1],
      [0, 1],
      [0, 1],
      [0, 2 * Math.PI],
    ] as const;
    ranges.forEach(([low, high], factor) => {
      const values = Float64Array.from({ length: n }, (_, row) => factors[row * 4 + factor]!);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(high));
      const mean = values.reduce((sum, value) => sum + value, 0) / n;
      // Uniform: standard error (high - low) / sqrt(12 n); 4.5 of them.
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((4.5 * (high - low)) / Math.sqrt(12 * n));
    });
    expect(columns(set, 'rotation')).toEqual(Float32Array.from({ length: n }, (_, row) => factors[row * 4 + 3]!));
    const shape = columns(set, 'shape');
    for (const form of [0, 1, 2]) {
      const count = [...shape].filter((value) => value === form).length;
      expect(Math.abs(count - n / 3)).toBeLessThan(4.5 * Math.sqrt((n * 2) / 9));
    }
  });

  it('never changes: a sprite of each form', async () => {
    const set = await loadDataSet(sprites(12, 3), { folder });
    const shape = columns(set, 'shape');
    const grey = ' .:-=+*#%@';
    const pictures = [0, 1, 2].map((form) => {
      const row = shape.indexOf(form);
      const pixels = columns(set, 'x').subarray(row * 256, (row + 1) * 256);
      return Array.from({ length: 16 }, (_, y) =>
        [...pixels.subarray(y * 16, y * 16 + 16)].map((value) => grey[Math.round((value / 255) * 9)]).join(''),
      ).join('|\n');
    });
    expect(pictures.join('|\n----------------+\n')).toMatchInlineSnapshot(`
      "                |
                      |
                      |
                      |
               :%:    |
              .%@%-   |
             .#@@@@-  |
             :%@@@%:  |
              .#@%:   |
               .#-    |
                      |
                      |
                      |
                      |
                      |
                      |
      ----------------+
                      |
                      |
                      |
                      |
                      |
              :       |
             +@-      |
            .@@+      |
            =@@+      |
            +@@:      |
            -@+       |
             :        |
                      |
                      |
                      |
                      |
      ----------------+
                      |
                      |
               ..     |
            :+#%      |
          :%@@@@      |
         :@@@@@@      |
         #@@@@@@      |
         +@@@@@#      |
          :.@@@=      |
            %@#.      |
            .=.       |
                      |
                      |
                      |
                      |
                      "
    `);
  });

  it('refuses a size that the spec does not have, and fields that it cannot draw', async () => {
    const wrong = { ...sprites(5, 1), source: { kind: 'shapes', args: { n: 5, size: 28 } } };
    await expect(loadDataSet(wrong, { folder })).rejects.toThrow(
      /"x" is declared unit\[16, 16\], and .* holds unit\[28, 28\]/,
    );
    const odd = contract('s', [field('weight', 'real')], 'shapes', { n: 5 });
    await expect(loadDataSet(odd, { folder })).rejects.toThrow(/"weight" of data set "s" is nothing that shapes draws/);
  });
});
