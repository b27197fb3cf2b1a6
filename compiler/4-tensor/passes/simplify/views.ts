/** Laws of views: broadcasts, reshapes, transposes, slices, pads and concatenations of each other. */
import { range, sameShape, type Builder } from '../../builder.ts';
import { sizeOf, type Node, type NodeOf, type Shape } from '../../ir.ts';
import { isSplat, splat, splatOf } from './match.ts';
import { kindRule, type KindRules, type Rule } from './rule.ts';

type View = 'reshape' | 'transpose' | 'slice';

/** A view of one number everywhere is that number everywhere. */
function viewOfSplat(kind: View): Rule {
  return kindRule(kind, `${kind}(c) = c`, (b, { arg, shape, dtype }) => {
    const value = splatOf(arg);
    return value === undefined ? undefined : splat(b, value, shape, dtype);
  });
}

const broadcast: readonly Rule[] = [
  kindRule('broadcast', 'a broadcast that adds only extents of 1 is a reshape', (b, { arg, shape }) =>
    sizeOf(arg.shape) === sizeOf(shape) && arg.shape.length > 0 ? b.reshape(arg, shape) : undefined,
  ),
  kindRule('broadcast', 'broadcast(broadcast(x)) = broadcast(x)', (b, { arg, axes, shape }) => {
    if (arg.kind !== 'broadcast') return undefined;
    return b.broadcast(
      arg.arg,
      shape,
      arg.axes.map((axis) => axes[axis]!),
    );
  }),
  kindRule('broadcast', 'an extent of 1 that is stretched is left out first', (b, { arg, axes, shape }) => {
    const kept = range(0, axes.length).filter((i) => arg.shape[i] === shape[axes[i]!]);
    if (kept.length === axes.length) return undefined;
    const squeezed = b.reshape(
      arg,
      kept.map((i) => arg.shape[i]!),
    );
    return b.broadcast(
      squeezed,
      shape,
      kept.map((i) => axes[i]!),
    );
  }),
];

const transpose: readonly Rule[] = [
  viewOfSplat('transpose'),
  kindRule('transpose', 'transpose(transpose(x)) = transpose(x)', (b, { arg, permutation }) => {
    if (arg.kind !== 'transpose') return undefined;
    return b.transpose(
      arg.arg,
      permutation.map((axis) => arg.permutation[axis]!),
    );
  }),
  kindRule('transpose', 'a transpose that moves only extents of 1 is a reshape', (b, { arg, permutation, shape }) => {
    const moved = permutation.filter((axis) => arg.shape[axis]! > 1);
    return moved.every((axis, i) => i === 0 || axis > moved[i - 1]!) ? b.reshape(arg, shape) : undefined;
  }),
  kindRule('transpose', 'transpose(broadcast(x)) = broadcast(transpose(x))', (b, { arg, permutation, shape }) => {
    if (arg.kind !== 'broadcast') return undefined;
    const places = arg.axes.map((axis) => permutation.indexOf(axis));
    const order = range(0, places.length).sort((i, j) => places[i]! - places[j]!);
    return b.broadcast(
      b.transpose(arg.arg, order),
      shape,
      order.map((i) => places[i]!),
    );
  }),
];

const slice: readonly Rule[] = [
  viewOfSplat('slice'),
  kindRule('slice', 'slice(slice(x)) = slice(x)', (b, { arg, starts, shape }) =>
    arg.kind === 'slice' ? b.slice(arg.arg, plus(starts, arg.starts), shape) : undefined,
  ),
  kindRule('slice', 'slice(concat(x, y)) = slice(x) within x', (b, { arg, starts, shape }) => {
    if (arg.kind !== 'concat') return undefined;
    let begin = 0;
    for (const part of arg.args) {
      const end = begin + part.shape[arg.axis]!;
      const start = starts[arg.axis]!;
      if (start >= begin && start + shape[arg.axis]! <= end) {
        return b.slice(part, starts.with(arg.axis, start - begin), shape);
      }
      begin = end;
    }
    return undefined;
  }),
  kindRule('slice', 'slice(pad(x)) = slice(x) within x, 0 outside', (b, { arg, starts, shape }) => {
    if (arg.kind !== 'pad') return undefined;
    const from = starts.map((start, axis) => start - arg.starts[axis]!);
    if (from.every((start, axis) => start >= 0 && start + shape[axis]! <= arg.arg.shape[axis]!))
      return b.slice(arg.arg, from, shape);
    const isOutside = from.some((start, axis) => start >= arg.arg.shape[axis]! || start + shape[axis]! <= 0);
    return isOutside ? splat(b, 0, shape, arg.dtype) : undefined;
  }),
  kindRule('slice', 'slice(broadcast(x)) = broadcast(slice(x))', (b, { arg, starts, shape }) => {
    if (arg.kind !== 'broadcast') return undefined;
    const isStretched = (i: number): boolean => arg.arg.shape[i] !== arg.shape[arg.axes[i]!];
    const inner = b.slice(
      arg.arg,
      arg.axes.map((axis, i) => (isStretched(i) ? 0 : starts[axis]!)),
      arg.axes.map((axis, i) => (isStretched(i) ? 1 : shape[axis]!)),
    );
    return b.broadcast(inner, shape, arg.axes);
  }),
  kindRule('slice', 'slice(pack(x, y)) = x at its offset', (b, { arg, starts, shape }) => {
    if (arg.kind !== 'pack') return undefined;
    const i = arg.parts.findIndex((part, at) => arg.offsets[at] === starts[0] && sizeOf(part.shape) === shape[0]);
    return i < 0 ? undefined : b.reshape(arg.parts[i]!, shape);
  }),
];

const pad: readonly Rule[] = [
  kindRule('pad', 'pad(0) = 0', (b, { arg, shape, dtype }) =>
    isSplat(arg, 0) ? splat(b, 0, shape, dtype) : undefined,
  ),
  kindRule('pad', 'pad(pad(x)) = pad(x)', (b, { arg, starts, shape }) =>
    arg.kind === 'pad' ? b.pad(arg.arg, plus(starts, arg.starts), shape) : undefined,
  ),
];

const concat: readonly Rule[] = [
  kindRule('concat', 'concat(c, c) = c', (b, { args, shape, dtype }) => {
    const value = splatOf(args[0]!);
    if (value === undefined || !args.every((arg) => isSplat(arg, value))) return undefined;
    return splat(b, value, shape, dtype);
  }),
  kindRule('concat', 'concat(concat(x, y), z) = concat(x, y, z)', (b, { args, axis }) => {
    const isNested = (arg: Node): arg is NodeOf<'concat'> => arg.kind === 'concat' && arg.axis === axis;
    if (!args.some(isNested)) return undefined;
    return b.concat(
      args.flatMap((arg) => (isNested(arg) ? arg.args : [arg])),
      axis,
    );
  }),
  kindRule('concat', 'concat of neighbouring slices of x = slice(x)', (b, { args, axis }) => {
    const joined: Node[] = [];
    for (const arg of args) {
      const last = joined.at(-1);
      const both = last === undefined ? undefined : joinSlices(b, last, arg, axis);
      if (both === undefined) joined.push(arg);
      else joined.splice(-1, 1, both);
    }
    return joined.length === args.length ? undefined : b.concat(joined, axis);
  }),
];

/** Two slices of one array where the second begins as the first ends. */
function joinSlices(b: Builder, x: Node, y: Node, axis: number): Node | undefined {
  if (x.kind !== 'slice' || y.kind !== 'slice' || x.arg !== y.arg) return undefined;
  const end = x.starts.with(axis, x.starts[axis]! + x.shape[axis]!);
  if (!sameShape(end, y.starts)) return undefined;
  return b.slice(x.arg, x.starts, x.shape.with(axis, x.shape[axis]! + y.shape[axis]!));
}

function plus(a: Shape, b: Shape): number[] {
  return a.map((x, i) => x + b[i]!);
}

export const views: KindRules = {
  broadcast,
  transpose,
  slice,
  pad,
  concat,
  reshape: [viewOfSplat('reshape')],
  iota: [
    kindRule('iota', 'iota of one row = 0', (b, { shape }) => (shape[0] === 1 ? splat(b, 0, shape, 'u32') : undefined)),
  ],
  take: [
    kindRule('take', 'take(c) = c', (b, { table, shape, dtype }) => {
      const value = splatOf(table);
      return value === undefined ? undefined : splat(b, value, shape, dtype);
    }),
  ],
  scatter: [
    kindRule('scatter', 'scatter(0) = 0', (b, { updates, shape }) =>
      isSplat(updates, 0) ? splat(b, 0, shape) : undefined,
    ),
  ],
  pack: [
    kindRule('pack', 'pack of one part that fills it = reshape', (b, { parts, shape }) =>
      parts.length === 1 && sizeOf(parts[0]!.shape) === shape[0] ? b.reshape(parts[0]!, shape) : undefined,
    ),
  ],
};
