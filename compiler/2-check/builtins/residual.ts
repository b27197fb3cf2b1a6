/** `x |> residual(f, g(a))` is x + (x |> f |> g(a)). Source: He et al. (2016). */
import type { Expr } from '../../1-syntax/ast.ts';
import type { Frame } from '../context.ts';
import { apply, tensorOf } from '../tensors.ts';
import { invalid } from '../values.ts';
import type { BuiltinFunction } from './index.ts';

/** What the first step is applied to, as no spec can write it. */
const inputName = 'the input';

/** Each step is written as it would stand after `|>`; the layers among them are the net's, in the order they are written. */
const residual: BuiltinFunction = (expr, frame) => {
  const [first, ...steps] = expr.args;
  const { session } = frame.context;
  if (first === undefined || steps.length === 0) {
    const name = first === undefined ? 'what to apply it to' : 'steps, as conv2d(64, 3) is one';
    session.report('missing-argument', expr.span, { of: "'residual'", name });
    return invalid;
  }
  const named = expr.args.find((arg) => arg.name !== undefined);
  if (named !== undefined) {
    const hint = '; it takes the steps in order, without names';
    session.report('unknown-argument', named.span, { of: "'residual'", name: named.name!.text, hint });
    return invalid;
  }
  const input = tensorOf(frame, first.value);
  if (input === undefined) return invalid;
  const inner: Frame = frame.child();
  inner.values.set(inputName, input);
  const written = steps.reduce<Expr>(
    (left, { value, span }) => ({ kind: 'binary', operator: '|>', left, right: value, span }),
    { kind: 'name', text: inputName, span: first.span },
  );
  const change = tensorOf(inner, written);
  return change === undefined ? invalid : apply(frame, 'add', [input, change], expr.span, "'residual'");
};

export const residualFunction: Readonly<Record<string, BuiltinFunction>> = { residual };
