/** A device of WebGPU: opened with the adapter's own limits, watched for loss and for errors nobody caught, closed at the end. */
import type { CompiledKernels } from '../../compiler/5-kernel/plan.ts';
import type { DeviceLimits } from '../../compiler/5-kernel/schedule/space.ts';
import type { Device } from '../device/device.ts';
import type { AdapterReport } from '../device/report.ts';
import { EnvironmentError, InternalError } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import { demandExtensions, type Extensions, limitsOf, loadWebGPU, noAdapterError, reportOf } from './adapter.ts';
import { WebGpuExecutor } from './executor.ts';
import { eagerWait, patientWait, type Wait } from './wait.ts';

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

export class WebGpuDevice implements Device {
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

  /** Opens the best adapter. Throws an EnvironmentError where there is none, where it gives no device, or lacks an extension. */
  static async open(extensions: Extensions = {}): Promise<WebGpuDevice> {
    const device = await WebGpuDevice.#open(() => true, extensions);
    if (device === undefined) throw noAdapterError();
    return device;
  }

  /** The same, but undefined where there is no GPU, though there may be an adapter that does without. */
  static openHardware(): Promise<WebGpuDevice | undefined> {
    return WebGpuDevice.#open(({ software }) => !software, {});
  }

  static async #open(
    accepts: (report: AdapterReport) => boolean,
    extensions: Extensions,
  ): Promise<WebGpuDevice | undefined> {
    const root = await loadWebGPU(extensions);
    const adapter = await root.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return undefined;
    const report = reportOf(adapter);
    if (!accepts(report)) return undefined;
    demandExtensions(report, extensions);
    roots.add(root);
    try {
      const gpu = await adapter.requestDevice({
        label: 'vaec',
        // The types know the standard's features alone.
        requiredFeatures: report.features as readonly GPUFeatureName[],
        requiredLimits: Object.fromEntries(wantedLimits.map((limit) => [limit, adapter.limits[limit]])),
      });
      return new WebGpuDevice(root, gpu, report);
    } catch (cause) {
      roots.delete(root);
      throw new EnvironmentError(
        `the adapter gave no device: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
  }

  get limits(): DeviceLimits {
    return limitsOf(this.gpu.limits, this.report);
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  executor(compiled: CompiledKernels): Executor {
    return new WebGpuExecutor(this, compiled);
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
