/** Reads what `vaec compile --out DIR` wrote: the plan, the text of each kernel, and on the cpu target the modules. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CompiledKernels, moduleFiles, type Plan, planVersion } from '../compiler/5-kernel/plan.ts';
import { UserError } from './errors.ts';
import { readWhole } from './formats/files.ts';
import { decodeFrozen, frozenFile, type FrozenTensors } from './run/frozen.ts';

export interface ReadCompiled extends CompiledKernels {
  /** The parameters of finished runs, where the spec uses any. */
  readonly frozen?: FrozenTensors;
}

/**
 * The plan and kernels in a folder. Throws a UserError when a file is missing or the plan is of another format.
 *
 * @param folder A path, or the URL of a folder, such as that of a generated module.
 */
export async function readCompiled(folder: string | URL): Promise<ReadCompiled> {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const plan = planIn(await readText(join(path, 'plan.json')), join(path, 'plan.json'));
  const texts = plan.kernels.map(async ({ name, file }) => [name, await readText(join(path, file))] as const);
  const sources = new Map(await Promise.all(texts));
  const frozen = plan.frozen && {
    frozen: decodeFrozen(await readWhole(join(path, frozenFile)), join(path, frozenFile)),
  };
  if (plan.target !== 'cpu') return { plan, sources, ...frozen };
  const [relaxed, plain] = [moduleFiles.relaxed, moduleFiles.plain].map((file) => readWhole(join(path, file)));
  return { plan, sources, ...frozen, modules: { relaxed: await relaxed!, plain: await plain! } };
}

/** Throws a UserError unless this vaec can run the plan. */
export function demandPlanFormat(plan: Pick<Plan, 'format' | 'version'>, name = 'the plan'): void {
  if (plan.format !== 'vaec-plan') throw new UserError(`${name} is not a plan that vaec wrote`);
  if (plan.version === planVersion) return;
  const remedy =
    plan.version > planVersion
      ? 'use the vaec that compiled it, or a newer one'
      : 'compile the spec again with this vaec';
  throw new UserError(`${name} is of format ${plan.version}, and this vaec runs format ${planVersion}: ${remedy}`);
}

function planIn(text: string, path: string): Plan {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    throw new UserError(`"${path}" is not JSON: compile the spec again`, { cause: error });
  }
  if (typeof plan !== 'object' || plan === null) throw new UserError(`"${path}" is not a plan that vaec wrote`);
  demandPlanFormat(plan as Plan, `"${path}"`);
  return plan as Plan;
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readWhole(path));
}
