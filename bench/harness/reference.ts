/** The first training steps by the float64 interpreter of the spec's own tensors: what they read, draw and lose. */
import { compile } from '../../compiler/compile.ts';
import { Context } from '../../compiler/2-check/context.ts';
import { load } from '../../compiler/2-check/load.ts';
import { elaborate } from '../../compiler/3-model/elaborate.ts';
import { elaboratePrograms } from '../../compiler/3-model/programs/index.ts';
import { type Node, type NodeOf, sizeOf, topological } from '../../compiler/4-tensor/ir.ts';
import type { TrainProgram } from '../../compiler/4-tensor/program.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import type { Plan } from '../../compiler/5-kernel/plan.ts';
import { mixSeed } from '../../compiler/ops/index.ts';
import { Session } from '../../compiler/session.ts';
import { splitNamed } from '../../runtime/data/dataset.ts';
import { loadDataSets } from '../../runtime/data/load.ts';
import { Hypers } from '../../runtime/host/hypers.ts';
import { hostClock, stepClock } from '../../runtime/host/positions.ts';
import { scalarsOf } from '../../runtime/host/scalars.ts';
import { initialParameters } from '../../runtime/parameters/initialise.ts';
import { diskSources } from '../../runtime/spec-sources.ts';
import type { NoiseKind } from '../../test/support/draws.ts';
import type { Workload } from '../workloads/workload.ts';

/** A spec with the numbers that it begins with. */
export interface Subject {
  readonly training: TrainProgram;
  readonly plan: Plan;
  /** [layout.length]. */
  readonly parameters: Float32Array;
  /** The node that the spec has a name for, in a function of its programs. */
  named(outputs: readonly Node[], name: string): Node;
  /** What a sample program returns: [draws, ...]. */
  sampled(program: string): readonly Node[];
  /** The values of nodes at a step, given the vectors and states that earlier steps left; zeros where they left none. */
  valuesAt(step: number, nodes: readonly Node[], carried: ReadonlyMap<string, Float64Array>): readonly Float64Array[];
}

/**
 * `spec` is the path of the workload's text; `samples` other numbers of draws by the name of the sample program. Throws an
 * Error where it does not compile.
 */
export async function openSubject(
  workload: Workload,
  spec: string,
  dataFolder: string,
  samples: Readonly<Record<string, number>> = {},
): Promise<Subject> {
  const { hypers = {}, seed } = workload;
  const session = new Session(diskSources());
  const loaded = load(session, spec)!;
  const overrides = new Map(Object.entries(hypers));
  const elaborated = elaboratePrograms(new Context(session, loaded, overrides, elaborate), samples);
  const { compiled } = compile({ entry: spec, host: diskSources(), hypers, samples });
  if (elaborated === undefined || compiled === undefined) throw new Error(`${workload.name} does not compile`);
  const { programs } = elaborated.programs;
  const training = programs.find((program) => program.kind === 'train') as TrainProgram;
  const { plan } = compiled;
  const sets = await loadDataSets(plan.data, { folder: dataFolder });
  const parameters = initialParameters(plan.layout, seed, (reference) => splitNamed(sets, reference));
  const { rows } = splitNamed(sets, training.set);
  const places = new Map(plan.layout.parameters.map(({ path, offset }) => [path, offset]));
  const scalars = scalarsOf(plan, new Hypers(plan));

  return {
    training,
    plan,
    parameters,
    named(outputs, name) {
      const found = topological(outputs).find((node) => session.builder.labelOf(node) === name);
      if (found === undefined) throw new Error(`${workload.name} has no "${name}"`);
      return found;
    },
    sampled(name) {
      const found = programs.find((program) => program.name === `sample.${name}`);
      if (found === undefined) throw new Error(`${workload.name} has no sample "${name}"`);
      return found.function.outputs.map(({ node }) => node);
    },
    valuesAt(step, nodes, carried) {
      const scalar = scalars({
        clock: stepClock(step, training.batch, rows, mixSeed(seed)),
        host: hostClock(step, training.batch, rows, workload.checked),
      });
      const input = ({ source, shape }: NodeOf<'input'>): ArrayLike<number> => {
        const size = sizeOf(shape);
        switch (source.kind) {
          case 'parameter': {
            const offset = places.get(source.path)!;
            return (carried.get('parameters') ?? parameters).subarray(offset, offset + size);
          }
          case 'vector':
          case 'state':
            return carried.get(source.name) ?? new Float64Array(size);
          case 'uniform':
            return [scalar(source.name)];
          case 'argument':
          case 'frozen':
            throw new Error(`it reads the ${source.kind} ${'path' in source ? source.path : source.name}`);
        }
      };
      return evaluate(nodes, input, ({ set, field }) => splitNamed(sets, set).fields.get(field)!.values);
    },
  };
}

/** The losses of the first steps, in nats a row: what is minimized. About a second for each GFLOP. */
export function referenceLosses({ training, parameters, valuesAt }: Subject, steps: number): readonly number[] {
  const { outputs } = training.function;
  const nodes = outputs.map(({ node }) => node);
  const carried = new Map<string, Float64Array>([['parameters', Float64Array.from(parameters)]]);
  return Array.from({ length: steps }, (_, step) => {
    const values = valuesAt(step, nodes, carried);
    outputs.forEach(({ name }, i) => carried.set(name, values[i]!));
    return (training.sense === 'maximize' ? -1 : 1) * carried.get('objective')![0]!;
  });
}

/** The first noise of a kind: the simplifier may leave the same in two forms, and the first is as large as the draw. */
export function noiseIn(outputs: readonly Node[], kind: NoiseKind): Node {
  const found = topological(outputs).find((node) => node.kind === 'map' && node.op === kind);
  if (found === undefined) throw new Error(`there is no "${kind}"`);
  return found;
}
