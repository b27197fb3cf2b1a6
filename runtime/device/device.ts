/** The device: opened with the adapter's own limits, watched for loss and for errors nobody caught, closed at the end. */
import { EnvironmentError, InternalError, UsageError } from '../errors.ts';
import { type AdapterReport, loadWebGPU, reportOf, requestAdapter, usefulFeatures } from './adapter.ts';
import { eagerWait, patientWait, type Wait } from './wait.ts';

/** `--device`: which target computes. */
export type DeviceChoice = 'auto' | 'webgpu';

/** Throws a UsageError for anything that is not a choice. */
export function deviceChoice(text: string): DeviceChoice {
  if (text === 'auto' || text === 'webgpu') return text;
  if (text === 'cpu')
    throw new UsageError('--device cpu is not there yet: kernels run through WebGPU; use auto or webgpu');
  throw new UsageError(`--device "${text}" is not known: use auto or webgpu`);
}

/**
 * The objects that hold WebGPU up. Dawn crashes when the one that `create` gave is collected before its devices, and
 * keeps the process from ending when it hangs on globalThis; so each open device keeps its own here.
 */
const roots = new Set<GPU>();

/** The limits that a device is asked for: everything the adapter has that kernels can use. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxUniformBufferBindingSize',
  'maxBindingsPerBindGroup',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies (keyof GPUSupportedLimits)[];

export class Device {
  readonly gpu: GPUDevice;
  readonly report: AdapterReport;
  /** How to wait for it; on software adapters without polling. */
  readonly wait: Wait;
  readonly #root: GPU;
  #failure: Error | undefined;
  #closed = false;

  private constructor(root: GPU, gpu: GPUDevice, report: AdapterReport) {
    this.#root = root;
    this.gpu = gpu;
    this.report = report;
    this.wait = report.software ? patientWait : eagerWait;
    void gpu.lost.then((loss) => {
      if (!this.#closed) this.#fail(lostError(report, loss.message));
    });
    gpu.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      const { error } = event as GPUUncapturedErrorEvent;
      this.#fail(new InternalError(`the device refused a command: ${error.message}`));
    });
  }

  /** Opens the best adapter. Throws an EnvironmentError where there is none, or where it gives no device. */
  static async open(): Promise<Device> {
    const root = await loadWebGPU();
    roots.add(root);
    try {
      const adapter = await requestAdapter(root);
      const report = reportOf(adapter);
      const gpu = await adapter.requestDevice({
        label: 'vaec',
        requiredFeatures: usefulFeatures.filter((feature) => adapter.features.has(feature)),
        requiredLimits: Object.fromEntries(wantedLimits.map((limit) => [limit, adapter.limits[limit]])),
      });
      return new Device(root, gpu, report);
    } catch (error) {
      roots.delete(root);
      if (error instanceof EnvironmentError) throw error;
      throw new EnvironmentError(
        `the adapter gave no device: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
  }

  /** Throws what went wrong since the last look: the device was lost, or refused a command. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits for a promise of the device; if the device fails meanwhile, that failure is thrown instead. */
  async until<T>(pending: () => Promise<T>): Promise<T> {
    this.check();
    try {
      const value = await this.wait(pending);
      this.check();
      return value;
    } catch (error) {
      // The promise is rejected before the loss is told: give that a moment to arrive.
      if (this.#failure === undefined) await Promise.race([this.gpu.lost, pause(50)]);
      this.check();
      throw error;
    }
  }

  /** Lets go of all its memory. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.gpu.destroy();
    roots.delete(this.#root);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
  }
}

function lostError(report: AdapterReport, message: string): EnvironmentError {
  return new EnvironmentError(
    `the device was lost (${report.description}): ${message.trim() || 'its driver gave no reason'}. The last checkpoint ` +
      'is whole: run the same command with --resume to go on from it; if it happens again, the driver or the memory ' +
      'of the machine is the cause',
  );
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
