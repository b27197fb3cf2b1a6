/** Trainable tensors: registered by path when first read, kept in range by a bijection. */
import type { ParamDeclaration } from '../1-syntax/ast.ts';
import { sameShape } from '../4-tensor/builder.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import type { Constraint, Initialiser } from '../4-tensor/program.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Support } from '../distributions/distribution.ts';
import type { Frame } from './context.ts';
import { checkParam } from './later.ts';
import { staticNumber } from './static.ts';
import { readType } from './types.ts';
import { describeShape, invalid, type Value } from './values.ts';

/** Thrown once it is reported that a path was met with two shapes: there is no tensor to go on with. */
export class ReshapedError extends Error {}

/** The stored tensor of a path; inside `stop` no gradient reaches it, nor what a finished run declares. */
export function parameter(
  frame: Frame,
  found: { path: string; shape: Shape; initialiser: Initialiser; constraint?: Constraint },
  span: Span,
): Node {
  const { context, scope } = frame;
  const { run } = scope;
  const path = run === undefined ? found.path : `${run.name}:${found.path}`;
  const known = run === undefined ? context.parameters.get(path) : context.frozen.get(path);
  if (known === undefined) {
    if (run === undefined) context.parameters.set(path, { constraint: 'real', ...found });
    else context.frozen.set(path, { path, run: run.name, parameter: found.path, shape: found.shape });
  } else if (!sameShape(known.shape, found.shape)) {
    context.session.report('net-reshaped', span, {
      path,
      first: describeShape(known.shape),
      second: describeShape(found.shape),
    });
    throw new ReshapedError();
  }
  const { b } = context;
  if (run !== undefined) return b.label(b.frozen(path, found.shape), path);
  const node = b.label(b.parameter(path, found.shape), path);
  return frame.stopped ? b.map('stop', node) : node;
}

/** `param m : real = 0`: its constrained value. Free numbers reach the positive ones by softplus, the unit ones by sigmoid. */
export function readParam(declaration: ParamDeclaration, path: string, frame: Frame): Value {
  const { context } = frame;
  const { b, session } = context;
  if (!checkParam(session, declaration)) return invalid;
  const type = readType(declaration.type, frame);
  if (type === undefined) return invalid;
  const constraint = constraintOf(type.support);
  if (constraint === undefined) {
    session.report('not-supported', declaration.span, { what: `a param over ${type.support.kind}`, instead: '' });
    return invalid;
  }
  const initial =
    declaration.initial === undefined
      ? constraint === 'real'
        ? 0
        : constraint === 'unit'
          ? 0.5
          : 1
      : staticNumber(frame.elaborate(declaration.initial), declaration.initial.span, 'an initial value', frame);
  if (initial === undefined) return invalid;
  const free = unconstrain(constraint, initial);
  if (!Number.isFinite(free)) {
    session.report('parameter-support', declaration.span, {
      name: 'the initial value',
      of: `'${path}'`,
      found: String(initial),
      expected: `${constraint}`,
      hint: '',
    });
    return invalid;
  }
  const found = { path, shape: type.shape, initialiser: { kind: 'constant', value: free } as const, constraint };
  const stored = parameter(frame, found, declaration.span);
  const node =
    constraint === 'positive' ? b.map('softplus', stored) : constraint === 'unit' ? b.map('sigmoid', stored) : stored;
  return { kind: 'tensor', node, support: type.support, shape: type.shape, plates: [], text: path };
}

function constraintOf(support: Support): 'real' | 'positive' | 'unit' | undefined {
  return support.kind === 'real' || support.kind === 'positive' || support.kind === 'unit' ? support.kind : undefined;
}

/** The free number that the bijection maps to `value`: log(e^x - 1) for softplus, the logit for sigmoid. */
function unconstrain(constraint: 'real' | 'positive' | 'unit', value: number): number {
  switch (constraint) {
    case 'real':
      return value;
    case 'positive':
      return value + Math.log(-Math.expm1(-value));
    case 'unit':
      return Math.log(value) - Math.log1p(-value);
  }
}
