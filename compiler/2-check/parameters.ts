/** Arguments against the types that parameters of nets and models declare: `net eps(x: real[2])`, `model p(label: category(10))`. */
import type { Parameter } from '../1-syntax/ast.ts';
import { sameShape } from '../4-tensor/builder.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Frame } from './context.ts';
import { fixedNumbers } from './supports.ts';
import { readType } from './types.ts';
import { describe, describeShape, type TensorValue, type Value } from './values.ts';

/**
 * The argument as its parameter declares it: of that shape, and a category where fixed whole numbers stand for one.
 * Undefined (and reported) where the shapes differ or there is no such category. `of` is what messages call the net or model.
 */
export function asDeclared(
  parameter: Parameter,
  value: TensorValue,
  of: string,
  span: Span,
  frame: Frame,
): TensorValue | undefined {
  if (parameter.type === undefined) return value;
  const type = readType(parameter.type, frame);
  if (type === undefined) return undefined;
  if (!sameShape(type.shape, value.shape)) {
    const params = {
      left: describeShape(type.shape),
      right: describeShape(value.shape),
      of: `the argument '${parameter.name.text}' of ${of}`,
    };
    const note = { message: 'declared here', span: parameter.span };
    frame.context.session.report('shape-mismatch', span, params, [note]);
    return undefined;
  }
  const { support } = type;
  if (support.kind === 'step' && !isStepOf(support.size, value)) {
    const expected = `a step, 1 to ${support.size}, for '${parameter.name.text}' of ${of}`;
    frame.context.session.report('wrong-type', span, { expected, found: describe(value) });
    return undefined;
  }
  if (support.kind === 'category' && value.support.kind === 'category') {
    if (value.support.size <= support.size) return { ...value, support };
    const expected = `a category, 0 to ${support.size - 1}, for '${parameter.name.text}' of ${of}`;
    frame.context.session.report('wrong-type', span, { expected, found: describe(value) });
    return undefined;
  }
  if (support.kind !== 'category' || value.node.dtype !== 'f32') return value;
  const numbers = fixedNumbers(value.node);
  if (numbers === undefined) return value;
  const outside = numbers.find((each) => !(Number.isInteger(each) && each >= 0 && each < support.size));
  if (outside !== undefined) {
    const expected = `a category, 0 to ${support.size - 1}, for '${parameter.name.text}' of ${of}`;
    frame.context.session.report('wrong-type', span, { expected, found: `the number ${outside}` });
    return undefined;
  }
  return { ...value, node: frame.context.b.map('toU32', value.node), support };
}

/** Step 0, where a process begins, is no argument of a net: nothing was ever trained there. */
function isStepOf(size: number, { support, node }: TensorValue): boolean {
  if (support.kind === 'step') return support.size <= size;
  return fixedNumbers(node)?.every((each) => Number.isInteger(each) && each >= 1 && each <= size) ?? false;
}

/** Whether a value is what a parameter's written type asks for; numbers of any support are checked where they are used. */
export function fits(type: string | undefined, value: Value): boolean {
  switch (type) {
    case 'model':
      return value.kind === 'model' && value.declaration.kind === 'model';
    case 'guide':
      return value.kind === 'model' && value.declaration.kind === 'guide';
    case 'net':
      return value.kind === 'net' || value.kind === 'function';
    case 'schedule':
      return value.kind === 'schedule';
    default:
      return true;
  }
}
