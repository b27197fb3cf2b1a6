/** Derived fields of a data set, `z = mean q(z | x)`: computed from the other fields of their row, once, before training. */
import type { DataClause } from '../1-syntax/ast.ts';
import { changes } from '../4-tensor/host.ts';
import { topological, type Output } from '../4-tensor/ir.ts';
import type { DataContract } from '../4-tensor/program.ts';
import { Frame, type Context } from '../2-check/context.ts';
import { floating, spread, toTensor } from '../2-check/tensors.ts';
import { describe, type TensorValue } from '../2-check/values.ts';
import type { Support } from '../distributions/distribution.ts';
import { openProgram, rowsPlate } from './programs/open.ts';
import { fieldsAt, orderedRows } from './programs/rows.ts';

type Field = DataContract['fields'][number];
type Derivation = Extract<DataClause, { kind: 'derived' }>;

/** Rows that are computed together. */
const batch = 128;

/**
 * Adds a field for each clause to `fields` and `supports`, each knowing those before it, and a program that computes
 * them. Undefined where something was wrong and reported.
 */
export function deriveFields(
  clauses: readonly Derivation[],
  set: string,
  fields: Field[],
  supports: Map<string, Support>,
  { context, scope }: Frame,
): DataContract['derived'] | undefined {
  const { b, session } = context;
  const rows = rowsPlate('batch', batch);
  const index = orderedRows(context, batch);
  const known = fieldsAt(context, { contract: { fields }, supports }, set, index, b.constant(0, 'u32'), [rows]);
  const name = `derive.${set}`;
  const program = openProgram({ name, kind: 'evaluate', rows, rowIndex: index, set, fields: known });
  const frame = new Frame({ context, program, scope });
  const outputs: Output[] = [];
  for (const { name: field, value: written } of clauses) {
    if (supports.has(field.text)) {
      session.report('duplicate-name', field.span, { name: field.text });
      return undefined;
    }
    const value = frame.elaborate(written);
    const tensor = value.kind === 'invalid' ? undefined : toTensor(frame, value, written.span);
    if (tensor === undefined) return undefined;
    if (tensor.plates.some(({ id }) => id !== rows.id)) {
      session.report('wrong-type', written.span, {
        expected: 'one value a row',
        found: `${describe(tensor)} for each index`,
      });
      return undefined;
    }
    const but = reasonAgainst(tensor, context);
    if (but !== undefined) {
      session.report('derived-field', written.span, { name: field.text, but });
      return undefined;
    }
    const node = spread(frame, { ...tensor, node: floating(tensor, frame) }, [rows], tensor.shape);
    outputs.push({ name: field.text, node: b.label(node, field.text), target: { kind: 'result' } });
    const support = declared(tensor.support);
    const table = { field: field.text, storage: 'f32', rowShape: tensor.shape, scale: 1 } as const;
    fields.push({ name: field.text, support, shape: tensor.shape, table, standardize: false });
    supports.set(field.text, support);
    known.set(field.text, { ...tensor, support, text: field.text });
  }
  context.derivations.push({ kind: 'derive', name, function: { name, outputs }, set, batch });
  return { program: name, fields: clauses.map((clause) => clause.name.text) };
}

/** Why a value is not one that a row has for good, and what to do; undefined where it is. */
function reasonAgainst({ node, deferred }: TensorValue, { uniforms, hypers }: Context): string | undefined {
  if (deferred !== undefined) return 'a mean over the batch is of no row';
  for (const each of topological([node])) {
    if (each.kind !== 'input') continue;
    const { source } = each;
    if (source.kind === 'parameter') {
      return `'${source.path}' is trained here; train it by itself and take it from there with 'use run'`;
    }
    const uniform = source.kind === 'uniform' ? uniforms.get(source.name)?.value : undefined;
    if (uniform?.kind === 'clock' && uniform.name !== 'first' && uniform.name !== 'rows') {
      return "this is drawn at random; take a mean, 'mean q(z | x)', and cut a field with 'binarize … at'";
    }
    if (uniform?.kind === 'host' && changes(uniform.expression, (name) => hypers.get(name)!.value)) {
      return 'this changes from step to step; take a hyper that is one number';
    }
  }
  return undefined;
}

/** The set as a type says it; an interval has no word of its own. */
function declared(support: Support): Field['support'] {
  return support.kind === 'interval' ? { kind: 'real' } : support;
}
