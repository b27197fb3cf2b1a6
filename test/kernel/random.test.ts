import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import { runKernelProgram } from '../../compiler/5-kernel/reference.ts';
import { verifyKernelProgram } from '../../compiler/5-kernel/verify.ts';
import { randomProgram } from '../support/random-program.ts';
import { expectSame } from './differential.ts';
import { layoutOf } from './mlp.ts';
import { randomFunction } from './random-function.ts';

test('random functions with packed vectors and states are the same after fusion', () => {
  for (let seed = 0; seed < 60; seed++) {
    const { function: fn, context } = randomFunction(seed, 25 + (seed % 5) * 15);
    expectSame(fn, context, seed);
  }
});

test('random programs are the same after fusion', () => {
  fc.assert(
    fc.property(randomProgram(), ({ b, fn, inputs, tables }) => {
      const vectors: Record<string, readonly number[]> = {};
      const args: Record<string, readonly number[]> = {};
      const states: Record<string, readonly number[]> = {};
      const uniforms: Record<string, number> = {};
      const layoutShapes: Record<string, readonly number[]> = {};
      for (const [node] of inputs)
        if (node.kind === 'input' && node.source.kind === 'parameter') layoutShapes[node.source.path] = node.shape;
      const layout = layoutOf(layoutShapes);
      const parameters = new Array<number>(layout.length).fill(0);
      for (const [node, values] of inputs) {
        if (node.kind !== 'input') continue;
        const { source } = node;
        if (source.kind === 'parameter') {
          const { offset } = layout.parameters.find(({ path }) => path === source.path)!;
          values.forEach((value, i) => (parameters[offset + i] = value));
        } else if (source.kind === 'vector') vectors[source.name] = values;
        else if (source.kind === 'state') states[source.name] = values;
        else if (source.kind === 'argument') args[source.name] = values;
        else if (source.kind === 'uniform') uniforms[source.name] = values[0]!;
      }
      vectors['parameters'] ??= parameters;
      const program = fuse(fn, { builder: b, layout });
      verifyKernelProgram(program);
      const table = { set: 'random', field: 'x', storage: 'u8', rowShape: [2, 3], scale: 1 / 255 } as const;
      const stored = { 'random.x': tables(table) };
      const found = runKernelProgram(program, { vectors, states, arguments: args, uniforms, tables: stored });
      const nodes = fn.outputs.map(({ node }) => node);
      evaluate(nodes, inputs, tables).forEach((right, o) => {
        const mine = found.results[fn.outputs[o]!.name]!;
        const scale = right.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
        right.forEach((value, i) => {
          if (!Object.is(mine[i], value)) expect(Math.abs(mine[i]! - value)).toBeLessThanOrEqual(1e-9 * scale);
        });
      });
    }),
    { numRuns: 150, seed: 3 },
  );
});
