/** What the emitter makes of several kernels: one module, the same bytes each time, the scratch memory they need. */
import { describe, expect, test } from 'vitest';
import { cpu, portable } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import { WasmEmitter } from '../../compiler/6-emit/wasm/emit.ts';
import { verifyModule } from '../../compiler/6-emit/wasm/verify.ts';
import * as b from '../../compiler/6-emit/wasm/build.ts';
import type { Code, Instruction, Local, WasmFunction } from '../../compiler/6-emit/wasm/ir.ts';
import { elementwise } from '../support/elementwise.ts';
import { all } from '../support/kernel-shapes.ts';
import { kernelOf } from '../support/op-kernels.ts';

const kernels = Object.values(all).map((kernel) => scheduleKernel(kernel, cpu));

function assembled(of: readonly ScheduledKernel[]) {
  const emitter = new WasmEmitter();
  return emitter.assemble(of.map((kernel) => emitter.emit(kernel).text));
}

test('two emitters give the same bytes and texts', () => {
  const [one, other] = [new WasmEmitter(), new WasmEmitter()];
  const distinct = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  const texts = [...distinct.values()].map((kernel) => one.emit(kernel).text);
  expect([...distinct.values()].map((kernel) => other.emit(kernel).text)).toEqual(texts);
  expect(other.assemble(texts)).toEqual(one.assemble(texts));
});

test('kernels share the functions that they call', () => {
  const lgamma = (name: string) => ({ ...scheduleKernel(kernelOf('lgamma', 'f32', 8), cpu), name });
  const [alone, twice] = [assembled([lgamma('one')]), assembled([lgamma('one'), lgamma('two')])];
  expect(twice.plain.length).toBeLessThan(1.6 * alone.plain.length);
});

test('kernels of one name are told apart by their texts', () => {
  const emitter = new WasmEmitter();
  const [exp, log] = (['exp', 'log'] as const).map((name) => ({ ...elementwise(name, 1, 4, 4), name: 'f' }));
  const { text } = emitter.emit(exp!);
  emitter.emit(log!);
  const { plain } = emitter.assemble([text]);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(plain), { vaec: { memory } });
  new Float32Array(memory.buffer).fill(0, 0, 4);
  (exports['f'] as (...args: number[]) => void)(0, 64, 0, 1);
  expect([...new Float32Array(memory.buffer, 64, 4)]).toEqual([1, 1, 1, 1]);
});

test('scratch memory is whole lines of the cache, and none where there are no arrays', () => {
  const scratch = Object.fromEntries(kernels.map((kernel) => [kernel.name, new WasmEmitter().emit(kernel).scratch ?? 0]));
  expect(Object.values(scratch).every((bytes) => bytes % 64 === 0)).toBe(true);
  expect(scratch['update_256']).toBe(0);
  expect(scratch['contract_right_32_24_40']).toBeGreaterThan(0);
}); // prettier-ignore

test('what needs a workgroup is refused', () => {
  const shared = scheduleKernel(all['mean of everything, long']!, portable);
  expect(() => new WasmEmitter().emit(shared)).toThrow(/workgroup memory/);
});

describe('the verifier', () => {
  const x: Local = { name: 'x', type: 'i32' };
  const wrong = (body: readonly Instruction[]): WasmFunction => ({
    name: 'f',
    documentation: [],
    parameters: [x],
    body,
    exported: true,
  });
  const set = (value: Code): Instruction => ({ kind: 'set', local: { name: 'y', type: 'f32' }, value });
  const callee: WasmFunction = { ...wrong([]), name: 'g', result: b.f32(1) };
  test.each<[string, readonly Instruction[]]>([
    ['has i32 of get where f32 is needed', [set(b.get(x))]],
    ['reads z, which is never set', [set(b.get({ name: 'z', type: 'f32' }))]],
    ['breaks to out, which does not surround it', [{ kind: 'break', label: 'out' }]],
    ['gives f32.add 1 arguments', [set(b.apply('f32.add', b.f32(1)))]],
    ['has a lane of f32x4.extract_lane amiss', [set(b.apply('f32x4.extract_lane', b.splat(b.f32(1))))]],
    ['calls g, which does not stand before it', [set({ kind: 'call', type: 'f32', callee, args: [b.get(x)] })]],
    ['has an offset that is not one', [set(b.load('f32.load', b.get(x), -4))]],
  ])('tells what %s', (message, body) => {
    expect(() => verifyModule({ functions: [wrong(body)] })).toThrow(message);
  });
});
