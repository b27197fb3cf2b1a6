/** Draws shared: every E and KL over the same guide, arguments and number of draws sees one draw. */
import type { Frame } from '../2-check/context.ts';
import type { Plate, ModelInstance } from '../2-check/values.ts';
import type { DensityQuery } from './query.ts';
import { expectedDraw } from './expected.ts';
import { instantiate } from './instance.ts';

/** Draws the left side of `query` jointly, once a row, or `plate.extent` times a row. */
export function sharedDraw(query: DensityQuery, plate: Plate | undefined, frame: Frame): ModelInstance | undefined {
  const { program } = frame;
  if (program === undefined) return undefined;
  const { model, of, values } = query;
  const name = model.declaration.name.text;
  const given = [...values].map(([variable, value]) => `${variable}=%${value.node.id}`).sort();
  const key = [name, model.scope.path, model.stopped || frame.stopped, plate?.id ?? 'one', [...of].sort(), given].join(
    ' ',
  );
  const known = program.draws.get(key);
  if (known !== undefined) return known;
  const given1 = new Map(values);
  for (const variable of of) given1.delete(variable);
  const instance = instantiate(
    model,
    of,
    given1,
    (variable, distribution) => expectedDraw(variable, distribution, [name, variable], plate, frame),
    frame,
  );
  if (instance === undefined || of.some((variable) => instance.factors.get(variable)?.value === undefined))
    return undefined;
  program.draws.set(key, instance);
  return instance;
}
