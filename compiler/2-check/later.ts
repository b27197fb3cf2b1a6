/**
 * What the language can say and no version compiles yet, said wherever a spec writes it: also in declarations that no
 * program reaches. Elaboration says the same of what it reaches, in the same words at the same place; it is told once.
 */
import type { Declaration, Draw, ParamDeclaration, Statement } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import type { Session } from '../session.ts';

/** Declarations as a whole, and parameters that only later programs take. */
export function checkDeclaration(session: Session, declaration: Declaration): void {
  switch (declaration.kind) {
    case 'param':
      checkParam(session, declaration.parameter);
      break;
    default:
  }
}

/** False (and reported) for a param of an index, of another's values, or of a type that has no bijection yet. */
export function checkParam(session: Session, parameter: ParamDeclaration): boolean {
  const { index, from, type, span } = parameter;
  const word = type.name.text;
  const what =
    index !== undefined
      ? "a 'param' for each index"
      : from !== undefined
        ? "'from' in a param"
        : word === 'simplex' || word === 'cholesky'
          ? `a param over ${word}`
          : undefined;
  if (what === undefined) return true;
  session.report('not-supported', span, { what, instead: '' });
  return false;
}

/** A statement of a model, a guide, a net or a sample; false (and reported) where it is one for later. */
export function checkStatement(session: Session, statement: Statement, of: string): boolean {
  const what = laterPart(statement, of);
  if (what === undefined) return true;
  session.report('not-supported', statement.span, { what: `${what} in a ${of}`, instead: '' });
  return false;
}

function laterPart(statement: Statement, of: string): string | undefined {
  const isSample = of === 'sample';
  switch (statement.kind) {
    case 'sample':
      if (statement.modifier !== undefined && !isSample) return `'${statement.modifier}'`;
      return statement.index && 'an indexed draw';
    case 'let':
      return isSample ? undefined : statement.modifier && `'${statement.modifier}'`;
    case 'for':
    case 'keep':
      return isSample ? undefined : `'${statement.kind}'`;
    // What a param may be is checked by itself, wherever it stands.
    case 'param':
    case 'return':
      return undefined;
  }
}

/** False (and reported) for a draw with an estimator that is one for later. */
export function checkDraw(session: Session, draw: Draw): boolean {
  const by = draw.by && printExpr(draw.by);
  if (by === undefined || ['pathwise', 'stratified', 'antithetic'].includes(by)) return true;
  const instead = "; there is 'pathwise', and 'stratified' and 'antithetic' within the batch";
  session.report('not-supported', draw.span, { what: `the estimator '${by}'`, instead });
  return false;
}
