/**
 * Names of a function's tensors and kernels: the labels of the tensor IR where there are some, else the name of the
 * nearest labelled node with what is done to it. No name counts nodes, so an edit elsewhere leaves it alone.
 */
import { readBy, type Node } from '../../4-tensor/ir.ts';
import { identifier, Names } from '../names.ts';
import type { Demand } from './demand.ts';
import type { Fusion } from './fusion.ts';
import type { Reducing } from './groups.ts';

export interface NodeNames {
  readonly tensor: (node: Node) => string;
  readonly kernel: (members: readonly Node[], stored: readonly Node[]) => string;
  readonly accumulator: (node: Reducing) => string;
}

export function nameNodes(fusion: Fusion, demand: Demand): NodeNames {
  const { layout } = fusion.context;
  const kernels = new Names();

  const raw = (node: Node): string | undefined => {
    const label = fusion.labelOf(node) ?? labelAbove(fusion, node);
    if (label !== undefined) return label;
    for (const target of demand.targets.get(node) ?? []) {
      if (target.kind === 'output') return target.output.name;
      const parameter = layout.parameters.find(({ offset }) => offset === target.offset);
      if (parameter !== undefined) return `${parameter.path}_gradient`;
    }
    return undefined;
  };
  const own = (node: Node): string | undefined => {
    const name = raw(node);
    return name === undefined ? undefined : identifier(name);
  };

  /** The nearest name below: breadth first, so that the closest wins. */
  const near = (node: Node): string | undefined => {
    const seen = new Set<Node>([node]);
    let level: readonly Node[] = [node];
    while (level.length > 0) {
      for (const one of level) {
        const name = raw(one) ?? (one.kind === 'input' ? inputName(one) : undefined);
        if (name !== undefined) return name;
      }
      const next: Node[] = [];
      for (const one of level)
        for (const arg of readBy(one))
          if (!seen.has(arg)) {
            seen.add(arg);
            next.push(arg);
          }
      level = next;
    }
    return undefined;
  };

  const tensor = (node: Node): string => {
    const name = own(node);
    if (name !== undefined) return name;
    const below = near(node);
    const what = node.kind === 'map' || node.kind === 'reduce' ? node.op : node.kind;
    return below === undefined ? identifier(what) : identifier(`${below}_${what}`);
  };

  return {
    tensor,
    accumulator: accumulatorName,
    kernel: (members, stored) => {
      // A sum that rides along is not what the kernel is for.
      const labels = members
        .filter((node) => !fusion.riders.has(node))
        .flatMap((node) => fusion.labelOf(node) ?? labelAbove(fusion, node) ?? []);
      if (labels.length === 0) labels.push(...stored.flatMap((node) => labelBelow(fusion, node)));
      const found =
        labels.length > 0
          ? labels.map(identifier)
          : stored.filter((node) => !fusion.riders.has(node)).flatMap((node) => own(node) ?? []);
      const [first, last] = [found[0], found.at(-1)];
      if (first === undefined || last === undefined) return kernels.unique(tensor(stored.at(-1)!));
      return kernels.unique(first === last ? first : `${first}__${last}`);
    },
  };
}

/** The label of the same elements in another shape. */
function labelAbove(fusion: Fusion, node: Node): string | undefined {
  for (const user of fusion.users.get(node) ?? []) {
    if (user.kind !== 'reshape') continue;
    const label = fusion.labelOf(user) ?? labelAbove(fusion, user);
    if (label !== undefined) return label;
  }
  return undefined;
}

/** Labels of what is computed on the way to a node, nearest first. */
function labelBelow(fusion: Fusion, node: Node): string[] {
  const found: string[] = [];
  const seen = new Set<Node>();
  const visit = (one: Node): void => {
    if (seen.has(one) || one.kind !== 'map' || (one !== node && fusion.home.has(one))) return;
    seen.add(one);
    const label = fusion.labelOf(one);
    if (label !== undefined) found.push(label);
    else if (found.length === 0) one.args.forEach(visit);
  };
  visit(node);
  return found.slice(0, 1);
}

function accumulatorName(node: Reducing): string {
  if (node.kind !== 'reduce') return node.kind === 'contract' ? 'product' : 'sum';
  return { sum: 'sum', max: 'largest', min: 'least' }[node.op];
}

function inputName(node: Node & { readonly kind: 'input' }): string {
  return 'path' in node.source ? node.source.path : node.source.name;
}
