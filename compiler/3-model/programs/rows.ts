/** The rows of a program's batch, and the fields of the data at those rows. */
import { range } from '../../4-tensor/builder.ts';
import type { Node } from '../../4-tensor/ir.ts';
import type { Support } from '../../distributions/distribution.ts';
import { streamKey } from '../../ops/index.ts';
import type { Context } from '../../2-check/context.ts';
import type { Plate, TensorValue, Contract } from '../../2-check/values.ts';

/**
 * The rows of a training batch: positions offset … offset + batch - 1 of an endless sequence of epochs, each a keyed
 * permutation of the set; a batch may straddle two. Gives each row's index in the set and its epoch.
 */
export function shuffledRows(context: Context, batch: number, set: string): { index: Node; epoch: Node } {
  const { b } = context;
  const rows = context.clock('rows');
  const position = b.add(context.clock('offset'), b.iota(batch));
  const next = b.map('ge', position, rows);
  const within = b.select(next, b.sub(position, rows), position);
  const epoch = b.add(context.clock('epoch'), b.select(next, b.constant(1, 'u32'), b.constant(0, 'u32')));
  const stream = b.constant(streamKey('shuffle', set), 'u32');
  const key = b.map('threefry', stream, context.clock('seed'), epoch, b.constant(0, 'u32'));
  const index = b.label(b.map('shuffled_row', within, rows, key), 'rows');
  return { index, epoch: b.broadcastTo(epoch, [batch]) };
}

/** The rows of an evaluation, in order; past the end the last row repeats and does not count. */
export function orderedRows(context: Context, batch: number): Node {
  const { b } = context;
  const last = b.sub(context.clock('rows'), b.constant(1, 'u32'));
  return b.label(b.map('min', b.add(context.clock('first'), b.iota(batch)), last), 'rows');
}

/** The values of a set's fields at given rows. */
export function fieldsAt(
  context: Context,
  contract: Pick<Contract, 'supports'> & { readonly contract: Pick<Contract['contract'], 'fields'> },
  set: string,
  index: Node,
  epoch: Node,
  plates: readonly Plate[],
): Map<string, TensorValue> {
  const fields = new Map<string, TensorValue>();
  for (const field of contract.contract.fields) {
    const support = contract.supports.get(field.name)!;
    const stored = context.b.batch({ ...field.table, set }, index);
    const node =
      field.binarize?.kind === 'dynamic' ? binarized(context, stored, index, epoch, `${set}.${field.name}`) : stored;
    const value = context.b.label(asDType(context, node, support), field.name);
    fields.set(field.name, { kind: 'tensor', node: value, support, shape: field.shape, plates, text: field.name });
  }
  return fields;
}

function asDType(context: Context, node: Node, support: Support): Node {
  const isWhole = support.kind === 'category' || support.kind === 'count' || support.kind === 'step';
  return isWhole && node.dtype === 'f32' ? context.b.map('toU32', node) : node;
}

/** 1 with probability the grey value, drawn afresh for each epoch (Salakhutdinov & Murray, 2008). */
function binarized(context: Context, grey: Node, index: Node, epoch: Node, path: string): Node {
  const { b } = context;
  const lead = index.shape.length;
  const own = grey.shape.slice(lead);
  const over = (node: Node): Node => b.broadcast(node, grey.shape, range(0, lead));
  const column = b.broadcast(
    b.reshape(b.iota(own.reduce((a, c) => a * c, 1)), own),
    grey.shape,
    range(lead, grey.shape.length),
  );
  const key = b.map('bitXor', b.constant(streamKey('binarize', path), 'u32'), context.clock('seed'));
  const uniform = b.map('standard_uniform', key, over(b.broadcastTo(epoch, index.shape)), over(index), column);
  return b.select(b.map('lt', uniform, grey), b.constant(1), b.constant(0));
}
