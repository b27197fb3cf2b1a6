/** A builtin alone in a kernel for the processor, an element or four at a time: y[i] = f(x0[i], x1[i], …). */
import type { Builtin } from '../../compiler/ops/scalar.ts';
import { Emitter } from '../../compiler/5-kernel/schedule/emitter.ts';
import type { Binding, Width } from '../../compiler/5-kernel/schedule/loops.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import { tensor } from './kernels.ts';

/** `length` is a multiple of four; one workgroup computes everything. */
export function elementwise(builtin: Builtin, arity: number, length: number, width: Width): ScheduledKernel {
  const emitter = new Emitter();
  const { make } = emitter;
  const bound = (name: string, access: Binding['access']): Binding => ({
    name,
    tensor: tensor(name, [length]),
    access,
    storage: 'f32',
    width,
  });
  const inputs = Array.from({ length: arity }, (_, i) => bound(`x${i}`, 'read'));
  const output = bound('y', 'read_write');
  emitter.loop('i', make.u32(0), make.u32(length / width), make.u32(1), (i) => {
    const args = inputs.map((input) => emitter.let('x', make.load(input, i)));
    emitter.store(output, i, make.builtin(builtin, 'f32', ...args));
  });
  return {
    name: `${builtin}_of_${width}`,
    documentation: [],
    profile: cpu,
    choice: { kind: 'points', vector: width === 4, vectorLoops: false, workgroupSize: 1, pointsEach: length },
    bindings: [...inputs, output],
    scalars: [],
    workgroupSize: [1, 1, 1],
    workgroups: [1, 1, 1],
    features: [],
    flops: 0,
    bytes: 0,
    body: { constants: [], shared: [], statements: emitter.statements },
  };
}
