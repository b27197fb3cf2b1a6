/** Layers and activations as they are written in nets: `dense(hidden, relu)`, `leaky_relu(0.2)`, `init: glorot`. */
import type { Expr, ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { activations, initialisers, layers } from '../layers/index.ts';
import {
  LayerError,
  type Activate,
  type Initialise,
  type LayerArgument,
  type LayerParameter,
} from '../layers/layer.ts';
import type { Operand } from '../4-tensor/builder.ts';
import { matchArguments } from './arguments.ts';
import type { Frame } from './context.ts';
import { derive, nonlinear } from './derive.ts';
import { parameter, ReshapedError } from './params.ts';
import { staticCount, staticNumber } from './static.ts';
import { describe, invalid, type TensorValue, type Value } from './values.ts';
import { noiseFor } from './noise.ts';
import { floating, joinPlates, spread, tensorOf } from './tensors.ts';

export function callLayer(name: string, expr: ExprOf<'call'>, frame: Frame): Value {
  const layer = layers.get(name)!;
  const { session, b } = frame.context;
  const { net } = frame;
  if (net === undefined) {
    const instead = '; declare a net that holds it';
    session.report('not-supported', expr.span, { what: `the layer '${name}' outside a net`, instead });
    return invalid;
  }
  const formals = [
    { name: 'input' },
    ...layer.parameters.map((p) => ({ name: p.name, optional: !p.required })),
    { name: 'name', optional: true, named: true },
  ];
  const given = matchArguments(`'${name}'`, formals, expr.args, expr.span, frame);
  if (given === undefined) return invalid;
  const written = tensorOf(frame, given.get('input')!);
  if (written === undefined) return invalid;
  const input = layer.random ? overRows(frame, written) : written;
  const args: Record<string, LayerArgument> = {};
  for (const formal of layer.parameters) {
    const argument = given.get(formal.name);
    if (argument === undefined) continue;
    const arg = layerArgument(formal, argument, frame);
    if (arg === undefined) return invalid;
    args[formal.name] = arg;
  }
  const path = layerPath(name, given.get('name'), frame);
  if (path === undefined) return invalid;
  const support = activationSupport(given.get('activation'));
  const rule = { linearity: nonlinear, what: `'${name}'`, span: expr.span };
  const isTrained = frame.program?.kind === 'train' && !net.isFrozen;
  try {
    const result = derive(frame, [input], rule, () => {
      const node = layer.apply(
        {
          b,
          parameter: (part, shape, initialiser) =>
            parameter(frame, { path: `${path}.${part}`, shape, initialiser }, expr.span),
          ...(isTrained && {
            uniform: () => noiseFor(frame, frame.program!, [path], input.plates, input.shape).uniform(),
          }),
        },
        {
          node: input.node,
          leading: input.plates.length,
          ...(input.support.kind === 'category' && { categories: input.support.size }),
        },
        args,
      );
      b.label(node, path);
      return { node, support, shape: node.shape.slice(input.plates.length), plates: input.plates };
    });
    return result ?? invalid;
  } catch (error) {
    if (error instanceof ReshapedError) return invalid;
    if (!(error instanceof LayerError)) throw error;
    session.report('layer-input', expr.span, { message: error.message });
    return invalid;
  }
}

/** The value with the rows among its plates. */
function overRows(frame: Frame, value: TensorValue): TensorValue {
  if (frame.program === undefined) return value;
  const plates = joinPlates([[frame.program.rows], value.plates]);
  return { ...value, node: spread(frame, value, plates, value.shape), plates };
}

/** `<net>.<layer>_<n>`, or `<net>.<name>` with `name:`. */
function layerPath(layer: string, written: Expr | undefined, frame: Frame): string | undefined {
  const net = frame.net!;
  if (written !== undefined) {
    const value = frame.elaborate(written);
    if (value.kind === 'string' && /^[a-z_]\w*$/i.test(value.value)) return `${net.path}.${value.value}`;
    if (value.kind !== 'invalid') {
      const params = { expected: 'a word in quotes for the name of a layer', found: describe(value) };
      frame.context.session.report('wrong-type', written.span, params);
    }
    return undefined;
  }
  const count = (net.counts.get(layer) ?? 0) + 1;
  net.counts.set(layer, count);
  return `${net.path}.${layer}_${count}`;
}

function activationSupport(written: Expr | undefined): { readonly kind: 'real' | 'nonnegative' | 'positive' | 'unit' } {
  const name = written?.kind === 'call' ? written.callee : written;
  const found = name?.kind === 'name' ? activations.get(name.text) : undefined;
  return { kind: found?.support ?? 'real' };
}

function layerArgument(formal: LayerParameter, written: Expr, frame: Frame): LayerArgument | undefined {
  switch (formal.kind) {
    case 'size': {
      const value = staticCount(frame.elaborate(written), written.span, `'${formal.name}'`, frame, formal.least);
      return value === undefined ? undefined : { kind: 'size', value };
    }
    case 'fraction': {
      const value = staticNumber(frame.elaborate(written), written.span, `'${formal.name}'`, frame);
      if (value === undefined || (value >= 0 && value < 1))
        return value === undefined ? value : { kind: 'fraction', value };
      const expected = `a number from 0 on and below 1 for '${formal.name}'`;
      frame.context.session.report('wrong-type', written.span, { expected, found: `the number ${value}` });
      return undefined;
    }
    case 'flag': {
      if (written.kind === 'name' && (written.text === 'true' || written.text === 'false')) {
        return { kind: 'flag', value: written.text === 'true' };
      }
      frame.context.session.report('wrong-type', written.span, {
        expected: 'true or false',
        found: printExpr(written),
      });
      return undefined;
    }
    case 'activation': {
      const value = activationArgument(written, frame);
      return value && { kind: 'activation', value };
    }
    case 'initialiser': {
      const value = initialiserArgument(written, frame);
      return value && { kind: 'initialiser', value };
    }
  }
}

/** `relu` or `leaky_relu(0.2)`. */
function activationArgument(written: Expr, frame: Frame): Activate | undefined {
  const word = written.kind === 'call' ? written.callee : written;
  const found = word.kind === 'name' ? activations.get(word.text) : undefined;
  if (found === undefined) {
    const name = word.kind === 'name' ? word.text : printExpr(written);
    const hint = didYouMean(name, activations.keys());
    frame.context.session.report('unknown-name', written.span, { name, hint });
    return undefined;
  }
  const args = activationArguments(found, written.kind === 'call' ? written.args : [], written, frame);
  return args && ((b, x) => found.apply(b, x, args));
}

function activationArguments(
  found: NonNullable<ReturnType<typeof activations.get>>,
  args: ExprOf<'call'>['args'],
  written: Expr,
  frame: Frame,
): Record<string, Operand> | undefined {
  const formals = found.parameters.map((p) => ({ name: p.name, optional: true }));
  const given = matchArguments(`'${found.name}'`, formals, args, written.span, frame);
  if (given === undefined) return undefined;
  const values: Record<string, Operand> = {};
  for (const formal of found.parameters) {
    const expr = given.get(formal.name);
    const tensor = expr && tensorOf(frame, expr);
    if (expr !== undefined && tensor === undefined) return undefined;
    if (tensor !== undefined && !isPlainNumber(tensor)) {
      const params = { expected: `one number for '${formal.name}' of '${found.name}'`, found: describe(tensor) };
      frame.context.session.report('wrong-type', expr!.span, params);
      return undefined;
    }
    values[formal.name] = tensor?.node ?? formal.default;
  }
  return values;
}

/** One number for all rows, known before any row is seen. */
function isPlainNumber({ shape, plates, estimate, deferred }: TensorValue): boolean {
  return shape.length === 0 && plates.length === 0 && !estimate && deferred === undefined;
}

/** An activation as a function: `h |> relu`, `leaky_relu(h, 0.2)`. */
export function callActivation(name: string, expr: ExprOf<'call'>, frame: Frame): Value {
  const found = activations.get(name)!;
  const [first, ...others] = expr.args;
  if (first === undefined) {
    frame.context.session.report('missing-argument', expr.span, { of: `'${name}'`, name: 'what to apply it to' });
    return invalid;
  }
  const x = tensorOf(frame, first.value);
  const args = activationArguments(found, others, expr, frame);
  if (x === undefined || args === undefined) return invalid;
  const rule = { linearity: nonlinear, what: `'${printExpr(expr)}'`, span: expr.span };
  const result = derive(frame, [x], rule, () => {
    const node = found.apply(frame.context.b, floating(x, frame), args);
    return { node, support: { kind: found.support }, shape: x.shape, plates: x.plates };
  });
  return result ?? invalid;
}

/** `glorot`, `normal(0.01)`. */
function initialiserArgument(written: Expr, frame: Frame): Initialise | undefined {
  const word = written.kind === 'call' ? written.callee : written;
  const name = word.kind === 'name' || word.kind === 'string' ? ('text' in word ? word.text : word.value) : '';
  const found = initialisers.get(name);
  if (found === undefined) {
    const hint = didYouMean(name, initialisers.keys());
    frame.context.session.report('unknown-name', written.span, { name: name || printExpr(written), hint });
    return undefined;
  }
  const formals = found.parameters.map((p) => ({ name: p.name, optional: p.default !== undefined }));
  const given = matchArguments(`'${name}'`, formals, written.kind === 'call' ? written.args : [], written.span, frame);
  if (given === undefined) return undefined;
  const args: Record<string, number> = {};
  for (const formal of found.parameters) {
    const expr = given.get(formal.name);
    const value = expr ? staticNumber(frame.elaborate(expr), expr.span, `'${formal.name}'`, frame) : formal.default;
    if (value === undefined) return undefined;
    args[formal.name] = value;
  }
  return found.make(args);
}
