/**
 * What a schedule decides of a kernel, as data: a kernel, a profile and a choice give one text. Which choice is taken
 * where nothing was measured is said in default.ts, which there are in space.ts.
 */
export type Choice = LoopsChoice & {
  /** The loop is divided among so many groups, whose sums a second kernel adds up (divide.ts); whole where absent. */
  readonly parts?: number;
};

/** How the loops of one kernel run. */
export type LoopsChoice = PointsChoice | TeamChoice | TileChoice | PanelsChoice;

/** An invocation a point of the parallel axes, or several: right for every kernel. */
export interface PointsChoice {
  readonly kind: 'points';
  /** Four adjacent points of the last axis in a vector, whose extent must be a multiple of four. */
  readonly vector: boolean;
  /** The innermost loop takes four positions at once. */
  readonly vectorLoops: boolean;
  readonly workgroupSize: number;
  /** The most points that an invocation computes, one after the other. */
  readonly pointsEach: number;
}

/** A workgroup a point: its lanes divide the loops among them. */
export interface TeamChoice {
  readonly kind: 'team';
  /** A square unless the workgroup is one subgroup: the tree has two levels. */
  readonly lanes: number;
  readonly vectorLoops: boolean;
  /** The workgroup is one subgroup, whose lanes combine without memory. */
  readonly subgroup: boolean;
}

/** A contraction in register tiles: a lane owns some rows by four adjacent columns. */
export interface TileChoice {
  readonly kind: 'tile';
  /** Rows a lane owns: a multiple of four. */
  readonly rows: number;
  /** Lanes beside each other along the columns. */
  readonly lanes: number;
  /** Tiles of rows below each other in one workgroup. */
  readonly bands: number;
  /** The workgroup is one subgroup of `lanes`, which reads the left operand together. */
  readonly subgroup: boolean;
  /** Positions of the inner axis, a multiple of four, that a workgroup stages in its memory; absent where it does not. */
  readonly depth?: number;
  /** So many subgroups multiply what is staged by matrices of eight by eight (matrices.ts); absent where lanes do. */
  readonly matrixSubgroups?: number;
}

/** A contraction on a processor's thread: the block of the result that a workgroup computes, in panels of columns. */
export interface PanelsChoice {
  readonly kind: 'panels';
  /** Vectors of four columns in a panel. */
  readonly quads: number;
  /** Rows of a block: a multiple of four. */
  readonly rows: number;
  /** Columns of a block: whole panels and whole segments of partial sums. */
  readonly columns: number;
  /** Positions of the loops that are added up before other rows and columns have their turn (stretch.ts). */
  readonly stretch: number;
}

/** How the loops run that the parts of a divided kernel have. */
export function withoutParts({ parts: _, ...loops }: Choice): LoopsChoice {
  return loops;
}

/** The same for choices that are the same, in whatever order they name their settings. */
export function keyOf(choice: Choice): string {
  return JSON.stringify(Object.entries(choice).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The choice in words: `tile: 16 rows, 8 lanes, 1 band, subgroup`. */
export function choiceText({ kind, ...settings }: Choice): string {
  const words = Object.entries(settings as Readonly<Record<string, number | boolean>>).flatMap(([name, value]) => {
    if (typeof value === 'boolean') return value ? [spaced(name)] : [];
    return [`${spaced(name)} ${value}`];
  });
  return words.length === 0 ? kind : `${kind}: ${words.join(', ')}`;
}

/** `pointsEach` as `points each`. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
