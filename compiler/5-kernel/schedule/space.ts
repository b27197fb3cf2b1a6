/** The choices that there are for a kernel: each gives a right text, of whatever speed. */
import type { Kernel } from '../ir.ts';
import type { Caches } from './caches.ts';
import { keyOf, type Choice, type LoopsChoice, type PointsChoice, type TileChoice } from './choice.ts';
import { contractionOf, type Contraction } from './contraction.ts';
import { defaultsFor, longestLoop } from './default.ts';
import { divide, partsOf } from './divide.ts';
import { pointsOf } from './grid.ts';
import { byMatrices } from './matrices.ts';
import { panelsFit, panelShapes, panelStretches } from './panel-shape.ts';
import { segmentsFit } from './partials.ts';
import { segmentOf } from './points.ts';
import type { Profile } from './profile.ts';

/** What a device allows the workgroups of a kernel. */
export interface DeviceLimits {
  /** Invocations of a workgroup at most. */
  readonly invocations: number;
  /** Bytes of memory that a workgroup shares at most. */
  readonly workgroupBytes: number;
  /** Lanes of a subgroup, where each has so many for certain. */
  readonly subgroupSize?: number;
  /** Whether they multiply matrices of eight by eight f32 together. */
  readonly subgroupMatrices?: boolean;
}

/** More than any device allows: the space that a recorded choice must lie in. */
export const widestLimits: DeviceLimits = { invocations: 1024, workgroupBytes: 2 ** 16 };

/** The choice that is right wherever any is, and does the least to be fast: what others are checked against. */
export function plainChoice({ target }: Profile): PointsChoice {
  const workgroupSize = target === 'cpu' ? 1 : 64;
  return { kind: 'points', vector: false, vectorLoops: false, workgroupSize, pointsEach: target === 'cpu' ? 4096 : 1 };
}

/** Every choice for the kernel on such a device, each once: the default ones and the plain one are among them. */
export function spaceOf(kernel: Kernel, profile: Profile, limits: DeviceLimits): readonly Choice[] {
  return [undefined, ...partsOf(kernel)].flatMap((parts) => dividedInto(parts, kernel, profile, limits));
}

/** Whether the choice lies in the kernel's space on some device. */
export function isInSpace(choice: Choice, kernel: Kernel, profile: Profile): boolean {
  const { parts } = choice;
  if (parts !== undefined && !partsOf(kernel).includes(parts)) return false;
  const choices = dividedInto(parts, kernel, profile, { ...widestLimits, ...subgroupsOf(choice) });
  return choices.some((other) => keyOf(other) === keyOf(choice));
}

/** The subgroups that a choice is for, where they are such as devices have. */
function subgroupsOf(choice: Choice): Pick<DeviceLimits, 'subgroupSize' | 'subgroupMatrices'> {
  if (!('lanes' in choice)) return {};
  if (choice.subgroup) return { subgroupSize: choice.lanes };
  if (choice.kind !== 'tile' || choice.matrixSubgroups === undefined) return {};
  const subgroupSize = (choice.lanes * choice.bands) / choice.matrixSubgroups;
  return [4, 8, 16, 32, 64, 128].includes(subgroupSize) ? { subgroupSize, subgroupMatrices: true } : {};
}

/** The choices by which the kernel's loop is divided into so many parts; those that leave it whole where undefined. */
function dividedInto(
  parts: number | undefined,
  kernel: Kernel,
  profile: Profile,
  limits: DeviceLimits,
): readonly Choice[] {
  if (parts === undefined) return loopsSpace(kernel, profile, limits);
  return loopsSpace(divide(kernel, parts).first, profile, limits).map((choice) => ({ ...choice, parts }));
}

/** Every way in which the loops of a kernel run, each once. */
function loopsSpace(kernel: Kernel, profile: Profile, limits: DeviceLimits): readonly LoopsChoice[] {
  const contraction = contractionOf(kernel);
  const all: readonly LoopsChoice[] = [
    ...defaultsFor(kernel, profile),
    plainChoice(profile),
    ...(contraction === undefined ? [] : tilesOf(contraction, profile, limits)),
    ...(profile.target === 'cpu' ? [] : teams(kernel, limits)),
    ...points(kernel, profile, limits),
  ];
  return [...new Map(all.map((choice) => [keyOf(choice), choice])).values()];
}

function tilesOf(contraction: Contraction, profile: Profile, limits: DeviceLimits): readonly LoopsChoice[] {
  if (profile.caches !== undefined) return panels(contraction, profile.caches);
  const own = tiles(contraction, limits);
  // Where a subgroup is a processor's vector, lanes tell each other for nothing, and meeting takes seconds to compile.
  if (profile.tile === 'subgroup') return own;
  const shared = staged(contraction, own);
  const { subgroupSize, subgroupMatrices } = limits;
  if (!subgroupMatrices || subgroupSize === undefined) return [...own, ...shared];
  const matrices = shared.flatMap((tile) => byMatrices(contraction, tile, subgroupSize) ?? []);
  return [...own, ...shared, ...matrices];
}

/** Sums and columns of four that a lane holds at most, beside its operands. */
const mostSums = 32;
/** Fewer lanes than this do not read enough of each other's operands to meet for it. */
const leastSharing = 16;

function tiles(contraction: Contraction, { invocations, subgroupSize }: DeviceLimits): readonly TileChoice[] {
  const { row, column, products } = contraction;
  if (row.extent < 4 || column.extent < 4) return [];
  const most = Math.min(mostSums / products.length, row.extent + 3);
  const heights = [4, 8, 12, 16, 20, 24, 28, 32].filter((rows) => rows <= most);
  const own = [4, 8, 16, 32].flatMap((lanes) =>
    heights.flatMap((rows) =>
      [1, 2, 4, 8, 16]
        .filter((bands) => bands * lanes <= invocations && (bands === 1 || (bands / 2) * rows < row.extent))
        .map((bands): TileChoice => ({ kind: 'tile', rows, lanes, bands, subgroup: false })),
    ),
  );
  // Rows are read by fours, a four a lane.
  const shared = heights
    .filter((rows) => subgroupSize !== undefined && rows <= 4 * subgroupSize)
    .map((rows): TileChoice => ({ kind: 'tile', rows, lanes: subgroupSize!, bands: 1, subgroup: true }));
  return [...shared, ...own].filter(({ lanes }) => segmentsFit(contraction, lanes));
}

/** The same tiles with operands in memory that the workgroup shares; how much of it there is, a variant is told by. */
function staged({ inner }: Contraction, tiles: readonly TileChoice[]): readonly TileChoice[] {
  const depths = [8, 16, 32].filter((depth) => depth <= inner.extent);
  return tiles
    .filter(({ subgroup, lanes, bands }) => !subgroup && lanes * bands >= leastSharing)
    .flatMap((tile) => depths.map((depth) => ({ ...tile, depth })));
}

function panels(contraction: Contraction, caches: Caches): readonly LoopsChoice[] {
  return [1, 2, 3]
    .filter((quads) => panelsFit(contraction, quads))
    .flatMap((quads) => panelStretches(contraction, caches, quads).map((stretch) => ({ quads, stretch })))
    .flatMap(({ quads, stretch }) => panelShapes(contraction, caches, quads, stretch));
}

function teams(kernel: Kernel, { invocations, subgroupSize }: DeviceLimits): readonly LoopsChoice[] {
  const longest = longestLoop(kernel);
  if (longest < 8 || segmentOf(kernel) !== undefined || pointsOf(kernel.axes) > mostTeams) return [];
  const forms = vectorForms(kernel);
  const throughMemory = [16, 64, 256].filter((lanes) => lanes <= Math.min(invocations, 4 * longest));
  return forms.flatMap((vectorLoops) => [
    ...throughMemory.map((lanes): LoopsChoice => ({ kind: 'team', lanes, vectorLoops, subgroup: false })),
    ...(subgroupSize === undefined
      ? []
      : [{ kind: 'team', lanes: subgroupSize, vectorLoops, subgroup: true } as const]),
  ]);
}

/** With more points than this there is enough to do without sharing one. */
const mostTeams = 2 ** 16;

function points(kernel: Kernel, { target }: Profile, { invocations }: DeviceLimits): readonly LoopsChoice[] {
  const last = kernel.axes.at(-1)?.extent ?? 1;
  const forms = [
    ...(last % 4 === 0 ? [{ vector: true, vectorLoops: false }] : []),
    ...vectorForms(kernel).map((vectorLoops) => ({ vector: false, vectorLoops })),
  ];
  const sizes = target === 'cpu' ? [1] : [8, 32, 64, 128, 256].filter((size) => size <= invocations);
  const shares = target === 'cpu' ? [64, 512, 4096, 32768] : [1, 4, 16, 64];
  return forms.flatMap((form) =>
    sizes.flatMap((workgroupSize) =>
      shares.map((pointsEach): LoopsChoice => ({ kind: 'points', ...form, workgroupSize, pointsEach })),
    ),
  );
}

/** Whether the innermost loop may take four positions at once. */
function vectorForms({ phases }: Kernel): readonly boolean[] {
  return phases.some(({ over }) => over.length > 0 && over.at(-1)!.extent % 4 === 0) ? [true, false] : [false];
}
