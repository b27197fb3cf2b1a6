/** Distributions as values: `Normal(mu, scale)`, `Normal(0, 1)[latent]`, `Normal(0, 1) like x`. */
import type { Argument, ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import { sameShape } from '../4-tensor/builder.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import type { Distribution, ParameterForm, ParameterSpec } from '../distributions/distribution.ts';
import { distributions } from '../distributions/index.ts';
import { didYouMeanOf } from '../diagnostics/suggest.ts';
import type { Frame } from './context.ts';
import { inherited, isSound, nonlinear } from './derive.ts';
import { staticCount } from './static.ts';
import { isKind } from './supports.ts';
import { floating, joinPlates, spread, tensorOf, toTensor } from './tensors.ts';
import {
  describe,
  describeShape,
  invalid,
  number,
  type DistributionValue,
  type TensorValue,
  type Value,
} from './values.ts';

export function callDistribution(name: string, expr: ExprOf<'call'>, frame: Frame): Value {
  const distribution = distributions[name]!;
  const over = distribution.over && overRange(distribution.over, expr, frame);
  if (over !== undefined) return over;
  const written = matchForms(distribution, expr.args, expr, frame);
  if (written === undefined) return invalid;
  const canonical = new Map<string, TensorValue>();
  for (const spec of distribution.parameters) {
    const given = written.get(spec.name);
    if (given === undefined) continue;
    const plain = spec.static === true ? staticParameter(given, name, frame) : given.value;
    if (plain?.kind === 'invalid') return invalid;
    const value = plain === undefined ? tensorOf(frame, given.arg!.value) : toTensor(frame, plain, expr.span);
    if (value === undefined || !checkSupport(value, given.form, given.arg, name, frame)) return invalid;
    const node = given.form.toCanonical?.(frame.context.b, floating(value, frame)) ?? floating(value, frame);
    canonical.set(spec.name, { ...value, node });
  }
  return assemble(distribution, canonical, expr, frame);
}

/** `Uniform(1..T)`: the family over whole numbers; undefined where the argument is no range. */
function overRange(over: NonNullable<Distribution['over']>, expr: ExprOf<'call'>, frame: Frame): Value | undefined {
  const [only, another] = expr.args;
  const isRange = only?.value.kind === 'binary' && only.value.operator === '..';
  if (!isRange || only.name !== undefined || another !== undefined) return undefined;
  const range = frame.elaborate(only.value);
  if (range.kind !== 'range') return invalid;
  const low = staticCount(range.from, only.span, 'the start of a range', frame, 0);
  const high = low === undefined ? undefined : staticCount(range.to, only.span, 'the end of a range', frame, low);
  if (low === undefined || high === undefined) return invalid;
  return {
    kind: 'distribution',
    distribution: over(low, high),
    parameters: {},
    shape: [],
    plates: [],
    span: expr.span,
  };
}

interface Written {
  readonly form: ParameterForm;
  readonly arg?: Argument;
  readonly value?: Value;
}

/** A whole number from 2 on that is known when compiling: the levels of a DiscretizedLogistic. */
function staticParameter({ form, arg, value }: Written, of: string, frame: Frame): Value | undefined {
  if (arg === undefined) return value;
  const { span } = arg.value;
  const count = staticCount(frame.elaborate(arg.value), span, `'${form.name}'`, frame);
  if (count === undefined) return invalid;
  if (count >= 2) return number(count);
  const params = { name: form.name, of, found: String(count), expected: 'a whole number of at least 2', hint: '' };
  frame.context.session.report('parameter-support', span, params);
  return invalid;
}

/** Which parameter each argument is, in which form: positions follow the parameters, each in its first form. */
function matchForms(
  distribution: Distribution,
  args: readonly Argument[],
  expr: ExprOf<'call'>,
  frame: Frame,
): Map<string, Written> | undefined {
  const { session } = frame.context;
  const found = new Map<string, Written>();
  const of = distribution.name;
  let position = 0;
  for (const arg of args) {
    let spec: ParameterSpec | undefined;
    let form: ParameterForm | undefined;
    if (arg.name === undefined) {
      spec = distribution.parameters[position++];
      form = spec?.forms[0];
      if (spec === undefined || form === undefined) {
        session.report('too-many-arguments', arg.span, { of, limit: distribution.parameters.length });
        return undefined;
      }
    } else {
      const name = arg.name.text;
      spec = distribution.parameters.find((candidate) => candidate.forms.some((f) => f.name === name));
      form = spec?.forms.find((f) => f.name === name);
      if (spec === undefined || form === undefined) {
        const known = distribution.parameters.flatMap((candidate) => candidate.forms.map((f) => f.name));
        session.report('unknown-argument', arg.span, { of, name, hint: didYouMeanOf(name, known) });
        return undefined;
      }
    }
    if (found.has(spec.name)) {
      session.report('repeated-argument', arg.span, { name: spec.name });
      return undefined;
    }
    found.set(spec.name, { form, arg });
  }
  for (const spec of distribution.parameters) {
    if (found.has(spec.name)) continue;
    if (spec.default === undefined) {
      const name = spec.forms.map((form) => `${form.name}:`).join("' or '");
      session.report('missing-argument', expr.span, { of, name });
      return undefined;
    }
    const value: Value = {
      kind: 'scalar',
      value: spec.default,
      expression: { kind: 'number', value: spec.default },
    };
    found.set(spec.name, { form: spec.forms.find((f) => f.toCanonical === undefined)!, value });
  }
  return found;
}

function checkSupport(
  value: TensorValue,
  form: ParameterForm,
  arg: Argument | undefined,
  of: string,
  frame: Frame,
): boolean {
  if (arg === undefined || isKind(value.support, form.support) || constantWithin(value.node, form.support)) return true;
  if (form.mayVanish && frame.program?.kind === 'sample' && mayBeNothing(value)) return true;
  const text = printExpr(arg.value);
  const hints: Readonly<Record<string, string>> = {
    positive: `; write softplus(${text}), or exp(${text}) of a logarithm: of half a log variance for a standard deviation`,
    unit: `; write sigmoid(${text}), or give 'logits:'`,
    simplex: `; write softmax(${text}), or give 'logits:'`,
  };
  frame.context.session.report('parameter-support', arg.value.span, {
    name: form.name,
    of,
    found: describe(value),
    expected: form.support,
    hint: hints[form.support] ?? '',
  });
  return false;
}

/** Not negative: in a sample program a scale of 0 is a point mass. */
function mayBeNothing(value: TensorValue): boolean {
  return isKind(value.support, 'nonnegative') || constantWithin(value.node, 'nonnegative');
}

/** Fixed numbers are checked by their value. */
function constantWithin(node: Node, support: ParameterForm['support']): boolean {
  const values = node.kind === 'constant' ? [node.value] : node.kind === 'array' ? node.values : undefined;
  if (values === undefined) return false;
  switch (support) {
    case 'positive':
      return values.every((value) => value > 0);
    case 'nonnegative':
      return values.every((value) => value >= 0);
    case 'unit':
      return values.every((value) => value >= 0 && value <= 1);
    case 'count':
      return values.every((value) => Number.isInteger(value) && value >= 0);
    case 'simplex':
      return Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-6 && values.every((value) => value >= 0);
    default:
      return false;
  }
}

/** Brings the parameters to one shape: the variable's. */
function assemble(
  distribution: Distribution,
  canonical: ReadonlyMap<string, TensorValue>,
  expr: ExprOf<'call'>,
  frame: Frame,
): Value {
  let shape: Shape = [];
  const plates = joinPlates([...canonical.values()].map((value) => value.plates));
  for (const spec of distribution.parameters) {
    const value = canonical.get(spec.name)!;
    const own = value.shape.slice(0, value.shape.length - spec.eventRank);
    if (value.shape.length < spec.eventRank) {
      const params = { expected: `an axis of categories in '${spec.name}'`, found: describe(value) };
      frame.context.session.report('wrong-type', expr.span, params);
      return invalid;
    }
    if (own.length === 0) continue;
    if (shape.length > 0 && !sameShape(shape, own)) {
      const params = {
        left: describeShape(shape),
        right: describeShape(own),
        of: `the arguments of ${distribution.name}`,
      };
      frame.context.session.report('shape-mismatch', expr.span, params);
      return invalid;
    }
    shape = own;
  }
  const given = [...canonical.values()];
  const rule = { linearity: nonlinear, what: `'${printExpr(expr)}'`, span: expr.span };
  if (!isSound(frame, given, rule)) return invalid;
  const { deferred } = inherited(frame, given);
  const unshaped: DistributionValue = {
    kind: 'distribution',
    distribution,
    parameters: Object.fromEntries([...canonical].map(([name, value]) => [name, value.node])),
    shape: [],
    plates,
    ...(deferred && { deferred }),
    span: expr.span,
  };
  const parts = distribution.parameters.map((spec) => {
    const value = canonical.get(spec.name)!;
    return [spec, value, value.shape.slice(value.shape.length - spec.eventRank)] as const;
  });
  const parameters = Object.fromEntries(
    parts.map(([spec, value, event]) => [spec.name, spreadParameter(frame, value, plates, shape, event)]),
  );
  return { ...unshaped, parameters, shape };
}

function spreadParameter(
  frame: Frame,
  value: TensorValue,
  plates: DistributionValue['plates'],
  shape: Shape,
  event: Shape,
): Node {
  if (value.shape.length > event.length) return spread(frame, value, plates, [...shape, ...event]);
  const { b } = frame.context;
  const lead = value.plates.map((plate) => plates.findIndex((other) => other.id === plate.id));
  const own = event.map((_, i) => plates.length + shape.length + i);
  return b.broadcast(value.node, [...plates.map((plate) => plate.extent), ...shape, ...event], [...lead, ...own]);
}

/** The same distribution for a variable of a larger shape, independent along the new leading axes. */
export function reshaped(value: DistributionValue, shape: Shape, frame: Frame): DistributionValue {
  const parameters: Record<string, Node> = {};
  for (const spec of value.distribution.parameters) {
    const node = value.parameters[spec.name]!;
    const event = node.shape.slice(node.shape.length - spec.eventRank);
    const own = node.shape.slice(value.plates.length, node.shape.length - spec.eventRank);
    const inner: TensorValue = {
      kind: 'tensor',
      node,
      support: { kind: 'real' },
      shape: [...own, ...event],
      plates: value.plates,
    };
    const { b } = frame.context;
    const extents = value.plates.map((plate) => plate.extent);
    const full = [...extents, ...shape, ...event];
    const axes = [...extents.keys(), ...inner.shape.map((_, i) => full.length - inner.shape.length + i)];
    parameters[spec.name] = b.broadcast(node, full, axes);
  }
  return { ...value, parameters, shape };
}

/** `Normal(0, 1)[latent]`. */
export function repeatDistribution(value: DistributionValue, expr: ExprOf<'index'>, frame: Frame): Value {
  const extents: number[] = [];
  for (const index of expr.indices) {
    const found = staticCount(frame.elaborate(index), index.span, 'an extent of a shape', frame);
    if (found === undefined) return invalid;
    extents.push(found);
  }
  if (sameShape(value.shape, extents)) return value;
  return reshaped(value, [...extents, ...value.shape], frame);
}
