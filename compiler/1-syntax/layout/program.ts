/** How the clauses of train, infer and evaluate are laid out: one a line. */
import { builders } from 'prettier/doc';
import type { Clause, Goal, Report, Turn } from '../ast.ts';
import { whole } from './expression.ts';
import { block, series, stacked } from './layout.ts';
import type { Doc, Layout } from './layout.ts';

const { group, hardline, indent, join, line } = builders;

export function clauses(items: readonly Clause[], cx: Layout): Doc {
  if (items.length === 0) return block(cx, items, clause);
  return ['{', indent([hardline, stacked(cx, items, clause)]), hardline, '}'];
}

function clause(node: Clause, cx: Layout): Doc {
  switch (node.kind) {
    case 'data':
      return ['data ', whole(node.value, cx)];
    case 'goal':
      return goal(node.goal, cx);
    case 'setting':
      return [`${node.name} `, whole(node.value, cx)];
    case 'over':
      return over(node.nets, cx);
    case 'alternate':
      return ['alternate ', block(cx, node.turns, turn)];
    case 'track': {
      const unit = node.every.kind === 'number' && node.every.value === 1 ? node.unit : `${node.unit}s`;
      const items = node.reports.map((item) => cx.child(item, report));
      const inside = items.length === 0 ? '{}' : ['{', indent([line, join([',', line], items)]), line, '}'];
      return ['track every ', whole(node.every, cx), ` ${unit} `, group(inside)];
    }
    case 'report':
      return group(['report ', series(node.reports.map((item) => cx.child(item, report)))]);
    case 'coordinate-ascent': {
      const { model, over: guide, until } = node;
      const head = ['coordinate_ascent ', whole(model, cx), ' over ', whole(guide, cx)];
      if (until === undefined) return head;
      const stop = ['until ', whole(until.value, cx), ' changes < ', whole(until.tolerance, cx)];
      return group([head, indent([line, stop])]);
    }
  }
}

function goal(node: Goal, cx: Layout): Doc {
  const parts = [
    node.over.length === 0 ? [] : [line, over(node.over, cx)],
    node.with === undefined ? [] : [line, 'with ', whole(node.with, cx)],
  ];
  return group([`${node.sense} `, whole(node.objective, cx), indent(parts)]);
}

function over(nets: Goal['over'], cx: Layout): Doc {
  return group(['over ', series(nets.map((net) => whole(net, cx)))]);
}

function turn(node: Turn, cx: Layout): Doc {
  if (node.repeat === undefined) return node.goals.map((item) => cx.child(item, goal));
  return ['repeat ', whole(node.repeat, cx), ' ', block(cx, node.goals, goal)];
}

function report(node: Report, cx: Layout): Doc {
  return [whole(node.value, cx), node.on === undefined ? '' : [' on ', whole(node.on, cx)]];
}
