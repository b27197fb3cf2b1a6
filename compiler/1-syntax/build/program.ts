/** The clauses of train, infer and evaluate. */
import type {
  AlternateCstNode,
  ClauseCstNode,
  CoordinateAscentCstNode,
  GoalCstNode,
  OverCstNode,
  ReportCstNode,
  SettingCstNode,
  TrackCstNode,
} from '../../../grammar/cst.generated.d.ts';
import type { Clause, Expr, Goal, Report, Turn } from '../ast.ts';
import { settingNames } from '../ast.ts';
import { nodeSpan, one, the } from './context.ts';
import type { Context } from './context.ts';

export function clause(cx: Context, node: ClauseCstNode): Clause {
  const span = nodeSpan(cx, node);
  const { children } = node;
  if (children.report !== undefined) return { kind: 'report', reports: reports(cx, children.report), span };
  const sought = one(children.goal);
  if (sought !== undefined) return { kind: 'goal', goal: goal(cx, sought), span };
  const set = one(children.setting);
  if (set !== undefined) return setting(cx, set);
  const nets = one(children.over);
  if (nets !== undefined) return { kind: 'over', nets: over(cx, nets), span };
  const players = one(children.alternate);
  if (players !== undefined) return alternate(cx, players);
  const tracked = one(children.track);
  if (tracked !== undefined) return track(cx, tracked);
  const ascent = one(children.coordinateAscent);
  if (ascent !== undefined) return coordinateAscent(cx, ascent);
  return { kind: 'data', value: cx.expression(the(children.expression)), span };
}

function setting(cx: Context, node: SettingCstNode): Clause {
  const { expression, ...words } = node.children;
  const token = the(Object.values(words).flatMap((tokens) => tokens ?? []));
  const name = the(settingNames.filter((known) => known === token.image));
  return { kind: 'setting', name, value: cx.expression(the(expression)), span: nodeSpan(cx, node) };
}

function goal(cx: Context, node: GoalCstNode): Goal {
  const [, optimizer] = node.children.expression;
  const nets = one(node.children.over);
  return {
    sense: one(node.children.Minimize) ? 'minimize' : 'maximize',
    objective: cx.expression(the(node.children.expression)),
    over: nets === undefined ? [] : over(cx, nets),
    ...(optimizer && { with: cx.expression(optimizer) }),
    span: nodeSpan(cx, node),
  };
}

function over(cx: Context, node: OverCstNode): readonly Expr[] {
  return node.children.expression.map((item) => cx.expression(item));
}

function alternate(cx: Context, node: AlternateCstNode): Clause {
  const turns = (node.children.turn ?? []).map((item): Turn => {
    const repeat = one(item.children.expression);
    return {
      ...(repeat && { repeat: cx.expression(repeat) }),
      goals: (item.children.goal ?? []).map((sought) => goal(cx, sought)),
      span: nodeSpan(cx, item),
    };
  });
  return { kind: 'alternate', turns, span: nodeSpan(cx, node) };
}

function track(cx: Context, node: TrackCstNode): Clause {
  const { expression, Step, Steps, report } = node.children;
  return {
    kind: 'track',
    every: cx.expression(the(expression)),
    unit: (Step ?? Steps) ? 'step' : 'epoch',
    reports: reports(cx, report ?? []),
    span: nodeSpan(cx, node),
  };
}

function reports(cx: Context, nodes: readonly ReportCstNode[]): readonly Report[] {
  return nodes.map((node) => {
    const [, on] = node.children.expression;
    const value = cx.expression(the(node.children.expression));
    return { value, ...(on && { on: cx.expression(on) }), span: nodeSpan(cx, node) };
  });
}

function coordinateAscent(cx: Context, node: CoordinateAscentCstNode): Clause {
  const [model, guide, value, tolerance] = node.children.expression.map((item) => cx.expression(item));
  return {
    kind: 'coordinate-ascent',
    model: model!,
    over: guide!,
    ...(value && tolerance && { until: { value, tolerance } }),
    span: nodeSpan(cx, node),
  };
}
