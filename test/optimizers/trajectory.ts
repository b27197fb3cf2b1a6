/** Runs an update rule step by step in float64, with the host's scalars evaluated as the runtime does. */
import type { HostExpr } from '../../compiler/4-tensor/program.ts';
import { optimizers } from '../../compiler/optimizers/index.ts';
import type { OptimizerValues } from '../../compiler/optimizers/optimizer.ts';
import { Bench } from '../distributions/bench.ts';
import { random } from '../distributions/random.ts';

export const number = (value: number): HostExpr => ({ kind: 'number', value });

/** Numbers, the step and arithmetic: what optimizers make. */
export function evaluateHost(expression: HostExpr, step: number): number {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind === 'clock' && expression.name === 'step') return step;
  if (expression.kind !== 'apply') throw new Error(`no ${expression.kind} in this test`);
  const [a, c] = expression.args.map((arg) => evaluateHost(arg, step));
  switch (expression.op) {
    case 'add':
      return a! + c!;
    case 'sub':
      return a! - c!;
    case 'mul':
      return a! * c!;
    case 'div':
      return a! / c!;
    case 'pow':
      return a! ** c!;
    case 'sqrt':
      return Math.sqrt(a!);
    default:
      throw new Error(`no ${expression.op} in this test`);
  }
}

export const size = 5;
export const steps = 12;
export const start: readonly number[] = [0.5, -1, 2, 0, 1e-3];

/** Gradients of very different sizes; the last entry's is sometimes 0. */
export const gradients: readonly (readonly number[])[] = (() => {
  const generator = random(11);
  return Array.from({ length: steps }, (_, step) => [
    generator.normal(),
    100 * generator.normal(),
    1e-4 * generator.normal(),
    1 + 0.1 * generator.normal(),
    step % 3 === 0 ? 0 : generator.normal(),
  ]);
})();

/** The parameters after each step. */
export function trajectory(name: string, values: OptimizerValues): number[][] {
  const optimizer = optimizers.get(name)!;
  const filled: { [name: string]: OptimizerValues[string] } = { ...values };
  for (const argument of optimizer.arguments) {
    if (argument.default === undefined || argument.name in filled) continue;
    filled[argument.name] =
      typeof argument.default === 'number'
        ? number(argument.default)
        : [number(argument.default[0]), number(argument.default[1])];
  }
  const rule = optimizer.make(filled);
  let parameter = [...start];
  let slots = new Map(rule.slots.map((slot) => [slot, new Array<number>(size).fill(0)]));
  return gradients.map((gradient, step) => {
    const bench = new Bench();
    const updated = rule.update(bench.b, {
      parameter: bench.given(parameter, [size]),
      gradient: bench.given(gradient, [size]),
      slots: Object.fromEntries([...slots].map(([slot, numbers]) => [slot, bench.given(numbers, [size])])),
      scalar: (scalar) => bench.given(evaluateHost(rule.scalars[scalar]!, step), []),
    });
    parameter = bench.run(updated.parameter);
    slots = new Map(rule.slots.map((slot) => [slot, bench.run(updated.slots[slot]!)]));
    return parameter;
  });
}
