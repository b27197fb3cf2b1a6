/** The kernels that measure the processor, in the form of WebAssembly that a spec's kernels have. */
import { encode } from '../../compiler/6-emit/wasm/binary.ts';
import * as b from '../../compiler/6-emit/wasm/build.ts';
import type { Code, Instruction, Local, WasmFunction } from '../../compiler/6-emit/wasm/ir.ts';
import { withoutRelaxed } from '../../compiler/6-emit/wasm/plain.ts';
import type { WasmModules } from '../../compiler/5-kernel/plan.ts';
import type { MultiplyAdds } from './ceiling.ts';

/** Sums that do not wait for each other: more than a multiply-add takes cycles times how many a core begins in one. */
const chains = 12;
const lanes = 4;
/** Multiply-adds of each sum in a workgroup: some tenths of a millisecond. */
const rounds = 100_000;
const workgroups = 256;

export const cpuMultiplyAdds: MultiplyAdds = {
  workgroups,
  workgroupSize: 1,
  flops: 2 * lanes * chains * rounds * workgroups,
  bytes: 16 * workgroups,
};

/** `chunk`: bytes that a workgroup of the copy moves. */
export function cpuModules(chunk: number): WasmModules {
  const module = { functions: [multiplyAdd(), copy(chunk)] };
  return { relaxed: encode(module), plain: encode(withoutRelaxed(module)) };
}

const local = (name: string, type: Local['type']): Local => ({ name, type });
const set = (to: Local, value: Code): Instruction => ({ kind: 'set', local: to, value });
const plus = (to: Local, amount: number): Instruction => set(to, b.sum(b.get(to), b.i32(amount)));
const again = (label: string, condition: Code, body: readonly Instruction[]): Instruction => {
  return { kind: 'loop', label, body: [...body, { kind: 'break', label, condition }] };
};
const [from, to] = [local('from', 'i32'), local('to', 'i32')];

/** sum_i = sum_i · factor + factor, again and again; what is stored depends on every sum, so that none is left out. */
function multiplyAdd(): WasmFunction {
  const [target, left, factor] = [local('sums', 'i32'), local('left', 'i32'), local('factor', 'v128')];
  const sums = Array.from({ length: chains }, (_, i) => local(`sum${i}`, 'v128'));
  const allLanes = (value: number): Code => b.splat(b.f32(value));
  const round = sums.map((sum) => set(sum, b.apply('f32x4.relaxed_madd', b.get(sum), b.get(factor), b.get(factor))));
  const total = sums.map((sum): Code => b.get(sum)).reduce((x, y) => b.apply('f32x4.add', x, y));
  const address = b.sum(b.get(target), b.times(b.get(from), b.i32(16)));
  const body = [
    ...sums.map((sum, i) => set(sum, allLanes(i))),
    set(left, b.i32(rounds)),
    again('rounds', b.get(left), [...round, plus(left, -1)]),
    { kind: 'store', store: 'v128.store', address, offset: 0, value: total } as const,
    plus(from, 1),
  ];
  return {
    name: 'multiply_add',
    documentation: [],
    parameters: [target, from, to],
    body: [set(factor, allLanes(0.5)), again('workgroups', b.apply('i32.lt_u', b.get(from), b.get(to)), body)],
    exported: true,
  };
}

/** Vectors from the one place to the other, four at a time. */
function copy(chunk: number): WasmFunction {
  const [source, target, end] = [local('source', 'i32'), local('target', 'i32'), local('end', 'i32')];
  const offset = (at: Local): Code => b.times(b.get(at), b.i32(chunk));
  const moves = [0, 16, 32, 48].map((at): Instruction => {
    const value = b.load('v128.load', b.get(source), at);
    return { kind: 'store', store: 'v128.store', address: b.get(target), offset: at, value };
  });
  return {
    name: 'copy',
    documentation: [],
    parameters: [source, target, from, to],
    body: [
      set(end, b.sum(b.get(source), offset(to))),
      set(source, b.sum(b.get(source), offset(from))),
      set(target, b.sum(b.get(target), offset(from))),
      again('vectors', b.apply('i32.lt_u', b.get(source), b.get(end)), [...moves, plus(source, 64), plus(target, 64)]),
    ],
    exported: true,
  };
}
