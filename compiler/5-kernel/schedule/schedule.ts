/** Chooses how a kernel runs on a target, by its structure, and writes that down as loops. */
import { sizeOf } from '../../4-tensor/ir.ts';
import type { Kernel, Tensor } from '../ir.ts';
import { contractionOf } from './contraction.ts';
import { costOf } from './cost.ts';
import type { Draft } from './draft.ts';
import { Emitter } from './emitter.ts';
import { pointsOf } from './grid.ts';
import { panelsFor } from './panel-shape.ts';
import { schedulePanels } from './panels.ts';
import type { Width } from './loops.ts';
import { schedulePoints, segmentOf } from './points.ts';
import type { Profile } from './profile.ts';
import type { ScheduledKernel } from './scheduled.ts';
import { scheduleTeam } from './team.ts';
import { bindingsOf, Usage, type AccessOf } from './tensors.ts';
import { scheduleTile } from './tile.ts';
import { tileFor } from './tile-shape.ts';
import { tidy } from './tidy.ts';
import { Values } from './values.ts';

export interface ScheduleOptions {
  /** Overrides what a tensor is bound as: its buffer may be written elsewhere in the dispatch. */
  readonly accessOf?: AccessOf;
}

/** A strategy writes statements through `values` and says what workgroups it wants. */
type Strategy = (values: Values) => Draft;

/** Loops shorter than this are not worth a workgroup's combining. */
const shortestTeamLoop = 64;

/** The kernel for the profile: deterministic, so that the same spec gives the same text. */
export function scheduleKernel(kernel: Kernel, profile: Profile, options: ScheduleOptions = {}): ScheduledKernel {
  const { draft, emitter, values, bindings } = lay(kernel, strategiesFor(kernel, profile), profile, options);
  const { constants, shared, statements } = emitter;
  return {
    name: kernel.name,
    documentation: kernel.documentation,
    profile,
    bindings: [...bindings.values()],
    scalars: [...values.scalars].map(([name, scalar]) => ({ name, scalar })),
    workgroupSize: draft.workgroupSize,
    workgroups: draft.workgroups,
    features: draft.subgroupSize === undefined ? [] : ['subgroups'],
    ...(draft.subgroupSize === undefined ? {} : { subgroupSize: draft.subgroupSize }),
    ...costOf(kernel),
    body: { constants, shared, statements: tidy(statements) },
  };
}

/** Strategies for the kernel, the best first: each is taken only if its vectors are whole, the last in any case. */
function strategiesFor(kernel: Kernel, profile: Profile): readonly Strategy[] {
  const contraction = contractionOf(kernel);
  const panels = contraction === undefined || profile.tile !== 'panel' ? undefined : panelsFor(contraction);
  if (contraction !== undefined && panels !== undefined) {
    return [(values) => schedulePanels(contraction, values, panels)];
  }
  const tile = contraction === undefined || profile.tile === 'panel' ? undefined : tileFor(contraction, profile);
  if (contraction !== undefined && tile !== undefined) return [(values) => scheduleTile(contraction, values, tile)];

  const longest = Math.max(...kernel.phases.map(({ over }) => pointsOf(over)));
  if (longest >= shortestTeamLoop && pointsOf(kernel.axes) < profile.teamBelow && segmentOf(kernel) === undefined) {
    const { team: lanes, subgroupSize } = profile;
    const subgroup = subgroupSize === lanes;
    return [true, false].map(
      (vectorLoops): Strategy =>
        (values) =>
          scheduleTeam(kernel, values, { lanes, vectorLoops, subgroup }),
    );
  }
  const { workgroupSize, pointsEach } = profile;
  const points =
    (vector: boolean, vectorLoops: boolean): Strategy =>
    (values) =>
      schedulePoints(kernel, values, { vector, vectorLoops, workgroupSize, pointsEach });
  const last = kernel.axes.at(-1)?.extent ?? 1;
  return [
    ...(last % 4 === 0 ? [points(true, false)] : []),
    ...(longest > 1 ? [points(false, true)] : []),
    points(false, false),
  ];
}

/** Runs strategies until one suits, then once more if the tensors turn out to be used otherwise than guessed. */
function lay(kernel: Kernel, strategies: readonly Strategy[], { target }: Profile, { accessOf }: ScheduleOptions) {
  const attempt = (strategy: Strategy, widthOf: (tensor: Tensor) => Width) => {
    const usage = new Usage();
    const emitter = new Emitter();
    const bindings = bindingsOf(kernel, widthOf, accessOf);
    for (const { name } of bindings.values()) emitter.name(name);
    const values = new Values(kernel, emitter, bindings, usage, target);
    return { draft: strategy(values), emitter, values, bindings, usage };
  };
  const guess = (tensor: Tensor): Width => (target === 'cpu' || sizeOf(tensor.shape) % 4 === 0 ? 4 : 1);
  for (const [i, strategy] of strategies.entries()) {
    const first = attempt(strategy, guess);
    if (first.usage.gathers > 0 && i < strategies.length - 1) continue;
    const right =
      target === 'cpu' || [...first.bindings].every(([tensor, { width }]) => width === first.usage.widthOf(tensor));
    return right ? first : attempt(strategy, (tensor) => first.usage.widthOf(tensor));
  }
  throw new Error('a kernel without a strategy');
}
