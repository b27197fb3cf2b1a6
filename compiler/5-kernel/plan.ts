/** plan.json: all that the runtime needs beside the kernels' text. Plain data; a format version; no decision is left. */
import type { Graph } from '../4-tensor/graph.ts';
import type { DType, Shape, Storage } from '../4-tensor/ir.ts';
import type {
  Coupling,
  DataContract,
  FrozenLayout,
  HostExpr,
  ParameterLayout,
  Program,
  Uniform,
} from '../4-tensor/program.ts';
import type { Piece } from './fuse/pieces.ts';
import type { Target } from './schedule/profile.ts';
import type { TunedSchedule } from './tuned.ts';

export const planVersion = 2;

/** A device buffer that the runtime makes before the first dispatch, zeroed unless said otherwise. */
export interface PlanBuffer {
  readonly name: string;
  readonly bytes: number;
  /**
   * vector: carried, [layout.length] f32 ('parameters', 'adam.m', 'ema'). state: small and carried. arena: activations,
   * shared by all programs. packed: a vector made of parts, the gradient; zeros between them. frozen: tensors of finished runs, written before the first dispatch. literal: constant values. argument: filled by the caller before the run. result: read back.
   */
  readonly role: 'vector' | 'frozen' | 'state' | 'arena' | 'packed' | 'literal' | 'argument' | 'result';
  /** literal: what it holds. */
  readonly values?: readonly number[];
  readonly storage: Storage;
}

export type Access = 'read' | 'read_write';

/** One binding of a dispatch: a range of a buffer (offset a multiple of 256), or a whole table of a data set. */
export type PlanBinding =
  | { readonly kind: 'buffer'; readonly buffer: string; readonly offset: number; readonly bytes: number }
  | { readonly kind: 'table'; readonly set: string; readonly field: string };

export interface PlanKernel {
  readonly name: string;
  /** File name, `<name>.wgsl` or `<name>.wat`; the entry point is `name`. */
  readonly file: string;
  /** @group(0): binding i + 1 is bindings[i]; binding 0 is the uniform block where `scalars` is not empty. */
  readonly bindings: readonly { readonly name: string; readonly access: Access; readonly shape: Shape }[];
  /** Members of its uniform block, in order, four bytes each: names of the plan's uniforms. */
  readonly scalars: readonly string[];
  /** Features that the text enables; the device must have them. */
  readonly features: readonly ('subgroups' | 'shader-f16' | 'chromium-experimental-subgroup-matrix')[];
  /** Subgroup size that it is right for; absent when any is. */
  readonly subgroupSize?: number;
  /** Bytes of memory of its own that each thread needs while it runs; only on the cpu target, 0 where absent. */
  readonly scratch?: number;
  readonly workgroupSize: readonly [number, number, number];
  /** Floating-point operations and bytes moved by one dispatch, for explain and the profile. */
  readonly flops: number;
  readonly bytes: number;
}

export interface PlanDispatch {
  readonly kernel: string;
  readonly bindings: readonly PlanBinding[];
  readonly workgroups: readonly [number, number, number];
}

export interface PlanResult {
  readonly name: string;
  readonly buffer: string;
  readonly offset: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A coupling of a program; the roots of its graph are the values, the draws and how many rows count. */
export interface PlanCoupling extends Pick<Coupling, 'argument' | 'text'> {
  readonly graph: Graph;
}

/** What the runtime needs of a program: all that the spec says of it, with what is dispatched in place of its function. */
type Planned<P> = P extends Program
  ? Omit<P, 'function' | 'couplings'> & {
      readonly dispatches: readonly PlanDispatch[];
      readonly results: readonly PlanResult[];
      readonly couplings?: readonly PlanCoupling[];
    }
  : never;

export type PlanProgram = Planned<Program>;

export interface Plan {
  readonly format: 'vaec-plan';
  readonly version: number;
  /** Name of the spec's file without folder and ending, and the fingerprint (hex) of all its sources. */
  readonly spec: { readonly name: string; readonly hash: string };
  readonly target: Target;
  /** The profile that the kernels were scheduled for: `portable`, `subgroup8`, `gpu`, `cpu`. */
  readonly profile: string;
  /** The pieces of fusion that were left out; absent where none was. */
  readonly without?: readonly Piece[];
  /** The bytes that training steps were to take at most, where activations are computed anew for it. */
  readonly memory?: number;
  readonly layout: ParameterLayout;
  /** Tensors of finished runs, whose numbers are handed in; absent where there are none. */
  readonly frozen?: FrozenLayout;
  readonly hypers: readonly { readonly name: string; readonly value: HostExpr; readonly static: boolean }[];
  readonly uniforms: readonly Uniform[];
  readonly data: readonly DataContract[];
  readonly buffers: readonly PlanBuffer[];
  readonly kernels: readonly PlanKernel[];
  /** The schedules that differ from the profile's own, and the kernels that have them; absent where there are none. */
  readonly tuned?: readonly (TunedSchedule & { readonly name: string })[];
  readonly programs: readonly PlanProgram[];
}

/** What compile() gives: the plan and the text of each kernel by name. */
export interface CompiledKernels {
  readonly plan: Plan;
  readonly sources: ReadonlyMap<string, string>;
  /** The same kernels assembled; only on the cpu target. */
  readonly modules?: WasmModules;
}

/** File names of the modules, beside the kernels' texts. */
export const moduleFiles = { relaxed: 'kernels.relaxed.wasm', plain: 'kernels.plain.wasm' } as const;

/**
 * All kernels of a plan in one WebAssembly module, in two forms of the same code: with relaxed SIMD's multiply-add for
 * engines that validate it, and without.
 */
export interface WasmModules {
  readonly relaxed: Uint8Array;
  readonly plain: Uint8Array;
}
