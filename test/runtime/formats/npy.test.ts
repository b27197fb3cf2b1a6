import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../runtime/errors.ts';
import { decodeNpy, encodeNpy, readNpy, type NpyData } from '../../../runtime/formats/npy.ts';
import { encodeNpz, memberOfNpz, openNpz } from '../../../runtime/formats/npz.ts';
import { decodeZip, encodeZip } from '../../../runtime/formats/zip.ts';
import { hasPython, python } from '../python.ts';
import { temporaryFolder } from '../folder.ts';

const arrays: readonly NpyData[] = [
  Float32Array.of(0.5, -1.25, 3e38, 1e-40, 0, 7),
  Float64Array.of(Math.PI, -1e300, 0, 1, 2, 3),
  Uint8Array.of(0, 1, 2, 3, 254, 255),
  Int32Array.of(-1, 2, -2147483648, 2147483647, 0, 5),
  Uint32Array.of(0, 4294967295, 1, 2, 3, 4),
  BigInt64Array.of(-1n, 9007199254740993n, 0n, 1n, 2n, 3n),
];

/** What a function returned, or what it threw. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('npy', () => {
  it('round trips every kind of number', () => {
    for (const data of arrays) {
      const read = decodeNpy(encodeNpy([2, 3], data), 'a.npy');
      expect(read.shape).toEqual([2, 3]);
      expect(read.data).toEqual(data);
    }
    expect(decodeNpy(encodeNpy([], Float32Array.of(2)), 'a').shape).toEqual([]);
    expect(decodeNpy(encodeNpy([0, 4], new Float32Array(0)), 'a').shape).toEqual([0, 4]);
  });

  it('begins the numbers at a multiple of 64', () => {
    for (const shape of [[6], [1, 2, 3], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 6]]) {
      expect((encodeNpy(shape, new Float32Array(6)).length - 24) % 64).toBe(0);
    }
  });

  it('reads from a file, where the bytes are not aligned', async () => {
    const path = join(temporaryFolder(), 'a.npy');
    writeFileSync(path, encodeNpy([6], Float32Array.of(1, 2, 3, 4, 5, 6)));
    expect([...(await readNpy(path)).data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('refuses every truncation with a message that names the file', () => {
    const whole = encodeNpy([2, 3], arrays[0]!);
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeNpy(whole.subarray(0, length), 'cut.npy')).toThrow(UserError);
      expect(() => decodeNpy(whole.subarray(0, length), 'cut.npy')).toThrow(/"cut\.npy"/);
    }
  });

  it('never fails otherwise, whatever single byte of the header is changed', () => {
    const whole = encodeNpy([2, 3], arrays[2]!);
    let refused = 0;
    for (let at = 0; at < whole.length - 6; at++) {
      for (const flip of [1, 0x20, 0x80]) {
        const bytes = whole.slice();
        bytes[at]! ^= flip;
        try {
          decodeNpy(bytes, 'bad.npy');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

describe('npz', () => {
  const members = new Map([
    ['x', { shape: [2, 3], data: arrays[0]! }],
    ['label', { shape: [6], data: arrays[3]! }],
  ]);

  it('round trips, stored and deflated', async () => {
    const path = join(temporaryFolder(), 'a.npz');
    for (const deflate of [false, true]) {
      writeFileSync(path, encodeNpz(members, { deflate }));
      const opened = await openNpz(path);
      expect([...opened.keys()]).toEqual(['x', 'label']);
      expect(memberOfNpz(opened, 'x', path).data).toEqual(arrays[0]);
      expect(memberOfNpz(opened, 'label', path).data).toEqual(arrays[3]);
      expect(() => memberOfNpz(opened, 'y', path)).toThrow(/has no array "y"; it has x, label/);
    }
  });

  it('refuses every truncation and every changed byte of a member', () => {
    const whole = encodeZip(new Map([['m', new Uint8Array(40).fill(7)]]), { deflate: true });
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeZip(whole.subarray(0, length), 'cut.npz')).toThrow(UserError);
    }
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at]! ^= 0x55;
      const read = () => [...decodeZip(bytes, 'bad.npz').values()];
      // Dates, versions and the member's name may change unnoticed; the data may not.
      const result = outcome(read);
      if (!(result instanceof UserError)) expect(result).toEqual([new Uint8Array(40).fill(7)]);
    }
  });
});

describe.skipIf(!hasPython('numpy'))('with NumPy as the judge', () => {
  it('writes what NumPy reads', () => {
    const folder = temporaryFolder();
    arrays.forEach((data, i) => writeFileSync(join(folder, `${i}.npy`), encodeNpy([2, 3], data)));
    writeFileSync(join(folder, 'b.npy'), encodeNpy([2], Uint8Array.of(1, 0), { bool: true }));
    const entries = new Map([['x', { shape: [3, 2], data: arrays[0]! }]]);
    writeFileSync(join(folder, 's.npz'), encodeNpz(entries));
    writeFileSync(join(folder, 'd.npz'), encodeNpz(entries, { deflate: true }));
    const told = python(
      `import numpy as np, sys, json
f = sys.argv[1]
a = [np.load(f'{f}/{i}.npy') for i in range(6)]
print(json.dumps([[str(x.dtype), list(x.shape), [str(v) for v in x.ravel().tolist()]] for x in a]
  + [np.load(f'{f}/b.npy').tolist(), np.load(f'{f}/s.npz')['x'].tolist(), np.load(f'{f}/d.npz')['x'].tolist()]))`,
      [folder],
    );
    const results = JSON.parse(told) as unknown[];
    const kinds = ['float32', 'float64', 'uint8', 'int32', 'uint32', 'int64'];
    arrays.forEach((data, i) => {
      const [dtype, shape, values] = results[i] as [string, number[], string[]];
      expect(dtype).toBe(kinds[i]);
      expect(shape).toEqual([2, 3]);
      expect(values.map((text) => (i === 5 ? BigInt(text) : Number(text)))).toEqual([...data]);
    });
    const rows = [
      [arrays[0]![0], arrays[0]![1]],
      [arrays[0]![2], arrays[0]![3]],
      [arrays[0]![4], arrays[0]![5]],
    ];
    expect(results.slice(6)).toEqual([[true, false], rows, rows]);
  });

  it('reads what NumPy writes: both byte orders, Fortran order, versions 1 to 3, booleans, compressed', async () => {
    const folder = temporaryFolder();
    python(
      `import numpy as np, sys
f = sys.argv[1]
x = np.arange(24).reshape(2, 3, 4)
for t in ['<f4', '>f4', '<f8', '>f8', '|u1', '<i4', '>i4', '<u4', '<i8', '>i8']:
  np.save(f'{f}/{t[1:]}{"b" if t[0] == ">" else "l"}.npy', x.astype(t))
np.save(f'{f}/fortran.npy', np.asfortranarray(x.astype('<f4')))
np.save(f'{f}/bool.npy', x % 2 == 1)
np.save(f'{f}/half.npy', x.astype('<f2'))
np.save(f'{f}/records.npy', np.zeros(2, dtype=[('a', '<f4')]))
for v in [1, 2, 3]:
  with open(f'{f}/v{v}.npy', 'wb') as file: np.lib.format.write_array(file, x.astype('<f4'), version=(v, 0))
np.savez(f'{f}/s.npz', x=x.astype('<f4'))
np.savez_compressed(f'{f}/d.npz', x=x.astype('<f4'))`,
      [folder],
    );
    const expected = Array.from({ length: 24 }, (_, i) => i);
    const names = ['f4l', 'f4b', 'f8l', 'f8b', 'u1l', 'i4l', 'i4b', 'u4l', 'i8l', 'i8b', 'fortran', 'v1', 'v2', 'v3'];
    for (const name of names) {
      const { shape, data } = await readNpy(join(folder, `${name}.npy`));
      expect(shape, name).toEqual([2, 3, 4]);
      expect([...data].map(Number), name).toEqual(expected);
    }
    const bool = await readNpy(join(folder, 'bool.npy'));
    expect(bool.kind).toBe('b1');
    expect([...bool.data]).toEqual(expected.map((i) => i % 2));
    await expect(readNpy(join(folder, 'half.npy'))).rejects.toThrow(/holds NumPy type "f2"; it must be one of f4/);
    await expect(readNpy(join(folder, 'records.npy'))).rejects.toThrow(/holds records or objects/);
    for (const name of ['s.npz', 'd.npz']) {
      const path = join(folder, name);
      expect([...memberOfNpz(await openNpz(path), 'x', path).data]).toEqual(expected);
    }
    expect(readFileSync(join(folder, 'fortran.npy'), 'latin1')).toContain("'fortran_order': True");
  });
});
