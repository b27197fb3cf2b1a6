import { expect, test } from 'vitest';
import { fnv1a } from '../../compiler/ops/fnv.ts';

// The authors' test vectors of the 32-bit FNV-1a.
test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['b', 0xe70c2de5],
  ['foobar', 0xbf9cf968],
])('FNV-1a of %j', (text, hash) => {
  expect(fnv1a(new TextEncoder().encode(text))).toBe(hash);
});
