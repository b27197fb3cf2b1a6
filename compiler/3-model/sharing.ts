/** Draws shared: every E and KL over the same guide, arguments and number of draws sees one draw. */
import type { Frame } from '../2-check/context.ts';
import type { Plate, ModelInstance } from '../2-check/values.ts';
import type { DensityQuery } from './query.ts';
import { decide } from '../2-check/derivation.ts';
import { drawFrom } from './draw.ts';
import { instantiate } from './instance.ts';

/** Draws the left side of `query` jointly, once a row, or `plate.extent` times a row. */
export function sharedDraw(query: DensityQuery, plate: Plate | undefined, frame: Frame): ModelInstance | undefined {
  const { program, context } = frame;
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
    (variable, distribution) => {
      const family = distribution.distribution;
      const text = `${variable} ~ ${family.name}`;
      const estimator = family.pathwise ? 'pathwise' : 'none';
      const count = plate?.extent ?? 1;
      decide(program.decisions, { kind: 'draw', text, variable, family: family.name, count, estimator });
      if (!family.pathwise && program.kind === 'train') {
        context.session.report('no-pathwise-gradient', distribution.span, { variable, family: family.name });
        return undefined;
      }
      return drawFrom(frame, distribution, [name, variable], plate === undefined ? [] : [plate]);
    },
    frame,
  );
  if (instance === undefined || of.some((variable) => instance.factors.get(variable)?.value === undefined))
    return undefined;
  program.draws.set(key, instance);
  return instance;
}
