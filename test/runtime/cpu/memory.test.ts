/** The shared memory: pieces apart, zeros, growth, and what is refused with which figures. */
import { expect, test } from 'vitest';
import { SharedMemory } from '../../../runtime/cpu/memory.ts';
import { EnvironmentError } from '../../../runtime/errors.ts';

const gib = 2 ** 30;

test('pieces begin at cache lines, do not overlap, and hold zeros until something is put there', () => {
  const memory = new SharedMemory();
  const sizes = [1, 64, 100, 3 * 65_536, 8];
  const places = sizes.map((size) => memory.allocate(size));
  places.forEach((address, i) => {
    expect(address % 64).toBe(0);
    expect(address).toBeGreaterThan(0);
    const next = places[i + 1];
    if (next !== undefined) expect(next).toBeGreaterThanOrEqual(address + sizes[i]!);
    expect(memory.copy(address, sizes[i]!).every((byte) => byte === 0)).toBe(true);
  });
  memory.put(places[3]!, new Uint8Array(3 * 65_536).fill(7));
  memory.allocate(2 ** 20);
  expect(memory.copy(places[3]!, 3 * 65_536).every((byte) => byte === 7)).toBe(true);
  expect(memory.copy(places[4]!, 8)).toEqual(new Uint8Array(8));
});

test('more than 4 GiB, or more than the machine has, is refused with the figures before anything is made', () => {
  const memory = new SharedMemory();
  const before = memory.memory.buffer.byteLength;
  const data = { part: 'data', what: "mnist.train's x", bytes: 3 * gib } as const;
  const activations = { part: 'activations', what: 'arena_1', bytes: 2 * gib } as const;
  const remedy = 'make "batch" (128) smaller';
  expect(() => memory.demand([data, activations], remedy, 64 * gib)).toThrow(EnvironmentError);
  expect(() => memory.demand([data, activations], remedy, 64 * gib)).toThrow(
    /needs 5 GiB of memory \(data 3 GiB, activations 2 GiB\), and on the processor there are 4 GiB at most; make "batch" \(128\) smaller/,
  );
  expect(() => memory.demand([activations], remedy, gib)).toThrow(
    /needs 2 GiB of memory \(activations 2 GiB\), and the machine has 1 GiB left/,
  );
  expect(() => memory.demand([data], remedy, 64 * gib)).not.toThrow();
  expect(memory.memory.buffer.byteLength).toBe(before);
});
