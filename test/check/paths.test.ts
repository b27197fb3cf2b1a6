/** Paths as specs write them, against the file they stand in. */
import { describe, expect, test } from 'vitest';
import { relativeTo, resolve } from '../../compiler/2-check/paths.ts';

describe('a path is resolved against the file it is written in', () => {
  test.each([
    ['a.vae', 'b.vae', 'b.vae'],
    ['specs/a.vae', 'b.vae', 'specs/b.vae'],
    ['specs/a.vae', '../runs/vae', 'runs/vae'],
    ['./a.vae', '../b.vae', '../b.vae'],
    ['../a.vae', '../b.vae', '../../b.vae'],
    ['specs/a.vae', '/runs/vae', '/runs/vae'],
    ['/specs/a.vae', '../runs/vae', '/runs/vae'],
    ['/a.vae', 'b.vae', '/b.vae'],
  ])('%s, %s', (from, path, resolved) => {
    expect(resolve(from, path)).toBe(resolved);
  });

  test.each([
    ['specs/a.vae', 'runs/vae/', 'specs/runs/vae'],
    ['/a.vae', 'runs//vae//', '/runs/vae'],
    ['a.vae', '/runs/vae/', '/runs/vae'],
    ['specs//a.vae', './runs/./vae/.', 'specs/runs/vae'],
  ])('%s, %s: empty parts and those that stay are dropped', (from, path, resolved) => {
    expect(resolve(from, path)).toBe(resolved);
  });
});

test.each([
  ['a.vae', 'runs/vae', 'runs/vae'],
  ['./a.vae', 'runs/vae', 'runs/vae'],
  ['./a.vae', '../runs/vae', '../runs/vae'],
  ['specs/a.vae', 'specs/runs/vae', 'runs/vae'],
  ['specs/vae/a.vae', 'specs/runs/vae', '../runs/vae'],
  ['../specs/a.vae', '../../runs', '../../runs'],
  ['/specs/a.vae', '/runs/vae', '../runs/vae'],
  ['specs/a.vae', '/runs/vae', '/runs/vae'],
])('from the folder of %s the way to %s is %s', (from, place, way) => {
  expect(relativeTo(from, place)).toBe(way);
  expect(resolve('', resolve(from, way))).toBe(place);
});
