/** Workgroups and the positions that an invocation finds itself at. */
import type { Axis } from '../ir.ts';
import type { Emitter } from './emitter.ts';
import type { Extents } from './extents.ts';
import type { Expr } from './loops.ts';

/** WebGPU's default limit on workgroups along each dimension. */
const mostWorkgroups = 65535;

export type Extent3 = readonly [number, number, number];

/** `count` workgroups in a row, or in a rectangle where a row would be too long, and each one's number. */
export function rowOfGroups(emitter: Emitter, count: number): { readonly workgroups: Extent3; readonly group: Expr } {
  const { make } = emitter;
  const rows = Math.ceil(count / mostWorkgroups);
  const columns = Math.ceil(count / rows);
  const x = make.place('group.x');
  const group = rows === 1 ? x : make.add(make.mul(make.place('group.y'), make.u32(columns)), x);
  return { workgroups: [columns, rows, 1], group };
}

/** Positions on the axes from a number below the product of their extents, the last axis fastest. */
export function positions(
  emitter: Emitter,
  extents: Extents,
  index: Expr,
  axes: readonly Axis[],
): readonly (readonly [string, Expr])[] {
  const { make } = emitter;
  const found: (readonly [string, Expr])[] = [];
  let rest = index;
  for (let i = axes.length - 1; i >= 0; i--) {
    const axis = axes[i]!;
    const outermost = axes.slice(0, i).every(({ extent }) => extent === 1);
    const position = axis.extent === 1 ? make.u32(0) : outermost ? rest : make.rem(rest, extents.of(axis));
    found.unshift([axis.name, emitter.named(axis.name, position)]);
    rest = outermost ? make.u32(0) : make.div(rest, extents.of(axis));
  }
  return found;
}

export function pointsOf(axes: readonly Axis[]): number {
  return axes.reduce((product, { extent }) => product * extent, 1);
}
