/** Each pass gives a module that is one, and computes the same, to the bit; together they do so too. */
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import { tensorsOf } from '../../compiler/5-kernel/schedule/dependence.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import * as b from '../../compiler/6-emit/wasm/build.ts';
import {
  calleesOf,
  type Code,
  type Instruction,
  type Local,
  type WasmFunction,
} from '../../compiler/6-emit/wasm/ir.ts';
import { legalise } from '../../compiler/6-emit/wasm/kernel.ts';
import { hoist } from '../../compiler/6-emit/wasm/passes/hoist.ts';
import { optimise, passes } from '../../compiler/6-emit/wasm/passes/index.ts';
import { share } from '../../compiler/6-emit/wasm/passes/share.ts';
import { sweep } from '../../compiler/6-emit/wasm/passes/sweep.ts';
import { Scalars } from '../../compiler/6-emit/wasm/scalars.ts';
import { verifyModule } from '../../compiler/6-emit/wasm/verify.ts';
import { all, scalars } from '../support/kernel-shapes.ts';
import { runFunction } from '../support/kernel-wasm.ts';
import { inputsFor } from '../support/kernels.ts';

describe.each(Object.entries(all))('%s', (_, kernel) => {
  const { fn, scratch } = legalise(scheduleKernel(kernel, cpu), new Scalars());
  const bits = resultsOf(kernel, fn, scratch);

  test.each(passes.map((pass) => [pass.name, pass] as const))('%s', (_, pass) => {
    const next = pass(fn);
    verifyModule({ functions: [...calleesOf([next]), next] });
    expect(resultsOf(kernel, next, scratch)).toEqual(bits);
  });

  test('all of them', () => {
    const next = optimise(fn);
    verifyModule({ functions: [...calleesOf([next]), next] });
    expect(resultsOf(kernel, next, scratch)).toEqual(bits);
  });
});

function resultsOf(kernel: Kernel, fn: WasmFunction, scratch: number): readonly Uint32Array[] {
  const { loaded, stored } = tensorsOf(kernel);
  const scheduled = scheduleKernel(kernel, cpu);
  const inputs = inputsFor(kernel, [...loaded, ...stored]);
  const results = runFunction(scheduled, fn, scratch, inputs, scalars);
  return stored.map(({ name }) => new Uint32Array(results.get(name)!.buffer));
}

const local = (name: string, type: Local['type'] = 'i32'): Local => ({ name, type });
const [x, k, n, a, c] = [local('x'), local('k'), local('n'), local('a'), local('c')];
const set = (to: Local, value: Code): Instruction => ({ kind: 'set', local: to, value });
const at = (offset: number): Code => b.load('i32.load', b.sum(b.get(x), b.times(b.get(k), b.i32(4))), offset);
const fn = (...body: readonly Instruction[]): WasmFunction => ({
  name: 'f',
  documentation: [],
  parameters: [x, n],
  body,
  exported: true,
});
const store = (value: Code): Instruction => ({
  kind: 'store',
  store: 'i32.store',
  address: b.i32(0),
  offset: 0,
  value,
});

test('sweep takes away what only swept values read', () => {
  const body = [set(k, b.i32(1)), set(a, at(0)), set(c, b.sum(b.get(a), b.i32(1))), store(b.get(k))];
  expect(sweep(fn(...body)).body).toEqual([body[0], body[3]]);
});

test('hoist leaves in a loop what the loop changes', () => {
  const fixed = b.times(b.get(n), b.i32(12));
  const loop = (...body: readonly Instruction[]): Instruction => ({ kind: 'loop', label: 'l', body });
  const grow = set(k, b.sum(b.get(k), fixed));
  const { body } = hoist(fn(set(k, b.i32(0)), loop(grow, set(a, at(0)))));
  expect(body.map(({ kind }) => kind)).toEqual(['set', 'set', 'loop']);
  const [, before, after] = body as [Instruction, Instruction & { kind: 'set' }, Instruction & { kind: 'loop' }];
  expect(before.value).toEqual(fixed);
  expect(after.body).toEqual([set(k, b.sum(b.get(k), b.get(before.local))), set(a, at(0))]);
});

test('share computes an address once, until what it is made of changes', () => {
  const { body } = share(
    fn(set(k, b.i32(3)), set(a, at(0)), set(c, at(8)), set(k, b.i32(4)), set(a, at(0)), store(at(4))),
  );
  const named = body.filter((one) => one.kind === 'set' && one.local.name.startsWith('x_at'));
  expect(named.length).toBe(2);
  expect(body.length).toBe(8);
});
