/** WebGPU under Node as libraries for browsers expect it, over the same Dawn, with the same patient wait as vaec's. */
import { patientWait } from '../../runtime/webgpu/wait.ts';
import { Missing } from './serve.ts';

/**
 * Puts navigator.gpu and WebGPU's globals in place, and slows Dawn's polling for as long as the process lives: its loop
 * would take a core from the software adapter that computes. Returns the adapter's name.
 */
export async function provideWebGpu(): Promise<string> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu, userAgent: `Node.js/${process.versions.node}`, hardwareConcurrency: 2 },
    configurable: true,
  });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Missing('no WebGPU adapter');
  if (/llvmpipe|lavapipe|swiftshader/i.test(adapter.info.description))
    void patientWait(() => new Promise(() => undefined));
  return adapter.info.description;
}
