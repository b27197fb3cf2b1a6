/** Densities: the logarithm of one that is tractable. */
import type { ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import type { Span } from '../diagnostics/span.ts';
import { sameShape } from '../4-tensor/builder.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import type { Frame } from '../2-check/context.ts';
import { deriveLinearly, inherited, isSound, nonlinear } from '../2-check/derive.ts';
import { liesWithin } from '../2-check/supports.ts';
import { joinPlates, spread, tensorOf } from '../2-check/tensors.ts';
import { commonUnit } from '../2-check/units.ts';
import {
  describeShape,
  describeSupport,
  invalid,
  type DistributionValue,
  type TensorValue,
  type Value,
  type Factor,
  type ModelInstance,
} from '../2-check/values.ts';
import { decide } from '../2-check/derivation.ts';
import { parametersOver } from './draw.ts';
import { instantiate } from './instance.ts';
import { isTractable, readDensity, type DensityQuery } from './query.ts';

/** A bare density stands for no number. */
export function elaborateDensity(expr: ExprOf<'density'>, frame: Frame): Value {
  frame.context.session.report('bare-density', expr.span, { text: printExpr(expr) });
  return invalid;
}

/** `log p(x, z)`, `log stop(q)(z | x)`, or any distribution's density at a value: `log Normal(m, s)(y)`. */
export function elaborateLogDensity(expr: ExprOf<'log-density'>, frame: Frame): Value {
  const { density } = expr;
  if (density.kind === 'call') {
    const callee = frame.elaborate(density.callee);
    if (callee.kind === 'invalid') return invalid;
    if (callee.kind === 'distribution') return logOfDistribution(callee, density, frame);
  }
  const query = readDensity(density, frame);
  if (query === undefined || !isTractable(query, frame)) return invalid;
  const instance = instanceOf(query, frame);
  if (instance === undefined) return invalid;
  const text = printExpr(expr);
  const parts: TensorValue[] = [];
  for (const name of query.of) {
    const factor = instance.factors.get(name);
    const part = factor && logOfFactor(factor, frame, expr.span);
    if (part === undefined) return invalid;
    parts.push(part);
  }
  if (frame.program) decide(frame.program.decisions, { kind: 'density', text, variables: query.of });
  const total = sumOf(parts, frame);
  frame.context.b.label(total.node, labelOf(query));
  return { ...total, terms: [{ text, value: total }] };
}

/** `log_p_x_z`, in the words of the spec: what an objective of a library calls its roles reaches no kernel. */
function labelOf({ model, of, values }: DensityQuery): string {
  const given = [...values.keys()].filter((name) => !of.includes(name));
  const variables = [...of, ...given];
  return ['log', model.declaration.name.text, ...(variables.length > 4 ? [] : variables)].join('_');
}

function logOfDistribution(distribution: DistributionValue, expr: ExprOf<'call'>, frame: Frame): Value {
  const [only] = expr.args;
  const value = only && tensorOf(frame, only.value);
  if (only === undefined || value === undefined) return invalid;
  return (
    logOfFactor({ variable: printExpr(only.value), distribution, value, span: only.span }, frame, expr.span) ?? invalid
  );
}

/** The factors of a query's left side, at its values. */
export function instanceOf(query: DensityQuery, frame: Frame): ModelInstance | undefined {
  return instantiate(query.model, query.of, query.values, (variable) => query.values.get(variable), frame);
}

/** log p(value), summed over the variable's own shape: nats, one number a row (and a draw). */
export function logOfFactor(factor: Factor, frame: Frame, span: Span): TensorValue | undefined {
  const { b } = frame.context;
  const { distribution, value } = factor;
  if (value === undefined) {
    const params = { expected: `a value for '${factor.variable}'`, found: 'none' };
    frame.context.session.report('wrong-type', span, params);
    return undefined;
  }
  if (!checkValue(factor, value, frame)) return undefined;
  const rule = { linearity: nonlinear, what: `the density of '${factor.variable}'`, span };
  if (!isSound(frame, [value, distribution], rule)) return undefined;
  const plates = joinPlates([distribution.plates, value.plates]);
  const parameters = parametersOver(frame, distribution, plates);
  const node = spread(frame, value, plates, distribution.shape);
  const family = distribution.distribution;
  const at = family.dtype === 'f32' && node.dtype === 'u32' ? b.map('toF32', node) : node;
  const total = b.sumFrom(family.logProb(b, parameters, at), plates.length);
  frame.program?.densities.push({ node: total, of: node });
  const flags = inherited(frame, [value, distribution]);
  return { kind: 'tensor', node: total, support: { kind: 'real' }, shape: [], plates, unit: 'nats', ...flags };
}

/** Shape and support of a value against the distribution that should have drawn it. */
function checkValue(factor: Factor, value: TensorValue, frame: Frame): boolean {
  const { session } = frame.context;
  const { distribution, variable, span } = factor;
  if (!sameShape(distribution.shape, value.shape)) {
    const params = {
      left: describeShape(distribution.shape),
      right: describeShape(value.shape),
      of: `the distribution of '${variable}' and its value`,
    };
    session.report('shape-mismatch', span, params);
    return false;
  }
  const family = distribution.distribution;
  const support = family.support(distribution.parameters);
  if (liesWithin(value.support, support) || support.kind === 'interval') return true;
  if (family.relaxed?.support === value.support.kind) {
    session.report(family.relaxed.warning, span, {});
    return true;
  }
  session.report('outside-support', span, {
    value: `'${variable}'`,
    found: describeSupport(value.support),
    of: `a ${family.name}`,
    expected: describeSupport(support),
    hint: `; ${family.remedy === undefined ? '' : `${family.remedy}, or `}choose another family`,
  });
  return false;
}

export function sumOf(parts: readonly TensorValue[], frame: Frame): TensorValue {
  const { b } = frame.context;
  return parts.reduce((sum, part) =>
    deriveLinearly(frame, [sum, part], ([left, right]) => {
      const plates = joinPlates([left!.plates, right!.plates]);
      const node = b.add(spread(frame, left!, plates, []), spread(frame, right!, plates, []));
      return { node, support: { kind: 'real' }, shape: [], plates, unit: commonUnit([left!.unit, right!.unit]) };
    }),
  );
}

/** Vectors and tensors as one vector, one after the other. */
export function inARow(parts: readonly TensorValue[], frame: Frame): TensorValue {
  const { b } = frame.context;
  return deriveLinearly(frame, parts, (all) => {
    const plates = joinPlates(all.map((part) => part.plates));
    const extents = plates.map((plate) => plate.extent);
    const rows = all.map((part) =>
      b.reshape(spread(frame, part, plates, part.shape), [...extents, sizeOf(part.shape)]),
    );
    const shape = [rows.reduce((sum, row) => sum + row.shape.at(-1)!, 0)];
    const unit = commonUnit(all.map((part) => part.unit));
    return { node: b.concat(rows, plates.length), support: { kind: 'real' }, shape, plates, unit };
  });
}
