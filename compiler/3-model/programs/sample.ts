/** Sample programs: their arguments, how many draws, and the parts that loops cut them into. */
import type { DeclarationOf } from '../../1-syntax/ast.ts';
import type { Context, ProgramContext } from '../../2-check/context.ts';
import type { PartProgram, SampleProgram } from '../../4-tensor/program.ts';
import { SampleLoops } from './loops.ts';
import { displayOf } from '../../4-tensor/display.ts';
import { openProgram, rowsPlate } from './open.ts';
import { bodyOf, frameOf } from './sampler.ts';
import { runSample } from './statements.ts';

export interface DraftSample {
  readonly sample: SampleProgram;
  /** What runs before it: its loops, and what they begin from. */
  readonly parts: readonly PartProgram[];
}

export function draftSample(
  declaration: DeclarationOf<'sample'>,
  context: Context,
  counts: Readonly<Record<string, number>>,
): DraftSample | undefined {
  const { b } = context;
  const name = declaration.name.text;
  const body = bodyOf(declaration, context, counts[name]);
  if (body === undefined) return undefined;
  const rows = rowsPlate('samples', body.n);
  const index = b.label(b.add(context.clock('first'), b.iota(body.n)), 'samples');
  const loops = new SampleLoops(context, `sample.${name}`, rows);
  const program: ProgramContext = {
    ...openProgram({
      name: `sample.${name}`,
      kind: 'sample',
      rows,
      rowIndex: index,
      set: body.sets[0] ?? '',
      fields: new Map(),
    }),
    loops,
  };
  const result = context.session.within(body.calls, () =>
    runSample(body.statements, declaration.name, frameOf(body, program)),
  );
  if (result === undefined) return undefined;
  const extents = result.plates.map((plate) => plate.extent);
  const total = extents.reduce((product, extent) => product * extent, 1);
  const isPerDraw = result.plates.some((plate) => plate.id === rows.id);
  if (!isPerDraw && total !== body.n && body.onlyCount !== undefined) {
    context.session.report('unused-n', body.onlyCount, { name, given: total, n: body.n });
  }
  if (loops.keeps && total !== body.n) {
    const what = "'keep' in a program that returns several values of each draw";
    context.session.report('not-supported', declaration.name.span, { what, instead: '; return one' });
    return undefined;
  }
  const real = result.node.dtype === 'u32' ? b.map('toF32', result.node) : result.node;
  const node = b.reshape(real, [total, ...result.shape]);
  const { shape } = result;
  const isNumber = shape.length === 0 || (shape.length === 1 && shape[0] === 1);
  const outputs = [{ name: 'sample', node, target: { kind: 'result' } as const }];
  const { parts, programs } = loops.finish(outputs);
  const sample: SampleProgram = {
    kind: 'sample',
    name: program.name,
    parts,
    function: { name: program.name, outputs },
    n: total,
    shape,
    // Of several numbers a draw, or of categories, a mean says nothing.
    display: total === body.n && isNumber && result.node === real ? 'number' : displayOf(shape),
    ...(result.text !== undefined && { of: result.text }),
    sets: body.sets,
  };
  return { sample, parts: programs };
}
