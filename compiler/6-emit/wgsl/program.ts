/** A kernel that WGSL can say as it stands: what legalise makes and print spells. */
import type { Access } from '../../5-kernel/plan.ts';
import type { Constant, Expr, LocalArray, Place, Statement, Variable } from '../../5-kernel/schedule/loops.ts';

export type WgslType = 'f32' | 'u32' | 'i32' | 'bool' | 'vec4f' | 'vec4u' | 'vec4i' | 'vec4<bool>';

export interface WgslBinding {
  readonly name: string;
  /** In group 0. */
  readonly number: number;
  readonly access: Access;
  readonly element: WgslType;
  readonly comment: string;
}

export interface WgslFunction {
  readonly name: string;
  readonly documentation: string;
  readonly parameters: readonly Variable[];
  readonly lets: readonly { readonly variable: Variable; readonly value: Expr }[];
  readonly result: Expr;
}

export interface WgslKernel {
  readonly name: string;
  readonly documentation: readonly string[];
  readonly enables: readonly string[];
  /** Members of the uniform block at binding 0; no block where empty. */
  readonly uniforms: readonly { readonly name: string; readonly element: WgslType }[];
  readonly bindings: readonly WgslBinding[];
  readonly constants: readonly Constant[];
  readonly shared: readonly LocalArray[];
  /** Callees before callers. */
  readonly functions: readonly WgslFunction[];
  readonly workgroupSize: readonly [number, number, number];
  /** What the entry point asks to be told. */
  readonly places: ReadonlySet<PlaceArgument>;
  readonly statements: readonly Statement[];
}

export type PlaceArgument = 'group' | 'lane' | 'subgroup';

export function placeArgument(place: Place): PlaceArgument {
  return place === 'lane' || place === 'subgroup' ? place : 'group';
}
