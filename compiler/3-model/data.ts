/** Data declarations: what a set must hold, where it comes from, and how its fields lie on the device. */
import type { DataClause, DeclarationOf, Expr } from '../1-syntax/ast.ts';
import type { Storage } from '../4-tensor/ir.ts';
import type { DataContract } from '../4-tensor/program.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Support } from '../distributions/distribution.ts';
import { Frame, type Context } from '../2-check/context.ts';
import { markStatic, staticNumber } from '../2-check/static.ts';
import { readType } from '../2-check/types.ts';
import { describe, type ValueOf, type Contract } from '../2-check/values.ts';
import { deriveFields } from './derive-fields.ts';
import { readSource } from './sources.ts';

type Field = DataContract['fields'][number];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The contract of a declared set; undefined where something was wrong and reported. */
export function contractOf({ declaration, scope, name }: ValueOf<'data'>, context: Context): Contract | undefined {
  const known = context.data.get(declaration);
  if (known !== undefined || context.data.has(declaration)) return known;
  context.data.set(declaration, undefined);
  const frame = new Frame({ context, program: undefined, scope });
  const made =
    declaration.kind === 'data' ? ownContract(declaration, name, frame) : derivedContract(declaration, name, frame);
  context.data.set(declaration, made);
  if (made !== undefined) context.contracts.set(made.contract.name, made.contract);
  return made;
}

function ownContract(declaration: DeclarationOf<'data'>, name: string, frame: Frame): Contract | undefined {
  const { session } = frame.context;
  const fields: Mutable<Field>[] = [];
  const supports = new Map<string, Support>();
  const source = declaration.clauses.find((clause) => clause.kind === 'source');
  if (source === undefined) {
    session.report('missing-clause', declaration.name.span, {
      clause: 'source …',
      of: `data '${name}'`,
    });
    return undefined;
  }
  const names = declaration.clauses.flatMap((clause) => (clause.kind === 'field' ? [clause.field.name.text] : []));
  const call = readSource(source.source, name, names, frame);
  for (const clause of declaration.clauses) {
    if (clause.kind !== 'field') continue;
    const type = readType(clause.field.type, frame);
    if (type === undefined) return undefined;
    const field = clause.field.name.text;
    if (supports.has(field)) {
      session.report('duplicate-name', clause.field.name.span, { name: field });
      return undefined;
    }
    supports.set(field, type.support);
    const storage = storageOf(type.support, call?.kind ?? '');
    const table = {
      field,
      storage,
      rowShape: type.shape,
      scale: storage === 'u8' && type.support.kind === 'unit' ? 1 / 255 : 1,
    };
    fields.push({ name: field, support: type.support, shape: type.shape, table, standardize: false });
  }
  if (call === undefined) return undefined;
  const rest = readClauses(declaration.clauses, name, fields, supports, frame);
  if (rest === undefined) return undefined;
  const splits = call.args['splits'];
  const ownParts = typeof splits === 'object' && !Array.isArray(splits) ? Object.keys(splits) : [];
  const contract = { name, fields, source: call, from: [], ...rest };
  return { contract, supports, parts: [...ownParts, ...rest.split.map((part) => part.name)] };
}

/** Bytes for what fits them: pictures from files of bytes, zeros and ones, few categories. */
function storageOf(support: Support, source: string): Storage {
  switch (support.kind) {
    case 'unit':
      return source === 'idx' || source === 'shapes' || source === 'png' ? 'u8' : 'f32';
    case 'binary':
      return 'u8';
    case 'category':
      return support.size <= 256 ? 'u8' : 'u32';
    case 'count':
    case 'step':
      return 'u32';
    default:
      return 'f32';
  }
}

/** binarize, standardize, split, where; then the derived fields, which are computed from what those make of the rows. */
function readClauses(
  clauses: readonly DataClause[],
  set: string,
  fields: Mutable<Field>[],
  supports: Map<string, Support>,
  frame: Frame,
): Pick<DataContract, 'split' | 'where' | 'derived'> | undefined {
  const { session } = frame.context;
  const derivations = clauses.filter((clause) => clause.kind === 'derived');
  const isDerived = (name: string): boolean => derivations.some((derived) => derived.name.text === name);
  const split: Mutable<DataContract['split'][number]>[] = [];
  const where: DataContract['where'][number][] = [];
  const find = (name: { text: string; span: Expr['span'] }): Mutable<Field> | undefined => {
    const field = fields.find((candidate) => candidate.name === name.text);
    const hint = didYouMean(
      name.text,
      fields.map((candidate) => candidate.name),
    );
    const early = '; derived fields are computed later, so ask this of a set that derives from this one';
    if (field === undefined) {
      session.report('unknown-name', name.span, { name: name.text, hint: isDerived(name.text) ? early : hint });
    }
    return field;
  };
  for (const clause of clauses) {
    switch (clause.kind) {
      case 'binarize': {
        const field = find(clause.field);
        if (field === undefined) return undefined;
        if (field.support.kind !== 'unit') {
          const params = {
            expected: `a field over 'unit' to binarize`,
            found: `'${field.name}' over '${field.support.kind}'`,
          };
          session.report('wrong-type', clause.span, params);
          return undefined;
        }
        const how = readBinarization(clause, frame);
        if (how === undefined) return undefined;
        field.binarize = how;
        if (how.kind === 'threshold') field.table = { ...field.table, storage: 'u8', scale: 1 };
        supports.set(field.name, { kind: 'binary' });
        break;
      }
      case 'standardize': {
        if (isDerived(clause.field.text)) break;
        const field = find(clause.field);
        if (field === undefined) return undefined;
        standardize(field, supports);
        break;
      }
      case 'split':
        for (const part of clause.parts) {
          const share = frame.elaborate(part.value);
          if (part.name === undefined || share.kind !== 'scalar' || share.value === undefined || !(share.value > 0)) {
            session.report('wrong-type', part.span, {
              expected: "a share such as 'train: 0.8'",
              found: describe(share),
            });
            return undefined;
          }
          if (split.some(({ name }) => name === part.name?.text)) {
            session.report('duplicate-name', part.name.span, { name: part.name.text });
            return undefined;
          }
          markStatic(frame.context, share.expression);
          split.push({ name: part.name.text, share: share.value });
        }
        if (!sumToOne(split)) {
          const sum = split.reduce((total, { share }) => total + share, 0);
          session.report('wrong-type', clause.span, { expected: 'shares that sum to 1', found: `a sum of ${sum}` });
          return undefined;
        }
        break;
      case 'where': {
        const condition = readCondition(clause.condition, find, frame);
        if (condition === undefined) return undefined;
        where.push(...condition);
        break;
      }
      case 'derived':
      case 'field':
      case 'source':
        break;
    }
  }
  if (derivations.length === 0) return { split, where };
  const derived = deriveFields(derivations, set, fields, supports, frame.child());
  if (derived === undefined) return undefined;
  for (const clause of clauses) {
    if (clause.kind === 'standardize' && isDerived(clause.field.text)) standardize(find(clause.field)!, supports);
  }
  return { split, where, derived };
}

function standardize(field: Mutable<Field>, supports: Map<string, Support>): void {
  field.standardize = true;
  field.table = { ...field.table, storage: 'f32', scale: 1 };
  supports.set(field.name, { kind: 'real' });
}

/** `dynamic`, or `at` a fixed grey value. */
function readBinarization(
  { at, span }: Extract<DataClause, { kind: 'binarize' }>,
  frame: Frame,
): NonNullable<Field['binarize']> | undefined {
  if (at === undefined) return { kind: 'dynamic' };
  const value = staticNumber(frame.elaborate(at), at.span, "'binarize … at'", frame);
  if (value === undefined || (value >= 0 && value <= 1))
    return value === undefined ? value : { kind: 'threshold', at: value };
  const params = { expected: 'a grey value from 0 to 1 to cut at', found: `the number ${value}` };
  frame.context.session.report('wrong-type', span, params);
  return undefined;
}

function sumToOne(split: DataContract['split']): boolean {
  return Math.abs(split.reduce((total, { share }) => total + share, 0) - 1) <= 1e-6;
}

function readCondition(
  expr: Expr,
  find: (name: { text: string; span: Expr['span'] }) => Field | undefined,
  frame: Frame,
): DataContract['where'][number][] | undefined {
  const operators = ['==', '!=', '<', '<=', '>', '>='] as const;
  if (expr.kind === 'binary' && expr.left.kind === 'name') {
    const operator = operators.find((candidate) => candidate === expr.operator);
    const field = find({ text: expr.left.text, span: expr.left.span });
    const value = frame.elaborate(expr.right);
    if (field === undefined) return undefined;
    if (field.shape.length > 0) {
      const params = { expected: 'a field of one number a row', found: `'${field.name}' [${field.shape.join(', ')}]` };
      frame.context.session.report('wrong-type', expr.left.span, params);
      return undefined;
    }
    if (operator !== undefined && value.kind === 'scalar' && value.value !== undefined) {
      markStatic(frame.context, value.expression);
      return [{ field: field.name, operator, value: value.value }];
    }
  }
  const params = { expected: "a comparison of a field with a number, such as 'label != 4'", found: 'something else' };
  frame.context.session.report('wrong-type', expr.span, params);
  return undefined;
}

/** `data d = mixture where label != 4`, `data d = concat(a, b)`. */
function derivedContract(declaration: DeclarationOf<'derived-data'>, name: string, frame: Frame): Contract | undefined {
  const { session, context } = { session: frame.context.session, context: frame.context };
  const { value } = declaration;
  const isConcat = value.kind === 'call' && value.callee.kind === 'name' && value.callee.text === 'concat';
  const written = isConcat ? value.args.map((arg) => arg.value) : [value];
  const bases: { contract: Contract; reference: string; part: string | undefined }[] = [];
  for (const expr of written) {
    const set = frame.elaborate(expr);
    if (set.kind !== 'data') {
      if (set.kind !== 'invalid')
        session.report('wrong-type', expr.span, { expected: 'a data set', found: describe(set) });
      return undefined;
    }
    const contract = contractOf(set, context);
    if (contract === undefined || !checkPart(contract, set, expr, context)) return undefined;
    bases.push({ contract, reference: referenceOf(set), part: set.part });
  }
  const [first] = bases;
  if (first === undefined) {
    session.report('missing-argument', value.span, { of: "'concat'", name: 'a data set' });
    return undefined;
  }
  const fields = first.contract.contract.fields.map((field) => ({ ...field }));
  const supports = new Map(first.contract.supports);
  const rest = readClauses(declaration.clauses, name, fields, supports, frame);
  if (rest === undefined) return undefined;
  const kept = bases.length === 1 && first.part === undefined ? first.contract.parts : [];
  const source = { kind: 'derived', args: {} };
  const from = bases.map((base) => base.reference);
  const contract = { name, fields, source, from, ...rest };
  return { contract, supports, parts: rest.split.length > 0 ? rest.split.map((part) => part.name) : kept };
}

/** `mnist.train`. */
export function referenceOf({ name, part }: ValueOf<'data'>): string {
  return part === undefined ? name : `${name}.${part}`;
}

export function checkPart(contract: Contract, set: ValueOf<'data'>, expr: Expr, context: Context): boolean {
  if (set.part === undefined || contract.parts.includes(set.part)) return true;
  const { name } = set;
  const hint = didYouMean(set.part, contract.parts) || `; it has ${contract.parts.join(', ') || 'no parts'}`;
  context.session.report('unknown-split', expr.span, { name: set.part, set: `'${name}'`, hint });
  return false;
}
