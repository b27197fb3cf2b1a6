/** `[f(i) for i in 0..n-1]` and `sum(f(i) for i in 0..n-1)`: one evaluation whose values vary over a plate of i. */
import type { ExprOf } from '../1-syntax/ast.ts';
import type { Support } from '../distributions/distribution.ts';
import type { Frame } from './context.ts';
import { staticCount } from './static.ts';
import { toTensor } from './tensors.ts';
import { describe, type Plate, type TensorValue } from './values.ts';

/** The values over the plate of the index; undefined where something was wrong and reported. */
export function over(
  { each, body: written }: ExprOf<'comprehension'>,
  frame: Frame,
): { readonly value: TensorValue; readonly plate: Plate } | undefined {
  const { context } = frame;
  const range = frame.elaborate(each.range);
  if (range.kind !== 'range') {
    if (range.kind !== 'invalid') {
      const params = { expected: 'a range such as 0..9', found: describe(range) };
      context.session.report('wrong-type', each.range.span, params);
    }
    return undefined;
  }
  const from = staticCount(range.from, each.range.span, 'the start of a range', frame, 0);
  const to = staticCount(range.to, each.range.span, 'the end of a range', frame, 0);
  const [name] = each.names;
  if (from === undefined || to === undefined || name === undefined) return undefined;
  if (to < from) {
    const found = `${from}..${to}`;
    context.session.report('not-positive-integer', each.range.span, {
      what: 'the length of a range',
      least: 1,
      found,
    });
    return undefined;
  }
  const plate = context.plate(name.text, to - from + 1);
  const numbers = Array.from({ length: plate.extent }, (_, i) => from + i);
  const support: Support = from >= 1 ? { kind: 'step', size: to } : { kind: 'count' };
  const inner = frame.child();
  const index: TensorValue = {
    kind: 'tensor',
    node: context.b.array(numbers, [plate.extent]),
    support,
    shape: [],
    plates: [plate],
    unit: 'any',
  };
  inner.values.set(name.text, index);
  const body = inner.elaborate(written);
  const value = body.kind === 'invalid' ? undefined : toTensor(frame, body, written.span);
  return value && { value, plate };
}
