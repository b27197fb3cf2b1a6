/** Every optimizer against PyTorch in float64, step by step. Needs /usr/bin/python3 with torch. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { OptimizerValues } from '../../compiler/optimizers/optimizer.ts';
import { hasPython, python } from '../runtime/python.ts';
import { gradients, number, start, trajectory } from './trajectory.ts';

const program = `
import json, sys, torch
request = json.loads(sys.argv[1])
trajectories = []
for rule in request["rules"]:
    x = torch.tensor(request["start"], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, rule["torch"])([x], **rule["arguments"])
    rows = []
    for gradient in request["gradients"]:
        x.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        rows.append(x.detach().tolist())
    trajectories.append(rows)
print(json.dumps(trajectories))
`;

const rules: readonly {
  readonly name: string;
  readonly values: OptimizerValues;
  readonly torch: string;
  readonly arguments: object;
}[] = [
  { name: 'sgd', values: { lr: number(0.1) }, torch: 'SGD', arguments: { lr: 0.1 } },
  {
    name: 'sgd',
    values: { lr: number(0.1), momentum: number(0.9) },
    torch: 'SGD',
    arguments: { lr: 0.1, momentum: 0.9 },
  },
  {
    name: 'sgd',
    values: { lr: number(0.1), momentum: number(0.9), nesterov: true },
    torch: 'SGD',
    arguments: { lr: 0.1, momentum: 0.9, nesterov: true },
  },
  { name: 'adam', values: {}, torch: 'Adam', arguments: {} },
  {
    name: 'adam',
    values: { lr: number(0.02), betas: [number(0.5), number(0.9)], eps: number(1e-3) },
    torch: 'Adam',
    arguments: { lr: 0.02, betas: [0.5, 0.9], eps: 1e-3 },
  },
  { name: 'adamw', values: {}, torch: 'AdamW', arguments: {} },
  {
    name: 'adamw',
    values: { lr: number(0.05), weight_decay: number(0.2) },
    torch: 'AdamW',
    arguments: { lr: 0.05, weight_decay: 0.2 },
  },
  { name: 'rmsprop', values: {}, torch: 'RMSprop', arguments: {} },
  {
    name: 'rmsprop',
    values: { lr: number(1e-3), alpha: number(0.9), momentum: number(0.8) },
    torch: 'RMSprop',
    arguments: { lr: 1e-3, alpha: 0.9, momentum: 0.8 },
  },
];

describe.skipIf(!hasPython('torch'))('against PyTorch', () => {
  let expected: readonly (readonly (readonly number[])[])[] = [];
  beforeAll(() => {
    expected = JSON.parse(python(program, [JSON.stringify({ start, gradients, rules })])) as typeof expected;
  });

  test.each(rules.map((rule, index) => [index, rule] as const))('%i: %o', (index, { name, values }) => {
    trajectory(name, values).forEach((row, step) =>
      row.forEach((value, i) => expect(value, `step ${step}, entry ${i}`).toBeCloseTo(expected[index]![step]![i]!, 11)),
    );
  });
});
