import { expect, test } from 'vitest';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import type { Kernel, KernelProgram, Tensor } from '../../compiler/5-kernel/ir.ts';
import { activationBytes, bindingAlignment, placeTensors, PlanError } from '../../compiler/5-kernel/memory.ts';
import { tensorsOf } from '../../compiler/5-kernel/walk.ts';
import { randomFunction } from './random-function.ts';
import { mnistSizes, vaeStep } from './vae.ts';

const lengths = new Map(['parameters', 'm', 'adam.m', 'adam.v'].map((name) => [name, 2 ** 20]));

/** First and last kernel of each activation, found anew. */
function lives(program: KernelProgram): Map<Tensor, readonly [number, number]> {
  const found = new Map<Tensor, readonly [number, number]>();
  program.kernels.forEach((kernel, i) => {
    for (const tensor of tensorsOf(kernel)) found.set(tensor, [found.get(tensor)?.[0] ?? i, i]);
  });
  return found;
}

function expectDisjoint(program: KernelProgram): void {
  const { places, buffers } = placeTensors([program], lengths);
  const placed = [...places[0]!];
  const life = lives(program);
  const sizes = new Map(buffers.map(({ name, bytes }) => [name, bytes]));
  for (const [tensor, { buffer, offset, bytes }] of placed) {
    expect(offset % bindingAlignment, tensor.name).toBe(0);
    expect(offset + bytes, tensor.name).toBeLessThanOrEqual(sizes.get(buffer)!);
  }
  for (const [a, x] of placed)
    for (const [b, y] of placed) {
      if (a === b || x.buffer !== y.buffer || a.role.kind === 'vector' || b.role.kind === 'vector') continue;
      if (a.role.kind === 'part' || b.role.kind === 'part') continue;
      const [from, to] = life.get(a)!;
      const [since, until] = life.get(b)!;
      const together = from <= until && since <= to;
      const overlap = x.offset < y.offset + y.bytes && y.offset < x.offset + x.bytes;
      expect(together && overlap, `${a.name} and ${b.name}`).toBe(false);
    }
}

test('what lives together lies apart, on random functions', () => {
  for (let seed = 0; seed < 40; seed++) {
    const { function: fn, context } = randomFunction(seed, 50);
    expectDisjoint(fuse(fn, context));
  }
});

test('the arena of the VAE on MNIST is at most 1.2 times its largest live set', () => {
  const { function: fn, context } = vaeStep(mnistSizes);
  const program = fuse(fn, context);
  expectDisjoint(program);
  const arena = placeTensors([program], lengths).buffers.find(({ name }) => name === 'arena_1')!;
  const { placed, live } = activationBytes(program);
  expect(placed).toBe(arena.bytes);
  expect(placed).toBeLessThanOrEqual(1.2 * live);
  // Two activations of the forward and the backward pass through one layer live at once.
  expect(live).toBeGreaterThan(4 * 2 * 128 * 784);
});

test('a packed gradient has a buffer of its own, and its parts lie in it', () => {
  const { function: fn, context } = vaeStep({ batch: 5, side: 3, hidden: 11, latent: 7 });
  const program = fuse(fn, context);
  const { places, buffers } = placeTensors([program], lengths);
  const own = buffers.find(({ name }) => name === 'train.gradient')!;
  expect(own.bytes).toBe(4 * context.layout.length);
  for (const [tensor, place] of places[0]!)
    expect(place.buffer === own.name, tensor.name).toBe(tensor.role.kind === 'part' || tensor.name === 'gradient');
});

test('programs share the arena, and equal literals a buffer', () => {
  const { function: fn, context } = vaeStep({ batch: 5, side: 3, hidden: 11, latent: 7 });
  const program = fuse(fn, context);
  const one = placeTensors([program], lengths).buffers;
  const two = placeTensors([program, { ...program, name: 'other' }], lengths).buffers;
  const arena = (buffers: typeof one): number => buffers.find(({ name }) => name === 'arena_1')!.bytes;
  expect(arena(two)).toBe(arena(one));
});

test('a tensor beyond 32-bit addresses is refused with the figure', () => {
  const tensor: Tensor = { name: 'h', shape: [2 ** 16, 2 ** 14], storage: 'f32', role: { kind: 'activation' } };
  const axis = { name: 'element', extent: 2 ** 30 };
  const kernel: Kernel = {
    name: 'h',
    documentation: [],
    axes: [axis],
    phases: [
      {
        over: [],
        accumulators: [],
        stores: [{ tensor, index: { kind: 'axis', axis }, value: { kind: 'constant', dtype: 'f32', value: 1 } }],
      },
    ],
  };
  const program = { name: 'p', kernels: [kernel], results: [] };
  expect(() => placeTensors([program], lengths)).toThrow(PlanError);
  expect(() => placeTensors([program], lengths)).toThrow(
    'h [65536, 16384] takes 4.0 GiB, and a tensor may take 2 GiB: make "batch" or the layers smaller',
  );
});
