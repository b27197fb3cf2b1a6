/** What a law of simplification is. */
import type { Builder } from '../../builder.ts';
import type { Node, NodeOf } from '../../ir.ts';
import type { OpName } from '../../../ops/index.ts';

/** How often each node of the function is used; nodes made since are unknown. */
export type Uses = ReadonlyMap<Node, number>;

export interface Rule {
  /** The law, as mathematics: `log(exp(x)) = x`. */
  readonly law: string;
  /** The lighter node, or undefined where the law does not apply. The arguments of `node` are in normal form. */
  readonly rewrite: (b: Builder, node: Node, uses: Uses) => Node | undefined;
}

type MapRewrite = (b: Builder, args: readonly Node[], node: NodeOf<'map'>) => Node | undefined;

/** A law of one op, or of several that share it. */
export function mapRule(law: string, rewrite: MapRewrite): Rule {
  return { law, rewrite: (b, node) => (node.kind === 'map' ? rewrite(b, node.args, node) : undefined) };
}

/** A law of a unary op. */
export function unary(law: string, rewrite: (b: Builder, x: Node) => Node | undefined): Rule {
  return mapRule(law, (b, [x]) => rewrite(b, x!));
}

/** A law of a binary op. */
export function binary(law: string, rewrite: (b: Builder, x: Node, y: Node) => Node | undefined): Rule {
  return mapRule(law, (b, [x, y]) => rewrite(b, x!, y!));
}

export type MapRules = { readonly [Op in OpName]?: readonly Rule[] };

type KindRewrite<Kind extends Node['kind']> = (b: Builder, node: NodeOf<Kind>, uses: Uses) => Node | undefined;

/** A law of a kind of node. */
export function kindRule<Kind extends Node['kind']>(kind: Kind, law: string, rewrite: KindRewrite<Kind>): Rule {
  const holds = (node: Node): node is NodeOf<Kind> => node.kind === kind;
  return { law, rewrite: (b, node, uses) => (holds(node) ? rewrite(b, node, uses) : undefined) };
}

export type KindRules = { readonly [Kind in Node['kind']]?: readonly Rule[] };
