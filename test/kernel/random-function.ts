/** Random well-typed tensor functions: every kind of node, in combinations that nobody would write. */
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { sizeOf, type Node, type Output, type Shape } from '../../compiler/4-tensor/ir.ts';
import { layoutOf, type Example } from './mlp.ts';

/** A generator of numbers from a seed. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 12345) >>> 0;
  }

  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  chance(p: number): boolean {
    return this.below(1000) < p * 1000;
  }
}

const extents = [1, 2, 3, 5, 7, 33] as const;

/** A function of about `size` nodes. Values stay bounded, so that the two evaluations agree closely. */
export function randomFunction(seed: number, size = 40): Example {
  const random = new Random(seed);
  const b = new Builder();
  const dims = Array.from({ length: 4 }, () => random.pick(extents));
  const shape = (): Shape => Array.from({ length: random.below(4) }, () => random.pick(dims));
  const layout = layoutOf({
    w: [random.pick(extents), random.pick(extents)],
    c: [random.pick(extents)],
    u: [random.pick(dims), random.pick(dims)],
  });
  const pool: Node[] = layout.parameters.map(({ path, shape: own }) => b.parameter(path, own));
  for (let i = 0; i < 3; i++) pool.push(b.input({ kind: 'argument', name: `a${i}` }, shape()));
  pool.push(b.uniform('alpha'), b.constant(0.5), b.input({ kind: 'vector', name: 'm' }, [layout.length]));
  const rows = b.map('min', b.iota(random.pick(dims)), b.constant(6, 'u32'));
  pool.push(b.batch({ set: 'd', field: 'x', storage: 'u8', rowShape: [random.pick(dims)], scale: 1 / 255 }, rows));

  const most = 4000;
  const keep = (node: Node): void => {
    if (sizeOf(node.shape) <= most && sizeOf(node.shape) > 0 && node.shape.length <= 4) pool.push(node);
  };
  const any = (): Node => pool[Math.max(random.below(pool.length), random.below(pool.length))]!;
  const bounded = (node: Node): Node => (random.chance(0.5) ? b.map('tanh', node) : node);
  const sameShape = (node: Node): Node => {
    const fits = pool.filter((other) => other.shape.join() === node.shape.join());
    if (random.chance(0.7)) return random.pick(fits);
    const lower = pool.filter((other) => canBroadcast(other.shape, node.shape));
    return random.pick(lower.length > 0 ? lower : fits);
  };
  while (pool.length < size) {
    const x = any();
    const rank = x.shape.length;
    switch (random.below(13)) {
      case 0:
      case 1:
        keep(b.map(random.pick(['neg', 'tanh', 'relu', 'sigmoid', 'square', 'exp'] as const), b.map('tanh', x)));
        break;
      case 2:
      case 3:
        keep(bounded(b.map(random.pick(['add', 'sub', 'mul', 'max'] as const), x, sameShape(x))));
        break;
      case 4:
        keep(b.select(b.map('gt', x, sameShape(x)), sameShape(x), 0.25));
        break;
      case 5:
      case 6: {
        if (rank === 0) break;
        const axes = [...x.shape.keys()].filter(() => random.chance(0.6));
        const op = random.pick(['sum', 'sum', 'max', 'min'] as const);
        keep(bounded(b.reduce(op, x, axes)));
        break;
      }
      case 7: {
        const y = any();
        if (rank < 2 || y.shape.length < 2) break;
        const k = x.shape.findIndex((extent) => y.shape.includes(extent));
        if (k < 0) break;
        const l = y.shape.indexOf(x.shape[k]!);
        const aLabels = x.shape.map((_, i) => i);
        const bLabels = y.shape.map((_, i) => (i === l ? k : 10 + i));
        const free = [...aLabels, ...bLabels].filter((label) => label !== k);
        keep(b.map('tanh', b.contract(x, y, aLabels, bLabels, random.chance(0.3) ? free.reverse() : free)));
        break;
      }
      case 8: {
        const flat = sizeOf(x.shape);
        const divisor = extents.find((extent) => extent > 1 && flat % extent === 0);
        keep(b.reshape(x, divisor === undefined ? [flat] : [flat / divisor, divisor]));
        break;
      }
      case 9: {
        if (rank < 2) break;
        keep(b.transpose(x, [...x.shape.keys()].reverse()));
        break;
      }
      case 10: {
        if (rank === 0) break;
        const starts = x.shape.map((extent) => random.below(extent));
        const some = x.shape.map((extent, i) => 1 + random.below(extent - starts[i]!));
        if (random.chance(0.5)) keep(b.slice(x, starts, some));
        else keep(b.pad(x, x.shape.map((_, i) => i % 2), x.shape.map((extent) => extent + 2))); // prettier-ignore
        break;
      }
      case 11: {
        if (rank === 0) break;
        const axis = random.below(rank);
        const others = pool.filter(
          (y) => y.shape.length === rank && y.shape.every((extent, i) => i === axis || extent === x.shape[i]),
        );
        keep(b.concat([x, ...Array.from({ length: 1 + random.below(6) }, () => random.pick(others))], axis));
        break;
      }
      case 12: {
        if (rank === 0) break;
        const index = b.map('min', b.iota(random.pick(dims)), b.constant(random.below(4), 'u32'));
        if (random.chance(0.6)) keep(b.take(x, index));
        else if (x.shape[0] === index.shape[0]) keep(b.scatter(index, x, [random.pick(dims), ...x.shape.slice(1)]));
        break;
      }
    }
  }
  pool.forEach((node, i) => {
    if (random.chance(0.3) && node.kind !== 'constant' && node.kind !== 'input') b.label(node, `n.${i}`);
  });
  return {
    function: { name: `random_${seed}`, outputs: outputsOf(b, random, pool, layout) },
    context: { builder: b, layout },
  };
}

function outputsOf(b: Builder, random: Random, pool: readonly Node[], layout: Example['context']['layout']): Output[] {
  const outputs: Output[] = Array.from({ length: 1 + random.below(4) }, (_, i) => ({
    name: `out_${i}`,
    node: pool[pool.length - 1 - random.below(8)]!,
    target: { kind: 'result' },
  }));
  if (random.chance(0.6)) {
    const parts = layout.parameters.map(({ shape }) => {
      const made = pool.filter((node) => canBroadcast(node.shape, shape) && node.kind !== 'constant');
      return b.broadcastTo(random.pick(made.length > 0 ? made : [b.constant(0)]), shape);
    });
    const gradient = b.pack(
      parts.map((part) => b.reshape(part, [sizeOf(part.shape)])),
      layout.parameters.map(({ offset }) => offset),
      layout.length,
    );
    const old = b.input({ kind: 'vector', name: 'parameters' }, [layout.length]);
    const m = b.input({ kind: 'vector', name: 'm' }, [layout.length]);
    const next = b.add(b.mul(0.9, m), gradient);
    const norm = b.sum(b.square(gradient), [0]);
    const fresh = b.sub(old, b.mul(0.1, b.mul(next, b.div(1, b.add(norm, 1)))));
    outputs.push({ name: 'norm', node: norm, target: { kind: 'result' } });
    outputs.push({ name: 'parameters', node: fresh, target: { kind: 'vector', name: 'parameters' } });
    // Sometimes a plain shift, which cannot be made in place.
    const shifted = b.concat([b.slice(m, [1], [layout.length - 1]), b.slice(m, [0], [1])], 0);
    outputs.push({ name: 'm', node: random.chance(0.3) ? shifted : next, target: { kind: 'vector', name: 'm' } });
  }
  if (random.chance(0.4)) {
    const flag = b.input({ kind: 'state', name: 'flag' }, [2], 'u32');
    const first = b.reshape(b.slice(flag, [0], [1]), []);
    const sum = b.sum(outputs[0]!.node, [...outputs[0]!.node.shape.keys()]);
    const bad = b.map('and', b.map('gt', sum, 0), b.map('eq', first, b.constant(0, 'u32')));
    const values = [b.select(bad, b.constant(7, 'u32'), first), b.select(bad, b.constant(3, 'u32'), first)];
    const node = b.concat(values.map((value) => b.reshape(value, [1])), 0); // prettier-ignore
    outputs.push({ name: 'flag', node, target: { kind: 'state', name: 'flag' } });
  }
  return outputs;
}

function canBroadcast(from: Shape, to: Shape): boolean {
  if (from.length > to.length) return false;
  return from.every((extent, i) => extent === 1 || extent === to[to.length - from.length + i]);
}
