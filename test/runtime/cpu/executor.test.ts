/** What only the executor on the processor meets: threads and their number, failures of theirs, forms of the module. */
import { describe, expect, test, vi } from 'vitest';
import type { CompiledKernels } from '../../../compiler/5-kernel/plan.ts';
import { CpuDevice, type CpuOptions } from '../../../runtime/cpu/device.ts';
import type { CpuExecutor } from '../../../runtime/cpu/executor.ts';
import { SharedMemory } from '../../../runtime/cpu/memory.ts';
import { Threads } from '../../../runtime/cpu/threads.ts';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import { EnvironmentError, InternalError } from '../../../runtime/errors.ts';
import type { Scalars } from '../../../runtime/execute/inputs.ts';
import { tinyCompiled, tinyData } from '../../support/tiny-plan.ts';
import { tinyCpuCompiled, tinyCpuWith } from '../../support/tiny-plan-cpu.ts';
import { assemble } from '../../support/wat.ts';

const data = tinyData();

async function withExecutor<T>(
  use: (executor: CpuExecutor, device: CpuDevice) => Promise<T>,
  { compiled = tinyCpuCompiled, ...options }: CpuOptions & { readonly compiled?: CompiledKernels } = {},
): Promise<T> {
  const device = new CpuDevice({ threads: 2, ...options });
  try {
    const executor = device.executor(compiled);
    await executor.prepare(compiled.plan.programs, (name) => splitNamed(data, name));
    return await use(executor, device);
  } finally {
    device.close();
  }
}

const scalarsAt = (step: number): Scalars => {
  const values: Record<string, number> = {
    clock_step: step,
    clock_offset: (step * 4) % 13,
    clock_rows: 13,
    clock_first: 0,
    clock_seed: 0,
    weight: 3,
    rate: 0.05,
    momentum: 0.9,
  };
  return (name) => values[name]!;
};
const steps = (count: number) => Array.from({ length: count }, (_, step) => scalarsAt(step));

const params = (count: number) => Array.from({ length: count }, (_, i) => `(param $${i} i32)`).join(' ');
/** Fails in the share of the last thread. */
const trapping = `(func $update ${params(5)} (param $from i32) (param $to i32)
  (if (i32.ge_u (local.get $to) (i32.const 128)) (unreachable)))`;
const forever = '(loop $again (br $again))';
const endless = `(func $update ${params(5)} (param $from i32) (param $to i32) ${forever})`;
/** The first workgroup ends only once the last of the first thread's share has run. */
const stuck = `(func $update (param $gradient i32) (param $trouble i32) (param $parameters i32) (param $velocity i32)
  (param $scalars i32) (param $from i32) (param $to i32)
  (if (i32.eqz (local.get $from))
    (loop $again (br_if $again (i32.eqz (i32.atomic.load (local.get $velocity))))))
  (if (i32.eq (local.get $to) (i32.const 64)) (i32.store (local.get $velocity) (i32.const 1))))`;
/** Has one workgroup, so that one thread is in it for ever. */
const lonely = `(func $loss_and_gradient ${params(9)} (param $from i32) (param $to i32) ${forever})`;
/** Writes a number to the first point. */
const drawing = (value: number) => `(func $draw (param $parameters i32) (param $points i32) (param $scalars i32)
  (param $from i32) (param $to i32) (f32.store (local.get $points) (f32.const ${value})))`;

describe('threads', () => {
  test('however many there are, results have the same bits', async () => {
    const bits = [];
    for (const threads of [1, 2, 3, 5]) {
      bits.push(
        await withExecutor(
          async (executor) => {
            const results = await executor.submit('train', steps(25)).results();
            return { losses: results.map((run) => run.get('fit')![0]), parameters: await executor.read('parameters') };
          },
          { threads },
        ),
      );
    }
    for (const other of bits.slice(1)) expect(other).toEqual(bits[0]);
    expect(bits[0]!.losses[24]).toBeGreaterThan(0);
  });

  test('wait in their own loops between submits, and none is left at the barrier', async () => {
    await withExecutor(async (executor) => {
      await executor.submit('train', steps(3)).results();
      expect(executor.threads.busy).toBe(false);
      await vi.waitUntil(() => executor.threads.asleep === 0, { timeout: 30_000 });
    });
  });

  test('are told once, and answer once, for any number of steps', async () => {
    await withExecutor(async (executor) => {
      const ask = vi.spyOn(executor.threads, 'ask');
      for (const count of [1, 50]) {
        ask.mockClear();
        expect(await executor.submit('train', steps(count)).results()).toHaveLength(count);
        expect(ask).toHaveBeenCalledTimes(1);
      }
    });
  });

  test('sleep while another computes alone', async () => {
    await withExecutor(
      async (executor) => {
        const flight = executor.submit('train', steps(1));
        await vi.waitUntil(() => executor.threads.asleep === 2, { timeout: 30_000 });
        const failed = expect(flight.results()).rejects.toThrow(/threads were ended while they computed/);
        executor.close();
        await failed;
      },
      { threads: 3, compiled: tinyCpuWith({ loss_and_gradient: lonely }) },
    );
  });

  test('one that is through takes over what another has not come to', async () => {
    await withExecutor(
      async (executor) => {
        const [run] = await executor.submit('train', steps(1)).results();
        expect(run!.get('trouble')![0]).toBe(0);
      },
      { compiled: tinyCpuWith({ update: stuck }) },
    );
  });

  test('a kernel that traps is named, is a fault of vaec, and leaves no thread waiting', async () => {
    await withExecutor(
      async (executor, device) => {
        const flights = [executor.submit('train', steps(2)), executor.submit('train', steps(2))];
        for (const flight of flights) {
          await expect(flight.results()).rejects.toThrow(InternalError);
          await expect(flight.results()).rejects.toThrow(/kernel update of "train" failed: unreachable/);
        }
        expect(() => device.check()).toThrow(/kernel update/);
        expect(() => executor.submit('train', steps(1))).toThrow(/kernel update/);
        await expect(executor.read('parameters')).rejects.toThrow(/kernel update/);
        // Every thread came to the end: none of them computes or sleeps there.
        await vi.waitUntil(() => executor.threads.asleep === 0, { timeout: 30_000 });
      },
      { compiled: tinyCpuWith({ update: trapping }) },
    );
  });

  test('closing ends them in the middle of a kernel that never would', async () => {
    await withExecutor(
      async (executor) => {
        const flight = executor.submit('train', steps(1));
        const failed = expect(flight.results()).rejects.toThrow(/threads were ended while they computed/);
        executor.close();
        executor.close();
        await failed;
        expect(() => executor.submit('train', steps(1))).toThrow(/threads have been ended/);
      },
      { compiled: tinyCpuWith({ update: endless }) },
    );
  });

  test('reach what the memory has grown by, however lately', async () => {
    const threads = new Threads(2);
    const module = new WebAssembly.Module(tinyCpuCompiled.modules!.plain);
    for (let i = 1; i <= 1000; i++) {
      const memory = new SharedMemory();
      threads.tell({ kind: 'open', module, memory: memory.memory });
      // A moment later each time: the memory grows before, while and after the threads take it in.
      for (const begun = performance.now(); performance.now() - begun < (i % 100) / 1000;);
      const address = memory.allocate(2 ** 20);
      memory.put(address + 2 ** 19, Uint8Array.of(i % 256));
      expect([...(await threads.ask('read', { address: address + 2 ** 19, length: 1 })).bytes]).toEqual([i % 256]);
    }
    threads.close();
  });

  test('one that breaks down fails what was asked for, and says why', async () => {
    const threads = new Threads(2);
    const answer = threads.ask('run', { program: 'nothing', runs: 1, inputs: 0, results: 0 });
    await expect(answer).rejects.toThrow(InternalError);
    await expect(answer).rejects.toThrow(/a thread that computes failed: .*told to use nothing/);
    expect(() => threads.check()).toThrow(/a thread that computes failed/);
    threads.close();
  });
});

describe('kernels', () => {
  test('are those of the form that the engine has', async () => {
    const { modules: relaxed } = tinyCpuCompiled;
    const { modules: plain } = tinyCpuWith({ draw: drawing(12) });
    const compiled = { ...tinyCpuCompiled, modules: { relaxed: relaxed!.relaxed, plain: plain!.plain } };
    const first = (simd: 'relaxed' | 'plain') =>
      withExecutor(
        async (executor, { report }) => {
          const [run] = await executor.submit('points', [scalarsAt(0)]).results();
          return [report.simd, run!.get('sample')![0]];
        },
        { compiled, simd },
      );
    expect(await first('relaxed')).toEqual(['relaxed', 0]);
    expect(await first('plain')).toEqual(['plain', 12]);
  });

  test('of another target are refused, with what to do', () => {
    const device = new CpuDevice({ threads: 1 });
    expect(() => device.executor(tinyCompiled)).toThrow(EnvironmentError);
    expect(() => device.executor(tinyCompiled)).toThrow(/for the profile "portable".*--target cpu/);
  });

  test('that the module lacks are a fault of vaec', async () => {
    const bytes = assemble(`(func $rows ${params(2)} (param $from i32) (param $to i32))`);
    const compiled = { ...tinyCpuCompiled, modules: { relaxed: bytes, plain: bytes } };
    await expect(withExecutor(() => Promise.resolve(), { compiled })).rejects.toThrow(
      /names kernel "loss_and_gradient", and its module lacks it/,
    );
  });
});

describe('memory', () => {
  test('that a spec needs and the processor lacks is told before anything is made', async () => {
    const { plan } = tinyCpuCompiled;
    const buffers = plan.buffers.map((buffer) => (buffer.role === 'packed' ? { ...buffer, bytes: 2 ** 33 } : buffer));
    await expect(
      withExecutor(() => Promise.resolve(), { compiled: { ...tinyCpuCompiled, plan: { ...plan, buffers } } }),
    ).rejects.toThrow(
      /needs 8 GiB of memory \(gradient 8 GiB, .*4 GiB at most; the largest tensors are .*: make "width" \(2\) smaller/,
    );
  });

  test('results of a flight are its own, however many are in the air', async () => {
    await withExecutor(async (executor) => {
      const flights = [3, 1, 4, 1, 5].map((count) => executor.submit('train', steps(count)));
      const all = await Promise.all(flights.map((flight) => flight.results()));
      expect(all.map((results) => results.length)).toEqual([3, 1, 4, 1, 5]);
      const losses = all.flat().map((run) => run.get('fit')![0]!);
      expect(new Set(losses).size).toBe(losses.length);
    });
  });
});
