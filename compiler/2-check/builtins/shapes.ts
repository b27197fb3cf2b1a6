/** The shape words as functions: `flatten(x)`, `x |> reshape(28, 28)`, `concat(a, b)`, `split(x, 2)`. */
import type { Expr, ExprOf } from '../../1-syntax/ast.ts';
import type { Node } from '../../4-tensor/ir.ts';
import * as words from '../../layers/shapes.ts';
import { LayerError, type LayerInput } from '../../layers/layer.ts';
import { didYouMeanOf } from '../../diagnostics/suggest.ts';
import type { Frame } from '../context.ts';
import { deriveLinearly } from '../derive.ts';
import { staticCount } from '../static.ts';
import { joinPlates, spread, tensorOf } from '../tensors.ts';
import { commonUnit } from '../units.ts';
import { invalid, type TensorValue, type Value } from '../values.ts';
import type { BuiltinFunction } from './index.ts';

type View = (input: LayerInput, rest: readonly number[], frame: Frame) => Node;

/** A word that takes a value and whole numbers. */
function view(name: string, apply: View, least = 1): BuiltinFunction {
  return (expr, frame) => {
    const [first, ...others] = expr.args;
    if (first === undefined) {
      frame.context.session.report('missing-argument', expr.span, { of: `'${name}'`, name: 'what to apply it to' });
      return invalid;
    }
    const value = tensorOf(frame, first.value);
    const numbers = counts(
      others.map((arg) => arg.value),
      name,
      frame,
      least,
    );
    if (value === undefined || numbers === undefined) return invalid;
    return guarded(expr, frame, () =>
      viewed(value, apply({ node: value.node, leading: value.plates.length }, numbers, frame), frame),
    );
  };
}

/** What holds entries of `value`, in another shape. */
function viewed(value: TensorValue, node: Node, frame: Frame): TensorValue {
  const { support, plates, unit } = value;
  const shape = node.shape.slice(plates.length);
  return deriveLinearly(frame, [value], () => ({ node, support, shape, plates, unit }));
}

function counts(exprs: readonly Expr[], name: string, frame: Frame, least: number): number[] | undefined {
  const found = exprs.map((expr) =>
    staticCount(frame.elaborate(expr), expr.span, `an argument of '${name}'`, frame, least),
  );
  return found.every((value) => value !== undefined) ? found : undefined;
}

function guarded(expr: ExprOf<'call'>, frame: Frame, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof LayerError)) throw error;
    frame.context.session.report('layer-input', expr.span, { message: error.message });
    return invalid;
  }
}

/** What a word is applied to, and the axis after `axis:`, the first where there is none; undefined where that is wrong. */
function withAxis(
  name: string,
  expr: ExprOf<'call'>,
  frame: Frame,
): { args: readonly Expr[]; axis: number } | undefined {
  let axis = 0;
  const args: Expr[] = [];
  for (const arg of expr.args) {
    if (arg.name === undefined) args.push(arg.value);
    else if (arg.name.text === 'axis') {
      const found = staticCount(frame.elaborate(arg.value), arg.value.span, "'axis'", frame, 0);
      if (found === undefined) return undefined;
      axis = found;
    } else {
      const hint = didYouMeanOf(arg.name.text, ['axis']);
      frame.context.session.report('unknown-argument', arg.span, { of: `'${name}'`, name: arg.name.text, hint });
      return undefined;
    }
  }
  return { args, axis };
}

/** `concat(a, b)` joins along the first axis, `concat(a, b, axis: 2)` the channels of images. */
const concat: BuiltinFunction = (expr, frame) => {
  const found = withAxis('concat', expr, frame);
  if (found === undefined) return invalid;
  const parts: TensorValue[] = [];
  for (const arg of found.args) {
    const value = tensorOf(frame, arg);
    if (value === undefined) return invalid;
    parts.push(value);
  }
  return guarded(expr, frame, () =>
    deriveLinearly(frame, parts, (pieces) => {
      const plates = joinPlates(pieces.map((part) => part.plates));
      const nodes = pieces.map((part) => spread(frame, part, plates, part.shape));
      const node = words.concat(frame.context.b, nodes, plates.length, found.axis);
      const unit = commonUnit(pieces.map((part) => part.unit));
      return { node, support: { kind: 'real' }, shape: node.shape.slice(plates.length), plates, unit };
    }),
  );
};

/** `split(x, 2)` is a list of equal pieces; `split(x, 3, 4)` of pieces of those extents, along `axis:`. */
const split: BuiltinFunction = (expr, frame) => {
  const found = withAxis('split', expr, frame);
  if (found === undefined) return invalid;
  const [first, ...others] = found.args;
  const value = first && tensorOf(frame, first);
  const numbers = counts(others, 'split', frame, 1);
  if (value === undefined || numbers === undefined) return invalid;
  return guarded(expr, frame, () => {
    const input = { node: value.node, leading: value.plates.length };
    const pieces = words.split(frame.context.b, input, numbers.length === 1 ? numbers[0]! : numbers, found.axis);
    return { kind: 'list', items: pieces.map((node) => viewed(value, node, frame)) };
  });
};

export const shapeWords: Readonly<Record<string, BuiltinFunction>> = {
  flatten: view('flatten', (input, _, frame) => words.flatten(frame.context.b, input)),
  reshape: view('reshape', (input, shape, frame) => words.reshape(frame.context.b, input, shape)),
  pad: view(
    'pad',
    (input, amounts, frame) => {
      const pairs = Array.from(
        { length: amounts.length / 2 },
        (_, i) => [amounts[2 * i]!, amounts[2 * i + 1]!] as const,
      );
      return words.pad(frame.context.b, input, pairs);
    },
    0,
  ),
  concat,
  split,
};
