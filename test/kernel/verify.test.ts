import { expect, test } from 'vitest';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import type { Kernel, KernelProgram, Phase, Store, Tensor } from '../../compiler/5-kernel/ir.ts';
import { verifyKernel, verifyKernelProgram } from '../../compiler/5-kernel/verify.ts';
import { mlpStep } from './mlp.ts';

function goodProgram(): KernelProgram {
  const { function: fn, context } = mlpStep(5, 13, 33, 7);
  return fuse(fn, context);
}

/** The program with one kernel made worse. */
function withKernel(name: string, change: (kernel: Kernel) => Kernel): KernelProgram {
  const program = goodProgram();
  expect(program.kernels.map((kernel) => kernel.name)).toContain(name);
  return { ...program, kernels: program.kernels.map((kernel) => (kernel.name === name ? change(kernel) : kernel)) };
}

function withStores(kernel: Kernel, change: (store: Store) => Store): Kernel {
  const phases = kernel.phases.map((phase): Phase => ({ ...phase, stores: phase.stores.map(change) }));
  return { ...kernel, phases };
}

test('a program that fusion made passes', () => {
  expect(() => verifyKernelProgram(goodProgram())).not.toThrow();
});

test('a store past the end of its tensor is found', () => {
  const program = withKernel('dense_1', (kernel) =>
    withStores(kernel, (store) => ({
      ...store,
      index: { kind: 'sum', terms: [store.index, { kind: 'constant', value: 1 }] },
    })),
  );
  expect(() => verifyKernelProgram(program)).toThrow(/dense_1 reaches dense_1\[1 … 165\] of 165/);
});

test('an accumulator read in the phase that sums it is found', () => {
  const program = withKernel('dense_1', (kernel) => {
    const [sum, then] = kernel.phases as [Phase, Phase];
    return { ...kernel, phases: [{ ...sum, stores: then.stores }] };
  });
  expect(() => verifyKernelProgram(program)).toThrow(/reads product before it is final/);
});

test('an activation read before it is written is found', () => {
  const program = goodProgram();
  expect(() => verifyKernelProgram({ ...program, kernels: [...program.kernels].reverse() })).toThrow(
    /before it is written/,
  );
});

test('a tensor that two kernels store is found', () => {
  const program = goodProgram();
  const again = { ...program.kernels[0]!, name: 'again' };
  expect(() => verifyKernelProgram({ ...program, kernels: [...program.kernels, again] })).toThrow(
    /stores to dense_1, as another kernel does/,
  );
});

test('an update in place that reads its neighbour is found', () => {
  const program = withKernel('parameters', (kernel) =>
    withStores(kernel, (store) => ({
      ...store,
      value: { kind: 'load', dtype: 'f32', tensor: store.tensor, index: { kind: 'constant', value: 3 } },
    })),
  );
  expect(() => verifyKernelProgram(program)).toThrow(/loads parameters at another point than it stores/);
});

test('a load that never reaches what is stored is none of its business', () => {
  const tensor: Tensor = { name: 'both', shape: [8], storage: 'f32', role: { kind: 'activation' } };
  const row = { name: 'row', extent: 4 };
  const axis = { kind: 'axis', axis: row } as const;
  const kernel = (from: number): Kernel => {
    const index = { kind: 'sum', terms: [axis, { kind: 'constant', value: from }] } as const;
    const store = { tensor, index: axis, value: { kind: 'load', dtype: 'f32', tensor, index } as const };
    return { name: 'copy', documentation: [], axes: [row], phases: [{ over: [], accumulators: [], stores: [store] }] };
  };
  const problem = /loads both at another point than it stores/;
  expect(() => verifyKernel(kernel(3))).toThrow(problem);
  expect(() => verifyKernel(kernel(4))).not.toThrow(problem);
});

test('nine bindings are one too many', () => {
  const program = withKernel('dense_1', (kernel) => {
    const spare = Array.from({ length: 6 }, (_, i): Tensor => {
      return { name: `spare_${i}`, shape: [165], storage: 'f32', role: { kind: 'activation' } };
    });
    const phases = kernel.phases.map((phase): Phase => {
      const [store] = phase.stores;
      return store === undefined
        ? phase
        : { ...phase, stores: [store, ...spare.map((tensor) => ({ ...store, tensor }))] };
    });
    return { ...kernel, phases };
  });
  expect(() => verifyKernelProgram(program)).toThrow(/binds 10 tensors, more than 8/);
});

test('an axis used outside of its loop is found', () => {
  const program = withKernel('dense_1', (kernel) => {
    const k = kernel.phases[0]!.over[0]!;
    return withStores(kernel, (store) => ({ ...store, index: { kind: 'axis', axis: k } }));
  });
  expect(() => verifyKernelProgram(program)).toThrow(/reads k outside its loop/);
});
