/** How a kernel runs where nothing was measured: by its structure and the profile alone. */
import type { Kernel } from '../ir.ts';
import type { LoopsChoice } from './choice.ts';
import { contractionOf } from './contraction.ts';
import { pointsOf } from './grid.ts';
import { panelsFor } from './panel-shape.ts';
import { segmentOf } from './points.ts';
import type { Profile } from './profile.ts';
import { tileFor } from './tile-shape.ts';

/** Loops shorter than this are not worth a workgroup's combining. */
const shortestTeamLoop = 64;

/** Choices for the kernel, the best first: each is taken only if its vectors are whole, the last in any case. */
export function defaultsFor(kernel: Kernel, profile: Profile): readonly LoopsChoice[] {
  const contraction = contractionOf(kernel);
  const { caches } = profile;
  const tiles = contraction && (caches === undefined ? tileFor(contraction, profile) : panelsFor(contraction, caches));
  if (tiles !== undefined) return [tiles];

  const longest = longestLoop(kernel);
  if (longest >= shortestTeamLoop && pointsOf(kernel.axes) < profile.teamBelow && segmentOf(kernel) === undefined) {
    const { team: lanes, subgroupSize } = profile;
    const subgroup = subgroupSize === lanes;
    return [true, false].map((vectorLoops) => ({ kind: 'team', lanes, vectorLoops, subgroup }));
  }
  const { workgroupSize, pointsEach } = profile;
  const points = (vector: boolean, vectorLoops: boolean): LoopsChoice => {
    return { kind: 'points', vector, vectorLoops, workgroupSize, pointsEach };
  };
  const last = kernel.axes.at(-1)?.extent ?? 1;
  return [
    ...(last % 4 === 0 ? [points(true, false)] : []),
    ...(longest > 1 ? [points(false, true)] : []),
    points(false, false),
  ];
}

/** Positions of the kernel's longest nest of loops. */
export function longestLoop({ phases }: Kernel): number {
  return Math.max(...phases.map(({ over }) => pointsOf(over)));
}
