/** `--device` and `--threads`: what computes. */
import { UsageError } from '../errors.ts';

/** auto: a GPU where there is one, else the processor. webgpu: any adapter, software ones too. */
export type DeviceChoice = 'auto' | 'webgpu' | 'cpu';

const choices: readonly string[] = ['auto', 'webgpu', 'cpu'] satisfies readonly DeviceChoice[];

/** Throws a UsageError for anything that is not a choice. */
export function deviceChoice(text: string): DeviceChoice {
  if (!choices.includes(text)) throw new UsageError(`--device "${text}" is not known: use auto, webgpu or cpu`);
  return text as DeviceChoice;
}
