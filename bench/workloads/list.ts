/** The workloads by name. */
import { conv } from './conv/workload.ts';
import { ddpm } from './ddpm/workload.ts';
import { iwae } from './iwae/workload.ts';
import { mnistVae, wide } from './mnist-vae/workload.ts';
import type { Workload } from './workload.ts';

export const workloads: readonly Workload[] = [mnistVae, ddpm, iwae, wide, conv];

/** Throws an Error that names the workloads there are. */
export function workloadNamed(name: string): Workload {
  const found = workloads.find((workload) => workload.name === name);
  if (found === undefined)
    throw new Error(`no workload '${name}'; there is ${workloads.map((one) => one.name).join(', ')}`);
  return found;
}
