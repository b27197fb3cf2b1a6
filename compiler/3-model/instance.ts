/**
 * A model or guide at given values: its statements run with some variables replaced, which gives for each variable asked
 * for its distribution there, its factor. Only what those factors read is run.
 */
import { Frame } from '../2-check/context.ts';
import { checkStatement } from '../2-check/later.ts';
import { assign } from '../2-check/nets.ts';
import { readParam } from '../2-check/params.ts';
import {
  describe,
  type DistributionValue,
  type ModelValue,
  type TensorValue,
  type Value,
  type Factor,
  type ModelInstance,
} from '../2-check/values.ts';
import { namesIn, structureOf } from '../2-check/structure.ts';

/** What a variable becomes when the run reaches it: a given value or a fresh draw. */
export type Assign = (variable: string, distribution: DistributionValue) => TensorValue | undefined;

/**
 * Runs `model` for the factors of `wanted`. `given` holds the values of its parameters and of the variables that are
 * known beforehand; `choose` gives a wanted variable its value once its distribution is known.
 * Undefined where something was wrong and reported.
 */
export function instantiate(
  model: ModelValue,
  wanted: readonly string[],
  given: ReadonlyMap<string, Value>,
  choose: Assign,
  frame: Frame,
): ModelInstance | undefined {
  const { declaration } = model;
  const { context } = frame;
  const structure = structureOf(declaration);
  const inner = new Frame({
    context,
    program: frame.program,
    scope: model.scope,
    stopped: model.stopped || frame.stopped,
  });
  for (const [name, value] of given) inner.values.set(name, value);
  const factors = new Map<string, Factor>();
  const needed = neededNames(structure, wanted);
  for (const statement of declaration.body) {
    if (statement.kind === 'let' && statement.targets.some((target) => needed.has(target.text)))
      assign(statement, inner);
    else if (statement.kind === 'param' && needed.has(statement.parameter.name.text)) {
      const { parameter } = statement;
      inner.values.set(
        parameter.name.text,
        readParam(parameter, `${declaration.name.text}.${parameter.name.text}`, inner),
      );
    } else if (statement.kind === 'sample' && wanted.includes(statement.target.text)) {
      const variable = statement.target.text;
      if (!checkStatement(context.session, statement, declaration.kind)) return undefined;
      const distribution = inner.elaborate(statement.distribution);
      if (distribution.kind !== 'distribution') {
        if (distribution.kind !== 'invalid') {
          const params = { expected: "a distribution behind '~'", found: describe(distribution) };
          context.session.report('wrong-type', statement.distribution.span, params);
        }
        return undefined;
      }
      const value = choose(variable, distribution);
      const named: TensorValue | undefined = value && { ...value, text: variable };
      factors.set(variable, { variable, distribution, span: statement.span, ...(named && { value: named }) });
      if (named !== undefined) inner.values.set(variable, named);
    } else if (statement.kind === 'for' || statement.kind === 'keep') {
      checkStatement(context.session, statement, declaration.kind);
      return undefined;
    } else if (statement.kind === 'return') {
      const what = `'return' in a ${declaration.kind}`;
      context.session.report('not-supported', statement.span, { what, instead: '; its variables are what it gives' });
      return undefined;
    }
  }
  return { model, factors };
}

/** The deterministic names and params that the wanted factors read. */
function neededNames(structure: ReturnType<typeof structureOf>, wanted: readonly string[]): Set<string> {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const statement = structure.statements.get(name);
    if (statement === undefined) return;
    const expr =
      statement.kind === 'sample' ? statement.distribution : statement.kind === 'let' ? statement.value : undefined;
    if (expr === undefined) return;
    for (const read of namesIn(expr)) {
      if (needed.has(read) || structure.statements.get(read)?.kind === 'sample') continue;
      needed.add(read);
      visit(read);
    }
  };
  for (const name of wanted) visit(name);
  return needed;
}
