/** Couplings of draws with rows, computed by the host before each run, while the device is at the runs before it. */
import { type Node, type NodeOf, type Table, topological } from '../../compiler/4-tensor/ir.ts';
import { nodesOf } from '../../compiler/4-tensor/graph.ts';
import type { Coupling } from '../../compiler/4-tensor/program.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { usedBuffers } from '../../compiler/5-kernel/needs.ts';
import type { PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { InternalError, UserError } from '../errors.ts';
import { type Splits, tableKey } from '../execute/contents.ts';
import type { HostArgument, Scalars } from '../execute/inputs.ts';
import { assign } from './assignment.ts';

/** The couplings that the program's kernels read, each as the argument that it is to them. */
export function couplingsOf(program: PlanProgram, splits: Splits): readonly HostArgument[] {
  const read = usedBuffers([program]);
  return (program.couplings ?? [])
    .filter(({ argument }) => read.has(argument))
    .map(({ argument, text, graph }) => {
      const [values, draws, counted] = nodesOf(graph) as readonly [Node, Node, Node];
      const coupling: Coupling = { argument, text, values, draws, counted };
      const stored = tablesOf(coupling, splits);
      const tables = ({ set, field }: Table) => stored.get(tableKey(set, field))!;
      const compute = (scalars: Scalars) => couple(coupling, scalars, tables);
      return { name: argument, length: values.shape[0]!, compute };
    });
}

/** The stored numbers of the fields that the coupling reads, which stay on the host for it. */
function tablesOf({ values, draws }: Coupling, splits: Splits): ReadonlyMap<string, ArrayLike<number>> {
  const found = new Map<string, ArrayLike<number>>();
  for (const node of topological([values, draws])) {
    if (node.kind !== 'batch') continue;
    const { set, field } = node.table;
    const key = tableKey(set, field);
    if (!found.has(key)) found.set(key, splits(set).fields.get(field)!.values);
  }
  return found;
}

/** Squared; sums of as many as a batch has rows stay finite. NaN is not below it. */
const largestDistance = 1e300;

/** The permutation for one run. Throws a UserError where a distance is no finite number. */
function couple(
  { text, values, draws, counted }: Coupling,
  scalars: Scalars,
  tables: (table: Table) => ArrayLike<number>,
): Uint32Array {
  const inputs = ({ source }: NodeOf<'input'>): readonly number[] => {
    if (source.kind === 'uniform') return [scalars(source.name)];
    throw new InternalError(`a coupling reads the ${source.kind} of its program, which the host does not have`);
  };
  const [x, e, [n = 0] = []] = evaluate([values, draws, counted], inputs, tables);
  const batch = values.shape[0]!;
  const cost = squaredDistances(x!, e!, n, x!.length / batch);
  if (!cost.every((distance) => distance <= largestDistance)) {
    throw new UserError(`${text}: a distance between the two is not finite; look at the expressions and at the data`);
  }
  const permutation = Uint32Array.from({ length: batch }, (_, row) => row);
  permutation.set(assign(cost, n).columns);
  return permutation;
}

/** ‖x_i - e_j‖² of the first n rows of each, [n, n], rows being of `size` numbers. */
function squaredDistances(x: Float64Array, e: Float64Array, n: number, size: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const difference = x[i * size + k]! - e[j * size + k]!;
        sum += difference * difference;
      }
      out[i * n + j] = sum;
    }
  }
  return out;
}
