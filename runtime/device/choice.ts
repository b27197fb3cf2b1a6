/** `--device`: which target computes. */
import { UsageError } from '../errors.ts';

export type DeviceChoice = 'auto' | 'webgpu';

/** Throws a UsageError for anything that is not a choice. */
export function deviceChoice(text: string): DeviceChoice {
  if (text === 'auto' || text === 'webgpu') return text;
  if (text === 'cpu')
    throw new UsageError('--device cpu is not there yet: kernels run through WebGPU; use auto or webgpu');
  throw new UsageError(`--device "${text}" is not known: use auto or webgpu`);
}
