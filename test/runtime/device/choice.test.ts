import { expect, test } from 'vitest';
import { deviceChoice } from '../../../runtime/device/choice.ts';
import { UsageError } from '../../../runtime/errors.ts';

test('a device is auto, webgpu or cpu; anything else is a usage error', () => {
  for (const choice of ['auto', 'webgpu', 'cpu']) expect(deviceChoice(choice)).toBe(choice);
  expect(() => deviceChoice('gpu')).toThrow(UsageError);
  expect(() => deviceChoice('gpu')).toThrow('--device "gpu" is not known: use auto, webgpu or cpu');
});
