import { expect, test } from 'vitest';
import { mayHaveGpu } from '../../../runtime/webgpu/hardware.ts';

const linux = (folders: Readonly<Record<string, readonly string[]>>) =>
  mayHaveGpu('linux', (folder) => folders[folder] ?? []);

test('on Linux a GPU shows under /dev; without one nothing is looked for', () => {
  const plain = ['null', 'tty0', 'shm', 'nvme0n1', 'kvm'];
  expect(linux({ '/dev': plain })).toBe(false);
  expect(linux({ '/dev': plain, '/dev/dri': [] })).toBe(false);
  expect(linux({ '/dev': plain, '/dev/dri': ['card0', 'renderD128'] })).toBe(true);
  for (const node of ['nvidia0', 'nvidiactl', 'dxg', 'nvhost-gpu', 'kgsl-3d0', 'mali0']) {
    expect(linux({ '/dev': [...plain, node] }), node).toBe(true);
  }
});

test('other systems are always asked', () => {
  expect(mayHaveGpu('darwin', () => [])).toBe(true);
  expect(mayHaveGpu('win32', () => [])).toBe(true);
});
