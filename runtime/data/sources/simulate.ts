/** `simulate(p0, n: 1000, seed: 1)`: rows drawn from a model of the spec, its graph evaluated in float64. */
import { sizeOf } from '../../../compiler/4-tensor/ir.ts';
import { evaluate } from '../../../compiler/4-tensor/reference.ts';
import { mixSeed } from '../../../compiler/ops/index.ts';
import { InternalError } from '../../errors.ts';
import { WHOLE } from '../dataset.ts';
import { locateIn, type RawField, type RawSplit, type SourceRequest } from '../source.ts';

/** The same rows for the same model, n and seed, on any device. */
export function simulate({ contract, args }: SourceRequest): Promise<readonly RawSplit[]> {
  const rows = args.whole('n', 1);
  const seed = mixSeed(args.whole('seed', 0, 0));
  args.finish();
  const graphs = contract.source.graphs ?? [];
  const values = evaluate(
    graphs.map(({ node }) => node),
    ({ source }) => {
      if (source.kind !== 'uniform') throw new InternalError(`a simulation reads ${JSON.stringify(source)}`);
      return [source.name === 'seed' ? seed : 0];
    },
  );
  const fields = new Map<string, RawField>();
  graphs.forEach(({ field, node }, i) => {
    const shape = node.shape.slice(1);
    const origin = `simulate of "${contract.name}"`;
    if (values[i]!.length !== rows * sizeOf(shape)) throw new InternalError(`${origin} drew another number of rows`);
    fields.set(field, { values: values[i]!, shape, origin, locate: locateIn(origin, shape) });
  });
  return Promise.resolve([{ name: WHOLE, rows, fields }]);
}
