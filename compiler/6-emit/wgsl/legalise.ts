/**
 * Makes a scheduled kernel sayable in WGSL: bytes come out of words, functions get a version for each width they are
 * called at, names keep clear of keywords, and splats that WGSL's mixed arithmetic makes needless go.
 */
import type { Storage } from '../../4-tensor/ir.ts';
import { childrenOf, Expressions } from '../../5-kernel/schedule/expressions.ts';
import type {
  Binding,
  Constant,
  Expr,
  ExprOf,
  LocalArray,
  Matrix,
  MatrixPlace,
  Statement,
  Variable,
} from '../../5-kernel/schedule/loops.ts';
import type { ScheduledKernel } from '../../5-kernel/schedule/scheduled.ts';
import { expressionsOf, mapBlocks, mapChildren, mapExpressions, blocksOf } from '../../5-kernel/schedule/rewrite.ts';
import { Functions } from './functions.ts';
import { legalName } from './names.ts';
import { unsplat } from './unsplat.ts';
import { placeArgument, type PlaceArgument, type WgslBinding, type WgslKernel, type WgslType } from './program.ts';

export function legalise(kernel: ScheduledKernel): WgslKernel {
  const functions = new Functions(namesIn(kernel));
  const renamed = new Map<object, object>();
  const rename = <T extends { readonly name: string }>(thing: T): T => {
    const known = renamed.get(thing) as T | undefined;
    if (known !== undefined) return known;
    // The entry point has the kernel's name, which may be that of the tensor it computes.
    const name = thing.name === kernel.name ? `${legalName(thing.name)}_out` : legalName(thing.name);
    const legal = name === thing.name ? thing : { ...thing, name };
    renamed.set(thing, legal);
    return legal;
  };
  const legal = (expr: Expr): Expr => {
    const inner = mapChildren(expr, legal);
    switch (inner.kind) {
      case 'variable':
        return { ...inner, variable: rename<Variable>(inner.variable) };
      case 'uniform':
        return { ...inner, name: legalName(inner.name) };
      case 'constant':
        return { ...inner, constant: rename<Constant>(inner.constant) };
      case 'element':
        return { ...inner, array: rename<LocalArray>(inner.array) };
      case 'load':
        return unpacked({ ...inner, binding: rename<Binding>(inner.binding) });
      case 'call':
        return { ...inner, fn: functions.at(inner.fn, inner.width) };
      case 'builtin':
        return unsplat(inner);
      default:
        return inner;
    }
  };
  const legalPlace = (place: MatrixPlace): MatrixPlace => ({ ...place, array: rename<LocalArray>(place.array) });
  const legalStatement = (statement: Statement): Statement => {
    const next = mapBlocks(mapExpressions(statement, legal), (block) => block.map(legalStatement));
    if (next.kind === 'declare' || next.kind === 'assign' || next.kind === 'for') {
      return { ...next, variable: rename<Variable>(next.variable) };
    }
    switch (next.kind) {
      case 'array':
      case 'put':
        return { ...next, array: rename<LocalArray>(next.array) };
      case 'store':
        return { ...next, binding: rename<Binding>(next.binding) };
      case 'matrix': {
        const from = next.from && { from: legalPlace(next.from) };
        return { ...next, matrix: rename<Matrix>(next.matrix), ...from };
      }
      case 'multiply':
        return { ...next, sum: rename<Matrix>(next.sum), left: rename<Matrix>(next.left), right: rename<Matrix>(next.right) }; // prettier-ignore
      case 'put-matrix':
        return { ...next, matrix: rename<Matrix>(next.matrix), to: legalPlace(next.to) };
      default:
        return next;
    }
  };
  const statements = kernel.body.statements.map(legalStatement);
  return {
    name: legalName(kernel.name),
    documentation: kernel.documentation,
    enables: kernel.features.map((feature) => (feature === 'shader-f16' ? 'f16' : feature.replaceAll('-', '_'))),
    uniforms: kernel.scalars.map(({ name, scalar }) => ({ name: legalName(name), element: scalar })),
    bindings: kernel.bindings.map((binding, i) => declaration(rename<Binding>(binding), i + 1)),
    constants: kernel.body.constants.map((constant) => rename<Constant>(constant)),
    shared: kernel.body.shared.map((array) => rename<LocalArray>(array)),
    functions: functions.all,
    workgroupSize: kernel.workgroupSize,
    places: placesIn(statements),
    statements,
  };
}

function declaration({ name, tensor, access, storage, width }: Binding, number: number): WgslBinding {
  const element: WgslType =
    storage === 'u8' ? 'u32' : storage === 'f32' ? (width === 4 ? 'vec4f' : 'f32') : width === 4 ? 'vec4u' : 'u32';
  const rows: readonly (number | string)[] =
    tensor.role.kind === 'table' ? ['rows', ...tensor.shape.slice(1)] : tensor.shape;
  const bytes = storage === 'u8' ? ', bytes' : '';
  return { name, number, access, element, comment: `[${rows.join(', ')}]${bytes}` };
}

/** A byte of a table: the word that holds it, shifted and masked; four bytes are one word taken apart. */
function unpacked(load: ExprOf<'load'>): Expr {
  if (load.binding.storage !== 'u8') return load;
  const make = new Expressions();
  const storage: Storage = 'u32';
  const word = (index: Expr): Expr => ({
    kind: 'load',
    scalar: 'u32',
    width: 1,
    binding: { ...load.binding, storage, width: 1 },
    index,
  });
  const builtin = (name: ExprOf<'builtin'>['name'], width: 1 | 4, ...args: readonly Expr[]): Expr => ({
    kind: 'builtin',
    scalar: name === 'toF32' ? 'f32' : 'u32',
    width,
    name,
    args,
  });
  if (load.width === 4) {
    const shifts = make.vector(make.u32(0), make.u32(8), make.u32(16), make.u32(24));
    const spread: Expr = { kind: 'splat', scalar: 'u32', width: 4, arg: word(load.index) };
    const mask: Expr = { kind: 'splat', scalar: 'u32', width: 4, arg: make.u32(255) };
    return builtin('toF32', 4, builtin('bitAnd', 4, builtin('shiftRight', 4, spread, shifts), mask));
  }
  const shift = builtin('mul', 1, builtin('rem', 1, load.index, make.u32(4)), make.u32(8));
  const byte = builtin(
    'bitAnd',
    1,
    builtin('shiftRight', 1, word(builtin('div', 1, load.index, make.u32(4))), shift),
    make.u32(255),
  );
  return builtin('toF32', 1, byte);
}

/** Every name that the kernel itself gives: functions must not share one with a variable that would hide them. */
function namesIn({ name, bindings, body }: ScheduledKernel): ReadonlySet<string> {
  const names = new Set([name, ...[...bindings, ...body.constants, ...body.shared].map((thing) => thing.name)]);
  const visit = (block: readonly Statement[]): void => {
    for (const statement of block) {
      if (statement.kind === 'declare' || statement.kind === 'for') names.add(statement.variable.name);
      if (statement.kind === 'array') names.add(statement.array.name);
      if (statement.kind === 'matrix') names.add(statement.matrix.name);
      blocksOf(statement).forEach(visit);
    }
  };
  visit(body.statements);
  return names;
}

function placesIn(statements: readonly Statement[]): WgslKernel['places'] {
  const places = new Set<PlaceArgument>();
  const look = (expr: Expr): void => {
    if (expr.kind === 'place') places.add(placeArgument(expr.place));
    childrenOf(expr).forEach(look);
  };
  const visit = (block: readonly Statement[]): void => {
    for (const statement of block) {
      expressionsOf(statement).forEach(look);
      blocksOf(statement).forEach(visit);
    }
  };
  visit(statements);
  return places;
}
