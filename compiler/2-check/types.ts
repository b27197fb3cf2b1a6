/** Written types: `unit[28, 28]`, `category(10)`, `real`. */
import type { TypeExpr } from '../1-syntax/ast.ts';
import type { Shape } from '../4-tensor/ir.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { DeclaredSupport } from '../distributions/distribution.ts';
import type { Frame } from './context.ts';
import { staticCount } from './static.ts';

export interface Type {
  readonly support: DeclaredSupport;
  readonly shape: Shape;
}

const plain = ['real', 'nonnegative', 'positive', 'unit', 'binary', 'count'] as const;
const sized = ['category', 'step', 'simplex'] as const;

export function readType(type: TypeExpr, frame: Frame): Type | undefined {
  const { session } = frame.context;
  const name = type.name.text;
  const shape: number[] = [];
  for (const extent of type.shape) {
    const found = staticCount(frame.elaborate(extent), extent.span, 'an extent of a shape', frame);
    if (found === undefined) return undefined;
    shape.push(found);
  }
  const known = plain.find((kind) => kind === name);
  if (known !== undefined) return { support: { kind: known }, shape };
  const withSize = sized.find((kind) => kind === name);
  if (name === 'cholesky') {
    session.report('not-supported', type.name.span, { what: "the type 'cholesky'", instead: '' });
    return undefined;
  }
  if (withSize === undefined) {
    session.report('unknown-type', type.name.span, { name, hint: didYouMean(name, [...plain, ...sized]) });
    return undefined;
  }
  if (withSize === 'simplex') {
    const size = shape.at(-1);
    if (size !== undefined) return { support: { kind: 'simplex', size }, shape };
  }
  const [size] = type.args;
  if (size === undefined) {
    session.report('missing-argument', type.span, { of: `the type '${name}'`, name: 'its size' });
    return undefined;
  }
  const count = staticCount(frame.elaborate(size), size.span, `the size of a ${name}`, frame);
  return count === undefined ? undefined : { support: { kind: withSize, size: count }, shape };
}
