/** Whether it is worth while to look for a GPU: WebGPU takes a third of a second to load its drivers. */
import { readdirSync } from 'node:fs';

/** What GPUs are called there: NVIDIA, anything with a render node, WSL, Tegra, Adreno, Mali. */
const nodes = /^(nvidia\d+|nvidiactl|dxg|nvhost-.*|nvgpu|nvmap|kgsl-.*|mali\d*)$/;
const renderNode = /^(renderD|card)\d+$/;

/**
 * False only where there is none: Linux shows every GPU under /dev, in a container too. Other systems are not asked.
 * `list` gives the names in a folder, none where it does not exist.
 */
export function mayHaveGpu(
  platform: NodeJS.Platform = process.platform,
  list: (folder: string) => readonly string[] = namesIn,
): boolean {
  if (platform !== 'linux') return true;
  return list('/dev').some((name) => nodes.test(name)) || list('/dev/dri').some((name) => renderNode.test(name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
