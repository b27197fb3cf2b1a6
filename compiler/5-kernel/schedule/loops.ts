/**
 * Loop IR: what one invocation does, as structured statements over scalars and vectors of four. Every decision (tiles,
 * vector widths, lanes, order) has been made; a printer for WGSL or an emitter for WebAssembly only spells it.
 */
import type { Builtin, ScalarFunction, ScalarType } from '../../ops/scalar.ts';
import type { ReduceOp, Storage } from '../../4-tensor/ir.ts';
import type { Tensor } from '../ir.ts';
import type { Access } from '../plan.ts';

export type Width = 1 | 4;

/**
 * A tensor as the kernel sees it: an array of `width` adjacent elements an entry. Where the target addresses bytes
 * (cpu), a kernel also uses a binding's memory under the same name at width 1.
 */
export interface Binding {
  /** An identifier, unique within the kernel. */
  readonly name: string;
  readonly tensor: Tensor;
  readonly access: Access;
  readonly storage: Storage;
  readonly width: Width;
}

/** A number with a name at the head of the kernel: an extent or a stride. */
export interface Constant {
  readonly name: string;
  readonly scalar: ScalarType;
  readonly value: number;
}

export interface Variable {
  readonly name: string;
  readonly scalar: ScalarType;
  readonly width: Width;
  /** Assigned after its declaration: `var` rather than `let`. */
  readonly mutable: boolean;
}

/**
 * Memory of fixed length. workgroup: shared by the workgroup. private: an invocation's own. scratch: the thread's own,
 * holding anything until it is put there; two arrays of one name and of widths 1 and 4 are the same memory.
 */
export interface LocalArray {
  readonly name: string;
  readonly scalar: ScalarType;
  readonly width: Width;
  readonly length: number;
  readonly space: 'workgroup' | 'private' | 'scratch';
}

/** What an invocation knows of its place in the dispatch; all u32. subgroup: its subgroup's number in the workgroup. */
export type Place = 'group.x' | 'group.y' | 'group.z' | 'lane' | 'subgroup';

/** Rows and columns of a matrix. */
export const matrixSide = 8;

/** So many by so many f32 that the lanes of a subgroup hold together: a factor on the left or the right, or sums of products. */
export interface Matrix {
  readonly name: string;
  readonly part: 'left' | 'right' | 'result';
}

/** Where a matrix lies in workgroup memory of single f32. */
export interface MatrixPlace {
  readonly array: LocalArray;
  /** Of its first entry; the same in all lanes of the subgroup. */
  readonly index: Expr;
  /** From row to row, whose entries are adjacent; where `transposed` from column to column. */
  readonly stride: number;
  readonly transposed: boolean;
}

/** Pure; `scalar` and `width` are the type of the result. */
export type Expr = { readonly scalar: ScalarType; readonly width: Width } & (
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'variable'; readonly variable: Variable }
  /** A member of the uniform block. */
  | { readonly kind: 'uniform'; readonly name: string }
  | { readonly kind: 'place'; readonly place: Place }
  /** Entry `index` (u32) of the binding; `u8` storage gives the byte's number as f32, unscaled. */
  | { readonly kind: 'load'; readonly binding: Binding; readonly index: Expr }
  | { readonly kind: 'element'; readonly array: LocalArray; readonly index: Expr }
  /** Componentwise; every argument has the result's width. */
  | { readonly kind: 'builtin'; readonly name: Builtin; readonly args: readonly Expr[] }
  /** A scalar function at the result's width. */
  | { readonly kind: 'call'; readonly fn: ScalarFunction; readonly args: readonly Expr[] }
  /** One scalar in all four components. */
  | { readonly kind: 'splat'; readonly arg: Expr }
  | { readonly kind: 'vector'; readonly args: readonly [Expr, Expr, Expr, Expr] }
  /** A component of a vector: a number from 0 to 3, or computed (u32, below 4). */
  | { readonly kind: 'component'; readonly arg: Expr; readonly lane: number | Expr }
  /** The value that lane `lane` of the subgroup holds. */
  | { readonly kind: 'broadcast'; readonly arg: Expr; readonly lane: number }
  /** Combined over the subgroup's lanes; every lane receives it. */
  | { readonly kind: 'combine'; readonly op: ReduceOp; readonly arg: Expr }
);

export type ExprOf<Kind extends Expr['kind']> = Extract<Expr, { kind: Kind }>;

export type Statement =
  | { readonly kind: 'comment'; readonly text: string }
  /** Declares the variable, with its value. */
  | { readonly kind: 'declare'; readonly variable: Variable; readonly value: Expr }
  | { readonly kind: 'assign'; readonly variable: Variable; readonly value: Expr }
  | { readonly kind: 'store'; readonly binding: Binding; readonly index: Expr; readonly value: Expr }
  /** A private array comes into being, with these values, or zeros. */
  | { readonly kind: 'array'; readonly array: LocalArray; readonly values?: readonly Expr[] }
  | { readonly kind: 'put'; readonly array: LocalArray; readonly index: Expr; readonly value: Expr }
  /** variable = from, from + step, … while below `below`. */
  | {
      readonly kind: 'for';
      readonly variable: Variable;
      readonly from: Expr;
      readonly below: Expr;
      readonly step: Expr;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'if';
      readonly condition: Expr;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** A matrix comes into being, as it lies in memory, or as zeros. */
  | { readonly kind: 'matrix'; readonly matrix: Matrix; readonly from?: MatrixPlace }
  /** sum += left · right */
  | { readonly kind: 'multiply'; readonly sum: Matrix; readonly left: Matrix; readonly right: Matrix }
  | { readonly kind: 'put-matrix'; readonly matrix: Matrix; readonly to: MatrixPlace }
  /** Every invocation of the workgroup arrives before any goes on; writes to workgroup memory are seen. */
  | { readonly kind: 'barrier' }
  /** This invocation has no more to do. */
  | { readonly kind: 'return' };

export interface LoopIR {
  readonly constants: readonly Constant[];
  /** Arrays of workgroup memory or of scratch memory. */
  readonly shared: readonly LocalArray[];
  readonly statements: readonly Statement[];
}
