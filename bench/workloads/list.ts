/** The workloads by name. */
import { ddpm } from './ddpm/workload.ts';
import { mnistVae } from './mnist-vae/workload.ts';
import type { Workload } from './workload.ts';

export const workloads: readonly Workload[] = [mnistVae, ddpm];

/** Throws an Error that names the workloads there are. */
export function workloadNamed(name: string): Workload {
  const found = workloads.find((workload) => workload.name === name);
  if (found === undefined)
    throw new Error(`no workload '${name}'; there is ${workloads.map((one) => one.name).join(', ')}`);
  return found;
}
