/**
 * One workgroup a point of the parallel axes: its lanes divide the loops among them and combine what they found. For
 * kernels with few points and long loops. Sums are taken in a fixed order.
 */
import type { ReduceOp } from '../../4-tensor/ir.ts';
import type { ScalarType } from '../../ops/scalar.ts';
import type { Kernel } from '../ir.ts';
import type { TeamChoice } from './choice.ts';
import { ofSubgroups, type Draft } from './draft.ts';
import { pointsOf, positions, rowOfGroups } from './grid.ts';
import type { Expr, LocalArray } from './loops.ts';
import { combined, neutral, runPhases, type Team } from './phases.ts';
import { pointAt } from './point.ts';
import type { Values } from './values.ts';

export function scheduleTeam(kernel: Kernel, values: Values, { lanes, vectorLoops, subgroup }: TeamChoice): Draft {
  const { emitter } = values;
  const { workgroups, group } = rowOfGroups(emitter, pointsOf(kernel.axes));
  const places = positions(emitter, values.extents, group, kernel.axes);
  const lane = emitter.make.place('lane');
  const combine = subgroup
    ? (value: Expr, op: ReduceOp, name: string): Expr => emitter.let(name, emitter.make.combine(op, value))
    : throughMemory(values, lanes);
  const team: Team = { lanes, lane, combine };
  runPhases(values, kernel.phases, pointAt(places), { vectorLoops, team });
  return { workgroupSize: [lanes, 1, 1], workgroups, ...(subgroup ? ofSubgroups(lanes) : {}) };
}

/** √lanes lanes add up √lanes numbers each, then every lane adds up theirs. */
function throughMemory({ emitter }: Values, lanes: number): Team['combine'] {
  const { make } = emitter;
  const side = Math.sqrt(lanes);
  const lane = make.place('lane');
  const arrays = new Map<ScalarType, { readonly parts: LocalArray; readonly groups: LocalArray }>();
  return (value, op, name) => {
    const { scalar } = value;
    const known = arrays.get(scalar) ?? {
      parts: emitter.workgroupArray('of_lanes', scalar, 1, lanes),
      groups: emitter.workgroupArray('of_groups', scalar, 1, side),
    };
    arrays.set(scalar, known);
    const { parts, groups } = known;
    const gather = (hint: string, array: LocalArray, from: Expr): Expr => {
      const total = emitter.mutable(hint, make.literal(neutral(op, scalar).value, scalar));
      emitter.loop('i', make.u32(0), make.u32(side), make.u32(1), (i) => {
        emitter.assign(total, combined(emitter, op, make.variable(total), make.element(array, make.add(from, i))));
      });
      return make.variable(total);
    };
    emitter.put(parts, lane, value);
    emitter.barrier();
    emitter.when(make.less(lane, make.u32(side)), () => {
      emitter.put(groups, lane, gather(`${name}_of_group`, parts, make.mul(lane, make.u32(side))));
    });
    emitter.barrier();
    return gather(name, groups, make.u32(0));
  };
}
