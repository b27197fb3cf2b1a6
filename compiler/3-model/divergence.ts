/**
 * KL(q(z | x) || p(z)), factor by factor. KL(q || p) = Σ_v E[KL(q(v | …) || p(v | …))]: a factor is in closed form iff
 * the pair of families has a rule and no parent of v in the model is a descendant of v in the guide (else the inner
 * expectation would run over something that p's factor itself depends on); any other factor stays the log-ratio
 * log q(v) - log p(v) at the shared draw.
 */
import type { ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import { didYouMean, didYouMeanOf } from '../diagnostics/suggest.ts';
import type { Frame } from '../2-check/context.ts';
import { inherited, isSound, nonlinear } from '../2-check/derive.ts';
import { liesWithin } from '../2-check/supports.ts';
import { joinPlates } from '../2-check/tensors.ts';
import { sameShape } from '../4-tensor/builder.ts';
import {
  describe,
  describeShape,
  invalid,
  type DistributionValue,
  type TensorValue,
  type Value,
  type Factor,
} from '../2-check/values.ts';
import { inARow, instanceOf, logOfFactor, sumOf } from './density.ts';
import { isTractable, readDensity, type DensityQuery } from './query.ts';
import { decide } from '../2-check/derivation.ts';
import { parametersOver } from './draw.ts';
import { sharedDraw } from './sharing.ts';
import { ancestors, structureOf } from '../2-check/structure.ts';

interface Options {
  readonly perDimension: boolean;
  readonly monteCarlo: boolean;
}

export function elaborateDivergence(expr: ExprOf<'divergence'>, frame: Frame): Value {
  const options = readOptions(expr, frame);
  if (options === undefined) return invalid;
  const between = distributionsOf(expr, frame);
  if (between === 'wrong') return invalid;
  if (between !== undefined) return ofDistributions(between[0], between[1], options, expr, frame);
  const q = readDensity(expr.left, frame);
  const p = readDensity(expr.right, frame);
  if (q === undefined || p === undefined) return invalid;
  return ofDensities(q, p, options, expr, frame);
}

function readOptions(expr: ExprOf<'divergence'>, frame: Frame): Options | undefined {
  const { session } = frame.context;
  let perDimension = false;
  let monteCarlo = false;
  for (const option of expr.options) {
    const name = option.name?.text ?? '';
    const value = printExpr(option.value);
    if (name === 'per' && value === 'dim') perDimension = true;
    else if (name === 'by' && value === 'monte_carlo') monteCarlo = true;
    else if (name === 'by' && value === 'closed_form') monteCarlo = false;
    else if (name === 'per' || name === 'by') {
      const expected = name === 'per' ? "'per: dim'" : "'by: monte_carlo' or 'by: closed_form'";
      session.report('wrong-type', option.span, { expected, found: `'${name}: ${value}'` });
      return undefined;
    } else {
      session.report('unknown-argument', option.span, { of: 'KL', name, hint: didYouMeanOf(name, ['per', 'by']) });
      return undefined;
    }
  }
  return { perDimension, monteCarlo };
}

/** `KL(Normal(m, s) || Normal(0, 1))`: two distributions as they stand. */
function distributionsOf(
  expr: ExprOf<'divergence'>,
  frame: Frame,
): readonly [DistributionValue, DistributionValue] | 'wrong' | undefined {
  const isDistribution = (side: ExprOf<'divergence'>['left']): boolean => {
    if (side.kind === 'like') return true;
    const call = side.kind === 'index' ? side.object : side;
    if (call.kind !== 'call' || call.callee.kind !== 'name') return false;
    return frame.lookup(call.callee.text) === undefined && !frame.scope.names.has(call.callee.text);
  };
  if (!isDistribution(expr.left) || !isDistribution(expr.right)) return undefined;
  const left = frame.elaborate(expr.left);
  const right = frame.elaborate(expr.right);
  if (left.kind === 'invalid' || right.kind === 'invalid') return 'wrong';
  if (left.kind === 'distribution' && right.kind === 'distribution') return [left, right];
  const found = left.kind === 'distribution' ? right : left;
  frame.context.session.report('wrong-type', expr.span, { expected: 'two distributions', found: describe(found) });
  return 'wrong';
}

function ofDistributions(
  q: DistributionValue,
  p: DistributionValue,
  options: Options,
  expr: ExprOf<'divergence'>,
  frame: Frame,
): Value {
  const factor = (distribution: DistributionValue): Factor => ({ variable: 'it', distribution, span: expr.span });
  if (!compatible(factor(q), factor(p), frame)) return invalid;
  if (q.distribution.kl?.[p.distribution.name] === undefined) {
    const what = `KL of a ${q.distribution.name} from a ${p.distribution.name} without a draw`;
    frame.context.session.report('not-supported', expr.span, {
      what,
      instead: '; take the expectation of log p - log q',
    });
    return invalid;
  }
  const exact = closedForm(q, p, expr, frame);
  return exact ? finish([exact], false, options, expr, frame) : invalid;
}

function ofDensities(
  q: DensityQuery,
  p: DensityQuery,
  options: Options,
  expr: ExprOf<'divergence'>,
  frame: Frame,
): Value {
  const { session, b } = frame.context;
  const missing = p.of.find((name) => !q.of.includes(name));
  if (missing !== undefined) {
    session.report('undrawn-latent', expr.right.span, { name: missing, model: describe(p.model) });
    return invalid;
  }
  const unasked = q.of.find((name) => !p.of.includes(name));
  if (unasked !== undefined) {
    const hint = didYouMean(unasked, p.of);
    session.report('unknown-variable', expr.left.span, { name: unasked, model: `'${p.text}'`, hint });
    return invalid;
  }
  const unbound = new Map([...q.values].filter(([name]) => !q.of.includes(name)));
  if (!isTractable({ ...q, values: unbound }, frame)) return invalid;
  const drawn = q.of.every((name) => q.values.has(name))
    ? instanceOf(q, frame)
    : sharedDraw({ ...q, values: unbound }, undefined, frame);
  if (drawn === undefined) return invalid;
  const values = new Map(p.values);
  for (const [name, factor] of drawn.factors) if (factor.value) values.set(name, values.get(name) ?? factor.value);
  const target = { ...p, values };
  const tractable = new Map([...values].filter(([name]) => !p.of.includes(name)));
  if (!isTractable({ ...p, values: tractable }, frame)) return invalid;
  const prior = instanceOf(target, frame);
  if (prior === undefined) return invalid;
  const parts: TensorValue[] = [];
  let estimated = false;
  for (const name of q.of) {
    const [a, c] = [drawn.factors.get(name)!, prior.factors.get(name)!];
    if (!compatible(a, c, frame)) return invalid;
    const reason = whyNotClosed(a, c, q, p, options);
    const families = [a.distribution.distribution.name, c.distribution.distribution.name] as const;
    const method = reason === undefined ? 'closed form' : 'Monte Carlo';
    decide(frame.program!.decisions, {
      kind: 'divergence',
      text: printExpr(expr),
      variable: name,
      families,
      method,
      reason:
        reason ??
        `KL(${families[0]} || ${families[1]}) has a closed form, and no parent of '${name}' in the model descends from it in the guide`,
    });
    const part =
      reason === undefined
        ? closedForm(a.distribution, c.distribution, expr, frame)
        : logRatio(a, c, options, expr, frame);
    if (part === undefined) return invalid;
    parts.push(part);
    estimated ||= reason !== undefined;
  }
  const result = finish(parts, estimated && !options.monteCarlo, options, expr, frame);
  if (result.kind === 'tensor') b.label(result.node, 'kl');
  return result;
}

/** Why a factor has no closed form; undefined where it has one. */
function whyNotClosed(
  q: Factor,
  p: Factor,
  of: DensityQuery,
  under: DensityQuery,
  options: Options,
): string | undefined {
  if (options.monteCarlo) return "'by: monte_carlo' asks for it";
  const [from, to] = [q.distribution.distribution, p.distribution.distribution];
  if (from.kl?.[to.name] === undefined) return `KL(${from.name} || ${to.name}) has no closed form`;
  const guide = structureOf(of.model.declaration);
  const parents = structureOf(under.model.declaration).parents.get(q.variable) ?? new Set<string>();
  const descendant = [...parents].find((parent) => of.of.includes(parent) && ancestors(guide, parent).has(q.variable));
  if (descendant === undefined) return undefined;
  return `its parent '${descendant}' in the model descends from '${q.variable}' in the guide`;
}

/** Families over one set, variables of one shape. */
function compatible(q: Factor, p: Factor, frame: Frame): boolean {
  const { session } = frame.context;
  const [a, c] = [q.distribution, p.distribution];
  const [inner, outer] = [a.distribution.support(a.parameters), c.distribution.support(c.parameters)];
  if (!sameShape(a.shape, c.shape)) {
    const params = {
      left: describeShape(a.shape),
      right: describeShape(c.shape),
      of: `'${q.variable}' in guide and model`,
    };
    session.report('shape-mismatch', q.span, params, [{ message: 'the model draws it here', span: p.span }]);
    return false;
  }
  if (liesWithin(inner, outer)) return true;
  const params = { variable: q.variable, q: a.distribution.name, p: c.distribution.name };
  session.report('guide-support', q.span, params, [{ message: 'the model draws it here', span: p.span }]);
  return false;
}

/** One number an entry of the variable. */
function closedForm(
  q: DistributionValue,
  p: DistributionValue,
  expr: ExprOf<'divergence'>,
  frame: Frame,
): TensorValue | undefined {
  if (!isSound(frame, [q, p], { linearity: nonlinear, what: 'KL', span: expr.span })) return undefined;
  const plates = joinPlates([q.plates, p.plates]);
  const rule = q.distribution.kl![p.distribution.name]!;
  const node = rule(frame.context.b, parametersOver(frame, q, plates), parametersOver(frame, p, plates));
  const flags = inherited(frame, [q, p]);
  return { kind: 'tensor', node, support: { kind: 'real' }, shape: q.shape, plates, unit: 'nats', ...flags };
}

function logRatio(
  q: Factor,
  p: Factor,
  options: Options,
  expr: ExprOf<'divergence'>,
  frame: Frame,
): TensorValue | undefined {
  const { b } = frame.context;
  if (options.perDimension) return entryRatio(p, q, expr, frame);
  const a = logOfFactor(q, frame, expr.span);
  const c = logOfFactor({ ...p, ...(q.value && { value: q.value }) }, frame, expr.span);
  if (a === undefined || c === undefined) return undefined;
  return sumOf([a, { ...c, node: b.neg(c.node) }], frame);
}

/** log q - log p entry by entry: both factors are independent across their entries. */
function entryRatio(p: Factor, q: Factor, expr: ExprOf<'divergence'>, frame: Frame): TensorValue | undefined {
  const { b } = frame.context;
  if (q.value === undefined) return undefined;
  const from = [q.distribution, p.distribution, q.value];
  if (!isSound(frame, from, { linearity: nonlinear, what: 'KL', span: expr.span })) return undefined;
  const plates = joinPlates([q.distribution.plates, p.distribution.plates, q.value.plates]);
  const at = parametersOver(
    frame,
    { ...q.distribution, parameters: { value: q.value.node }, plates: q.value.plates },
    plates,
  );
  const log = (factor: Factor): TensorValue['node'] =>
    factor.distribution.distribution.logProb(b, parametersOver(frame, factor.distribution, plates), at['value']!);
  return {
    kind: 'tensor',
    node: b.sub(log(q), log(p)),
    support: { kind: 'real' },
    shape: q.distribution.shape,
    plates,
    unit: 'nats',
    ...inherited(frame, from),
  };
}

/** The sum over the factors; with `per: dim` every entry of every factor, one after the other. */
function finish(
  parts: readonly TensorValue[],
  estimate: boolean,
  options: Options,
  expr: ExprOf<'divergence'>,
  frame: Frame,
): Value {
  const { b } = frame.context;
  const flags = estimate ? ({ estimate: 'divergence' } as const) : {};
  if (options.perDimension) {
    return { ...inARow(parts, frame), ...flags };
  }
  const sums = parts.map((part): TensorValue => ({
    ...part,
    node: b.sumFrom(part.node, part.plates.length),
    shape: [],
  }));
  const total = sumOf(sums, frame);
  return { ...total, ...flags, terms: [{ text: printExpr({ ...expr, options: [] }), value: total }] };
}
