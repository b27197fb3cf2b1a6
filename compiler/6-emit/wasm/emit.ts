/** Kernels in WebAssembly: a text each, for people, and one module of them all in two forms, for the runtime. */
import type { EmittedKernel, KernelEmitter } from '../../5-kernel/emitter.ts';
import type { WasmModules } from '../../5-kernel/plan.ts';
import type { ScheduledKernel } from '../../5-kernel/schedule/scheduled.ts';
import { encode } from './binary.ts';
import { legalise } from './kernel.ts';
import { calleesOf, type WasmFunction } from './ir.ts';
import { optimise } from './passes/index.ts';
import { withoutRelaxed } from './plain.ts';
import { Scalars } from './scalars.ts';
import { printModule } from './text.ts';

/** Emits the kernels of one plan: functions that several of them call are written once. */
export class WasmEmitter implements KernelEmitter {
  readonly ending = 'wat';
  readonly #scalars = new Scalars();
  /** By their texts: kernels of one name may differ before they are named apart. */
  readonly #kernels = new Map<string, WasmFunction>();

  /** A module with this kernel alone, as text. */
  emit(kernel: ScheduledKernel): EmittedKernel {
    const { fn: legal, scratch } = legalise(kernel, this.#scalars);
    const fn = optimise(legal);
    const module = { functions: [...calleesOf([fn]), fn] };
    const text = printModule(module);
    this.#kernels.set(text, fn);
    return { text, scratch };
  }

  /** The module of the kernels with these texts, all of which have been emitted. */
  assemble(texts: readonly string[]): WasmModules {
    const kernels = texts.map((text) => this.#kernels.get(text)!);
    const module = { functions: [...calleesOf(kernels), ...kernels] };
    return { relaxed: encode(module), plain: encode(withoutRelaxed(module)) };
  }
}
