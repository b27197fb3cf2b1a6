/**
 * Which new values of carried vectors and states may be written over the old: those whose kernel can run after every
 * other reader of the old value, and itself reads the old value only where it writes.
 */
import type { Node, NodeOf, Output } from '../../4-tensor/ir.ts';
import type { Demand, Request } from './demand.ts';
import { baseOf, type Fusion } from './fusion.ts';
import type { Group } from './groups.ts';

/** Orders the kernels and returns the names of the outputs that must be stored apart and copied at the end. */
export function orderUpdates(fusion: Fusion, demand: Demand): ReadonlySet<string> {
  const apart = new Set<string>();
  const written = new Set<string>();
  for (const output of fusion.function.outputs) {
    const { target } = output;
    if (target.kind === 'result') continue;
    const key = `${target.kind} ${target.name}`;
    if (written.has(key)) throw new Error(`kernel IR: two outputs replace ${key}`);
    written.add(key);
    if (!fusion.has('in-place') || !orderUpdate(fusion, demand, output)) apart.add(output.name);
  }
  return apart;
}

function orderUpdate(fusion: Fusion, demand: Demand, output: Output): boolean {
  let { node: root } = output;
  while (root.kind === 'reshape') root = root.arg;
  // A packed vector is copied at the end in any case.
  if (root.kind === 'pack') return true;
  const writers = writersOf(fusion, demand, output);
  const readers = fusion.nodes
    .filter((node) => node.kind === 'input' && isOld(node, output))
    .flatMap((node) => (demand.requests.get(node) ?? []).map((request) => ({ node, request })));
  for (const [writer, written] of writers)
    for (const { node, request } of readers) {
      if (request.group === writer) {
        if (!inPlace(fusion, node, request, written)) return false;
      } else if (fusion.graph.reaches(writer, request.group)) return false;
    }
  for (const writer of writers.keys()) for (const { request } of readers) fusion.graph.before(request.group, writer);
  return true;
}

/** Each kernel that writes a piece of the new value, with the node that is the piece; a whole vector is its only piece. */
function writersOf(fusion: Fusion, demand: Demand, output: Output): Map<Group, Node> {
  const writers = new Map<Group, Node>();
  for (const [node, targets] of demand.targets)
    for (const target of targets) {
      const mine =
        target.kind === 'output'
          ? target.output === output
          : demand.targets.get(target.pack)?.some((one) => one.kind === 'output' && one.output === output);
      const home = fusion.home.get(node);
      if (mine === true && home !== undefined) writers.set(home.group, node);
    }
  return writers;
}

function isOld(node: NodeOf<'input'>, { target }: Output): boolean {
  const { source } = node;
  if (target.kind === 'vector')
    return (
      (source.kind === 'vector' && source.name === target.name) ||
      (source.kind === 'parameter' && target.name === 'parameters')
    );
  return target.kind === 'state' && source.kind === 'state' && source.name === target.name;
}

function inPlace(fusion: Fusion, node: Node, request: Request, written: Node): boolean {
  if (node.kind === 'input' && node.source.kind === 'parameter') return false;
  const home = fusion.home.get(written)!;
  // Numbers stored one by one are all computed before the first is stored.
  if (home.unrolled) return true;
  return baseOf(node) === node && request.flat === home.flat;
}
