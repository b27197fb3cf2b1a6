/**
 * Draws that the rows of a batch arrange among one another, coupled with a value of the rows or spread. Each row's draw
 * keeps its distribution; the rows' draws are no longer independent.
 */
import type { Draw } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import type { Frame } from '../2-check/context.ts';
import { describeShape, type DistributionValue, type Plate } from '../2-check/values.ts';
import { couple } from './coupling.ts';
import type { Arrangement, Spread } from '../2-check/noise.ts';

/** An arrangement, and how it is told. */
export interface Arranged extends Arrangement {
  readonly text?: string;
}

/** What the draw's `coupled` and `by` say of it; undefined where that means nothing and was reported. */
export function arrange(
  draw: Draw,
  distribution: DistributionValue,
  path: readonly string[],
  plate: Plate | undefined,
  frame: Frame,
): Arranged | undefined {
  if (frame.program!.kind === 'sample' && !isPlain(draw, 'and a sample program has none; leave it out', frame)) {
    return undefined;
  }
  const several = "and here each row has several; leave out 'for … in …'";
  if (plate !== undefined && !isPlain(draw, several, frame)) return undefined;
  const spread = spreadOf(draw);
  const why = spread && whyNotSpread(distribution);
  if (why !== undefined) {
    frame.context.session.report('spread-draw', draw.by!.span, { by: spread!, why });
    return undefined;
  }
  const own: Arranged = spread === undefined ? {} : { spread, text: `${spread} within the batch` };
  if (draw.coupled === undefined) return own;
  const coupled = couple(draw, distribution, path, own, frame);
  return coupled && { ...own, ...coupled, text: [own.text ?? [], coupled.text].flat().join(', ') };
}

/** False, and reported with the reason, for a draw that is coupled or spread. */
export function isPlain(draw: Draw, why: string, frame: Frame): boolean {
  const { session } = frame.context;
  const by = spreadOf(draw);
  if (draw.coupled !== undefined) session.report('coupled-draw', draw.span, { why });
  if (by !== undefined) session.report('spread-draw', draw.by!.span, { by, why });
  return draw.coupled === undefined && by === undefined;
}

function spreadOf({ by }: Draw): Spread | undefined {
  const word = by && printExpr(by);
  return word === 'stratified' || word === 'antithetic' ? word : undefined;
}

function whyNotSpread({ distribution, shape }: DistributionValue): string | undefined {
  if (shape.length > 0) return `each a single number, and this is ${describeShape(shape)}`;
  if (distribution.byInversion === true) return undefined;
  return `and a ${distribution.name} is not drawn from one uniform number; Uniform is`;
}
