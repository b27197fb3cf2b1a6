/** Every optimizer against its paper's formulas, entry by entry in float64. */
import { describe, expect, test } from 'vitest';
import type { HostExpr } from '../../compiler/4-tensor/program.ts';
import { optimizers } from '../../compiler/optimizers/index.ts';
import { gradients, number, start, trajectory } from './trajectory.ts';

function agree(found: readonly number[][], expected: readonly number[][]): void {
  found.forEach((row, step) =>
    row.forEach((value, i) => {
      const exact = expected[step]![i]!;
      expect(Math.abs(value - exact), `step ${step}, entry ${i}`).toBeLessThan(1e-12 * Math.max(1, Math.abs(exact)));
    }),
  );
}

/** What one entry does under `update`, for every entry. */
function entrywise(make: (x: number) => (gradient: number, t: number) => number): number[][] {
  const entries = start.map(make);
  return gradients.map((row, step) => row.map((gradient, i) => entries[i]!(gradient, step + 1)));
}

describe('sgd', () => {
  test('without momentum', () => {
    agree(
      trajectory('sgd', { lr: number(0.1) }),
      entrywise((x) => (g) => (x -= 0.1 * g)),
    );
  });

  test.each([false, true])('with momentum, nesterov %s', (nesterov) => {
    const expected = entrywise((x) => {
      let velocity = 0;
      return (g) => {
        velocity = 0.9 * velocity + g;
        return (x -= 0.1 * (nesterov ? g + 0.9 * velocity : velocity));
      };
    });
    agree(trajectory('sgd', { lr: number(0.1), momentum: number(0.9), nesterov }), expected);
  });
});

/** Algorithm 1 of Kingma & Ba, with the corrected moments written out; `decay` as Loshchilov & Hutter's. */
function adamOf(lr: (t: number) => number, beta1: number, beta2: number, eps: number, decay: number): number[][] {
  return entrywise((x) => {
    let [m, v] = [0, 0];
    return (g, t) => {
      x -= lr(t) * decay * x;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const [mean, square] = [m / (1 - beta1 ** t), v / (1 - beta2 ** t)];
      return (x -= (lr(t) * mean) / (Math.sqrt(square) + eps));
    };
  });
}

describe('adam', () => {
  test('with its defaults', () => {
    agree(
      trajectory('adam', {}),
      adamOf(() => 1e-3, 0.9, 0.999, 1e-8, 0),
    );
  });

  test('with betas (0, 0.9), a large eps and a learning rate that falls', () => {
    const t: HostExpr = { kind: 'apply', op: 'add', args: [{ kind: 'clock', name: 'step' }, number(1)] };
    const lr: HostExpr = { kind: 'apply', op: 'div', args: [number(0.02), t] };
    agree(
      trajectory('adam', { lr, betas: [number(0), number(0.9)], eps: number(0.01) }),
      adamOf((step) => 0.02 / step, 0, 0.9, 0.01, 0),
    );
  });

  test('takes a first step of the learning rate against the sign of the gradient', () => {
    const [first] = trajectory('adam', { lr: number(0.05), eps: number(1e-15) });
    first!.forEach((x, i) => expect(x - start[i]!).toBeCloseTo(-0.05 * Math.sign(gradients[0]![i]!), 9));
  });
});

test('adamw decays every entry, and apart from the gradient', () => {
  agree(
    trajectory('adamw', { lr: number(0.01), weight_decay: number(0.3) }),
    adamOf(() => 0.01, 0.9, 0.999, 1e-8, 0.3),
  );
  agree(
    trajectory('adamw', {}),
    adamOf(() => 1e-3, 0.9, 0.999, 1e-8, 0.01),
  );
});

test.each([undefined, 0.8])('rmsprop with momentum %s', (momentum) => {
  const expected = entrywise((x) => {
    let [v, velocity] = [0, 0];
    return (g) => {
      v = 0.95 * v + 0.05 * g * g;
      velocity = (momentum ?? 0) * velocity + g / (Math.sqrt(v) + 1e-6);
      return (x -= 0.01 * velocity);
    };
  });
  const values = { alpha: number(0.95), eps: number(1e-6), ...(momentum && { momentum: number(momentum) }) };
  agree(trajectory('rmsprop', values), expected);
});

test('an argument without a default that must be written', () => {
  expect(() => optimizers.get('sgd')!.make({})).toThrow('lr');
  const required = [...optimizers.values()].flatMap((optimizer) =>
    optimizer.arguments.filter((argument) => argument.required).map((argument) => `${optimizer.name}.${argument.name}`),
  );
  expect(required).toEqual(['sgd.lr']);
});
