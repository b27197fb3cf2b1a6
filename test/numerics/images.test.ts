/**
 * Layers over images on both targets: every gradient of a training step within 1e-5 of float64, relative to its tensor's
 * largest entry. Sums have at most two thousand terms of either sign, which f32 adds up to about 1e-6 of the largest.
 * Each net holds layers before and behind those in question, so that gradients of inputs are held to it too.
 */
import { describe, expect, test } from 'vitest';
import { openTestDevice } from '../support/device.ts';
import { someNumbers } from '../support/elaborated.ts';
import { imageNets, imageSpec } from '../support/image-nets.ts';
import { openTestProcessor } from '../support/targets.ts';
import { gradientErrors } from './agreement.ts';
import { Bench, tell } from './bench.ts';

/** 5 rows a batch do not divide them. */
const rows = 11;

const webgpu = await openTestDevice();
const cpu = openTestProcessor();

describe.each([
  ['cpu', cpu],
  ['webgpu', webgpu],
] as const)('on %s', (target, device) => {
  // A driver that compiles kernels for the processor takes minutes for all of a U-Net, whose layers the others hold.
  const chosen = Object.entries(imageNets).filter(([name]) => target === 'cpu' || name !== 'a U-Net');
  test.skipIf(device === undefined).each(chosen)('%s', { timeout: 120_000 }, async (name, [extents, net]) => {
    const x = someNumbers(rows * extents[0] * extents[1], 5);
    const bench = await Bench.open(
      imageSpec(extents, net),
      { points: { x } },
      { device, profile: device!.report.profile },
    );
    try {
      const errors = await gradientErrors(bench, 2);
      for (const [path, error] of errors) expect(error, path).toBeLessThan(1e-5);
      const worst = Math.max(...errors.values());
      tell(`${target}, ${name}: the worst gradient is off by ${worst.toExponential(1)} of its tensor's largest entry`);
    } finally {
      bench.close();
    }
  });
});
