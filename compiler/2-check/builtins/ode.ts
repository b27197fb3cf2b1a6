/** Solving dx/dt = f(x, t) in a sample program: `ode(velocity, x, 0 -> 1, rk4(12))`, a loop that carries x. */
import { hostScalar } from '../host.ts';
import type { Expr, ExprOf } from '../../1-syntax/ast.ts';
import type { HostExpr } from '../../4-tensor/program.ts';
import { matchArguments } from '../arguments.ts';

import type { Frame } from '../context.ts';
import { staticCount } from '../static.ts';
import { apply, tensorOf, toTensor } from '../tensors.ts';
import { describe, invalid, number, type ScalarValue, type TensorValue, type Value } from '../values.ts';
import type { BuiltinFunction } from './index.ts';

/**
 * A Runge-Kutta method: stage i is f at x + h Σ_j coefficients[i][j] k_j and t + h times[i]; the step is
 * x + h Σ_i weights[i] k_i. Source: Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), II.1.
 */
interface Method {
  readonly times: readonly number[];
  readonly coefficients: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

const methods: Readonly<Record<string, Method>> = {
  euler: { times: [0], coefficients: [[]], weights: [1] },
  heun: { times: [0, 1], coefficients: [[], [1]], weights: [1 / 2, 1 / 2] },
  rk4: {
    times: [0, 1 / 2, 1 / 2, 1],
    coefficients: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
    weights: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  },
};

const ode: BuiltinFunction = (expr, frame) => {
  const { session } = frame.context;
  const formals = [{ name: 'f' }, { name: 'x' }, { name: 'interval' }, { name: 'method' }];
  const given = matchArguments("'ode'", formals, expr.args, expr.span, frame);
  if (given === undefined) return invalid;
  const { program } = frame;
  if (program?.loops === undefined) {
    session.report('not-supported', expr.span, { what: "'ode' outside of a sample program", instead: '' });
    return invalid;
  }
  const x = tensorOf(frame, given.get('x')!);
  const interval = intervalOf(given.get('interval')!, frame);
  const solver = methodOf(given.get('method')!, frame);
  if (x === undefined || interval === undefined || solver === undefined) return invalid;
  const { method, steps } = solver;
  const [from, to] = interval;
  const width = hostScalar('div', [hostScalar('sub', [to, from]), number(steps)]);
  const clock: HostExpr = { kind: 'clock', name: 'iteration' };
  const iteration: ScalarValue = { kind: 'scalar', value: undefined, expression: clock };
  const after = program.loops.run(frame, {
    span: expr.span,
    carried: new Map([['x', x]]),
    iterations: steps,
    body: (carried) => {
      // Of the iteration alone, in float64: no time is a sum of many.
      const timeAt = (share: number): ScalarValue =>
        hostScalar('add', [from, hostScalar('mul', [width, hostScalar('add', [iteration, number(share)])])]);
      const next = step(method, given.get('f')!, carried.get('x')!, timeAt, width, expr, frame);
      return next && new Map([['x', next]]);
    },
  });
  return after?.get('x') ?? invalid;
};

function step(
  { times, coefficients, weights }: Method,
  f: Expr,
  x: TensorValue,
  timeAt: (share: number) => ScalarValue,
  width: ScalarValue,
  expr: ExprOf<'call'>,
  frame: Frame,
): TensorValue | undefined {
  const slopes: TensorValue[] = [];
  const moved = (shares: readonly number[]): TensorValue | undefined =>
    shares.reduce<TensorValue | undefined>((sum, share, i) => {
      if (sum === undefined || share === 0) return sum;
      const length = hostScalar('mul', [width, number(share)]);
      const part = apply(frame, 'mul', [length, slopes[i]!], expr.span, "'ode'");
      const total = part.kind === 'invalid' ? invalid : apply(frame, 'add', [sum, part], expr.span, "'ode'");
      return total.kind === 'tensor' ? total : undefined;
    }, x);
  for (const [i, share] of times.entries()) {
    const at = moved(coefficients[i]!);
    if (at === undefined) return undefined;
    const slope = callWith(f, [at, timeAt(share)], expr, frame);
    if (slope === undefined) return undefined;
    slopes.push(slope);
  }
  return moved(weights);
}

/** f(x, t) for values that no expression of the spec stands for: names that no spec can write stand for them. */
function callWith(f: Expr, values: readonly Value[], expr: ExprOf<'call'>, frame: Frame): TensorValue | undefined {
  const inner = frame.child();
  const args = values.map((value, i) => {
    const text = `argument ${i} of ode`;
    inner.values.set(text, value);
    return { value: { kind: 'name', text, span: expr.span } as const, span: expr.span };
  });
  const value = inner.elaborate({ kind: 'call', callee: f, args, span: expr.span });
  return toTensor(inner, value, expr.span);
}

/** `0 -> 1`. */
function intervalOf(written: Expr, frame: Frame): readonly [ScalarValue, ScalarValue] | undefined {
  const value = frame.elaborate(written);
  if (value.kind === 'arrow' && value.from.kind === 'scalar' && value.to.kind === 'scalar')
    return [value.from, value.to];
  if (value.kind !== 'invalid') {
    const params = { expected: "a pair of times such as '0 -> 1'", found: describe(value) };
    frame.context.session.report('wrong-type', written.span, params);
  }
  return undefined;
}

/** `euler(50)`, `heun(25)`, `rk4(12)`: the method, and its number of equal steps. */
function methodOf(written: Expr, frame: Frame): { readonly method: Method; readonly steps: number } | undefined {
  const name = written.kind === 'call' && written.callee.kind === 'name' ? written.callee.text : '';
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (written.kind !== 'call' || method === undefined) {
    const expected = `a method: ${Object.keys(methods)
      .map((known) => `${known}(steps)`)
      .join(', ')}`;
    frame.context.session.report('wrong-type', written.span, { expected, found: 'something else' });
    return undefined;
  }
  const count = matchArguments(`'${name}'`, [{ name: 'steps' }], written.args, written.span, frame)?.get('steps');
  const steps = count && staticCount(frame.elaborate(count), count.span, `the steps of '${name}'`, frame);
  return steps === undefined ? undefined : { method, steps };
}

/** A method by itself is no value. */
const alone: BuiltinFunction = (expr, frame) => {
  const params = { expected: "a method as the last argument of 'ode'", found: 'one by itself' };
  frame.context.session.report('wrong-type', expr.span, params);
  return invalid;
};

export const odeFunctions: Readonly<Record<string, BuiltinFunction>> = {
  ode,
  ...Object.fromEntries(Object.keys(methods).map((name) => [name, alone])),
};
