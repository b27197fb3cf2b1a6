/** The device that tests run on: one a file, opened when first asked for, closed after the file's last test. */
import { afterAll } from 'vitest';
import { EnvironmentError } from '../../runtime/errors.ts';
import type { Extensions } from '../../runtime/webgpu/adapter.ts';
import { WebGpuDevice } from '../../runtime/webgpu/device.ts';

/**
 * The device, or undefined with a line on the terminal where the machine has no adapter; then the test skips itself.
 * With VAEC_REQUIRE_DEVICE=1 a missing adapter fails instead, but not one without an extension. To be called once for
 * the same extensions, at the top of a test file.
 */
export async function openTestDevice(extensions: Extensions = {}): Promise<WebGpuDevice | undefined> {
  try {
    const device = await WebGpuDevice.open(extensions);
    afterAll(() => device.close());
    return device;
  } catch (error) {
    const isRequired = process.env['VAEC_REQUIRE_DEVICE'] === '1' && !extensions.subgroupMatrices;
    if (!(error instanceof EnvironmentError) || isRequired) throw error;
    process.stderr.write(`SKIPPED: tests that need a device; ${error.message}\n`);
    return undefined;
  }
}
