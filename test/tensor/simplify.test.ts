/** What simplification must keep and reach: values, types, a normal form; then each law by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradients } from '../../compiler/4-tensor/passes/differentiate.ts';
import { simplify, simplifyNodes } from '../../compiler/4-tensor/passes/simplify.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { verifyFunction } from '../../compiler/4-tensor/verify.ts';
import type { Node } from '../../compiler/4-tensor/ir.ts';
import { randomProgram, type RandomProgram } from '../support/random-program.ts';
import { isLighter } from '../support/weight.ts';

const programs = { numRuns: 400, seed: 11 };

function valuesOf({ inputs, tables }: RandomProgram, fn: RandomProgram['fn']): Float64Array[] {
  return evaluate(
    fn.outputs.map((output) => output.node),
    inputs,
    tables,
  );
}

describe('simplify, on random programs', () => {
  it('keeps every value', () => {
    fc.assert(
      fc.property(randomProgram(), (program) => {
        const before = valuesOf(program, program.fn);
        const after = valuesOf(program, simplify(program.b, program.fn));
        before.forEach((values, i) => {
          const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          values.forEach((value, j) => expect(Math.abs(after[i]![j]! - value)).toBeLessThan(1e-9 * size));
        });
      }),
      programs,
    );
  });

  it('keeps names, types and the rules of the IR', () => {
    fc.assert(
      fc.property(randomProgram(), ({ b, fn }) => {
        const simple = simplify(b, fn);
        expect(verifyFunction(simple)).toEqual([]);
        expect(simple.outputs.map(({ name, node }) => [name, node.dtype, node.shape])).toEqual(
          fn.outputs.map(({ name, node }) => [name, node.dtype, node.shape]),
        );
      }),
      programs,
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(randomProgram(), ({ b, fn }) => {
        const simple = simplify(b, fn);
        expect(simplify(b, simple)).toBe(simple);
      }),
      programs,
    );
  });

  it('makes expressions lighter with every law, so that it ends', () => {
    fc.assert(
      fc.property(randomProgram(), ({ b, fn }) => {
        const onRewrite = (law: string, before: Node, after: Node): void => {
          expect(isLighter(law, before, after), law).toBe(true);
        };
        simplify(b, fn, { onRewrite });
      }),
      programs,
    );
  });

  it('keeps gradients, whether it runs before differentiation or after', () => {
    const property = ({ b, fn, inputs, tables }: RandomProgram): void => {
      const total = fn.outputs.map(({ node }) => b.sumFrom(b.square(node), 0)).reduce(b.add);
      const nodes = [...inputs.keys()];
      const [simple] = simplifyNodes(b, [total]);
      const plain = gradients(b, total, nodes);
      const expected = evaluate(plain, inputs, tables);
      for (const others of [simplifyNodes(b, plain), gradients(b, simple!, nodes)]) {
        evaluate(others, inputs, tables).forEach((values, i) => {
          const size = expected[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          values.forEach((value, j) => expect(Math.abs(value - expected[i]![j]!)).toBeLessThan(1e-8 * size));
        });
      }
    };
    fc.assert(fc.property(randomProgram({ smooth: true }), property), programs);
  });
});
