/** The passes over whole functions, and how a function prints. */
import { describe, expect, it } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { topological, type Node, type TensorFunction } from '../../compiler/4-tensor/ir.ts';
import { gradients } from '../../compiler/4-tensor/passes/differentiate.ts';
import { eraseStop } from '../../compiler/4-tensor/passes/erase-stop.ts';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { simplify, simplifyNodes } from '../../compiler/4-tensor/passes/simplify.ts';
import { printFunction } from '../../compiler/4-tensor/print.ts';

function functionOf(...nodes: readonly Node[]): TensorFunction {
  return {
    name: 'f',
    outputs: nodes.map((node, i) => ({ name: `out_${i}`, node, target: { kind: 'result' } })),
  };
}

function opsIn(fn: TensorFunction): string[] {
  const order = topological(fn.outputs.map((output) => output.node));
  return order.flatMap((node) => (node.kind === 'map' ? [node.op] : node.kind === 'contract' ? ['contract'] : []));
}

describe('eraseStop', () => {
  it('leaves no stop, and gives its label to what it stopped', () => {
    const b = new Builder();
    const x = b.parameter('x', [4]);
    const y = b.exp(x);
    const stopped = b.label(b.map('stop', b.map('stop', y)), 'frozen');
    const erased = eraseStop(b, functionOf(b.add(stopped, x)));
    expect(erased.outputs[0]!.node).toBe(b.add(y, x));
    expect(b.labelOf(y)).toBe('frozen');
  });

  it('returns the same function where there is none', () => {
    const b = new Builder();
    const fn = functionOf(b.exp(b.parameter('x', [4])));
    expect(eraseStop(b, fn)).toBe(fn);
  });
});

describe('optimise', () => {
  it('lets the stopped meet the unstopped', () => {
    const b = new Builder();
    const x = b.parameter('x', [4]);
    expect(optimise(b, functionOf(b.sub(b.map('stop', x), x))).outputs[0]!.node).toBe(
      b.broadcastTo(b.constant(0), [4]),
    );
  });

  it('computes the loss of probabilities, and its gradient, in logits', () => {
    const b = new Builder();
    const [x, w] = [b.input({ kind: 'argument', name: 'x' }, [7, 3]), b.parameter('w', [3, 5])];
    const target = b.input({ kind: 'argument', name: 'target' }, [7, 5]);
    const probability = b.map('sigmoid', b.matmul(x, w));
    const logit = b.sub(b.log(probability), b.map('log1p', b.neg(probability)));
    const logProb = b.sub(b.mul(target, logit), b.map('softplus', logit));
    const [loss] = simplifyNodes(b, [b.sum(logProb, [0, 1])]);
    const [gradient] = gradients(b, loss!, [w]);
    const fn = optimise(b, functionOf(loss!, gradient!));
    expect(opsIn(fn).toSorted()).toEqual(['contract', 'contract', 'mul', 'sigmoid', 'softplus', 'sub', 'sub']);
  });

  it('takes linear time in a deep graph', () => {
    const b = new Builder();
    let x = b.parameter('x', [2]);
    for (let i = 0; i < 20_000; i++) x = b.map('sin', b.neg(x));
    const fn = optimise(b, functionOf(x));
    expect(topological([fn.outputs[0]!.node])).toHaveLength(40_001);
  });
});

describe('simplify', () => {
  it('stops at its budget, with a right function', () => {
    const b = new Builder();
    const x = b.parameter('x', [2]);
    const twice = b.neg(b.neg(b.log(b.exp(x))));
    const laws: string[] = [];
    const fn = simplify(b, functionOf(twice), { budget: 1, onRewrite: (law) => laws.push(law) });
    expect(laws).toHaveLength(1);
    expect(fn.outputs[0]!.node).toBe(b.neg(b.neg(x)));
  });

  it('returns the same function where nothing applies', () => {
    const b = new Builder();
    const fn = functionOf(b.exp(b.parameter('x', [2])));
    expect(simplify(b, fn)).toBe(fn);
  });
});

describe('printFunction', () => {
  it('shows a node a line, with numbers in place and labels after', () => {
    const b = new Builder();
    b.parameter('unused', [9]);
    const x = b.batch({ set: 'items', field: 'x', storage: 'u8', rowShape: [3], scale: 1 }, b.iota(4));
    const hidden = b.label(
      b.map('relu', b.add(b.matmul(x, b.parameter('w', [3, 2])), b.parameter('bias', [2]))),
      'hidden',
    );
    const halved = b.mul(hidden, 0.5);
    const next = b.input({ kind: 'vector', name: 'ema' }, [8]);
    const fn: TensorFunction = {
      name: 'f',
      outputs: [
        { name: 'loss', node: b.sum(halved, [0, 1]), target: { kind: 'result' } },
        { name: 'ema', node: b.add(next, b.reshape(halved, [8])), target: { kind: 'vector', name: 'ema' } },
      ],
    };
    expect(printFunction(fn, (node) => b.labelOf(node))).toMatchInlineSnapshot(`
      "function f {
        %0 = iota: u32[4]
        %1 = batch items.x[%0]: f32[4, 3]
        %2 = input parameter w: f32[3, 2]
        %3 = contract %1[0, 1] %2[1, 2] -> [0, 2]: f32[4, 2]
        %4 = input parameter bias: f32[2]
        %5 = broadcast %4 at [1]: f32[4, 2]
        %6 = %3 + %5: f32[4, 2]
        %7 = relu(%6): f32[4, 2] // hidden
        %8 = %7 * 0.5: f32[4, 2]
        %9 = input vector ema: f32[8]
        %10 = sum %8 over [0, 1]: f32[]
        %11 = reshape %8: f32[8]
        %12 = %9 + %11: f32[8]

        loss <- %10
        ema (vector ema) <- %12
      }
      "
    `);
  });
});
