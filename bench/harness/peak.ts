/** What a core can do at most: multiply-adds that wait for nothing, in the form of WebAssembly that the kernels have. */
import * as b from '../../compiler/6-emit/wasm/build.ts';
import { encode } from '../../compiler/6-emit/wasm/binary.ts';
import type { Code, Instruction, Local, WasmFunction } from '../../compiler/6-emit/wasm/ir.ts';
import { withoutRelaxed } from '../../compiler/6-emit/wasm/plain.ts';
import { compileModule, findSimd } from '../../runtime/cpu/engine.ts';

/** Sums that do not wait for each other: more than a multiply-add takes cycles times how many a core begins in one. */
const chains = 12;
const rounds = 2_000_000;
const tries = 7;

/** GFLOP/s of one core in vectors of four, operands in registers: the best of some tries. */
export async function peakOfCore(): Promise<number> {
  const module = { functions: [fn] };
  const compiled = await compileModule(encode(findSimd() === 'relaxed' ? module : withoutRelaxed(module)));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const peak = new WebAssembly.Instance(compiled, { vaec: { memory } }).exports['peak'] as (times: number) => number;
  const seconds = Array.from({ length: tries }, () => {
    const begun = performance.now();
    peak(rounds);
    return (performance.now() - begun) / 1000;
  });
  const lanes = 4;
  return (2 * lanes * chains * rounds) / Math.min(...seconds) / 1e9;
}

const local = (name: string, type: Local['type']): Local => ({ name, type });
const times = local('times', 'i32');
const sums = Array.from({ length: chains }, (_, i) => local(`sum${i}`, 'v128'));
const factor = local('factor', 'v128');
const set = (to: Local, value: Code): Instruction => ({ kind: 'set', local: to, value });
const allLanes = (value: number): Code => b.splat(b.f32(value));

/** sum_i = sum_i · factor + factor, again and again; the result depends on every sum, so that none is left out. */
const fn: WasmFunction = {
  name: 'peak',
  documentation: [],
  parameters: [times],
  body: [
    set(factor, allLanes(0.5)),
    ...sums.map((sum, i) => set(sum, allLanes(i))),
    {
      kind: 'loop',
      label: 'again',
      body: [
        ...sums.map((sum) => set(sum, b.apply('f32x4.relaxed_madd', b.get(sum), b.get(factor), b.get(factor)))),
        set(times, b.difference(b.get(times), b.i32(1))),
        { kind: 'break', label: 'again', condition: b.get(times) },
      ],
    },
  ],
  result: b.extract(
    'f32',
    sums.map((sum): Code => b.get(sum)).reduce((x, y) => b.apply('f32x4.add', x, y)),
    0,
  ),
  exported: true,
};
