/**
 * What an expression of a spec stands for while it is checked. Numbers known to the host stay scalars; everything that
 * depends on data, parameters or draws is a tensor: a node of tensor IR, the set its values lie in, its own shape, and
 * the plates (the batch, the draws of an expectation) it varies over, which are the node's leading axes in order.
 */
import type { DeclarationOf } from '../1-syntax/ast.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import type { DataContract, HostExpr } from '../4-tensor/program.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Distribution, Parameters, Support } from '../distributions/distribution.ts';
import type { Scope } from './scope.ts';
import type { Unit } from './units.ts';
import { lastStep, type Table } from './tables.ts';

/** An axis that values vary over without it being part of their shape. */
export interface Plate {
  /** Order of creation: plates are a node's leading axes in ascending order. The batch is 0. */
  readonly id: number;
  readonly name: string;
  readonly extent: number;
}

/** A named part of an objective's value, for the progress line and for `explain`. */
export interface TermValue {
  readonly text: string;
  readonly value: TensorValue | ScalarValue;
}

export interface ScalarValue {
  readonly kind: 'scalar';
  /** Its value with the hypers as they are now; undefined where it changes from step to step. */
  readonly value: number | undefined;
  readonly expression: HostExpr;
  /** Set on what is more than a number: a step of a schedule. */
  readonly support?: Support;
}

export interface TensorValue {
  readonly kind: 'tensor';
  readonly node: Node;
  readonly support: Support;
  readonly shape: Shape;
  readonly plates: readonly Plate[];
  readonly unit?: Unit;
  /** Set on an estimate from draws, unless a KL is marked `by: monte_carlo`: a nonlinear function of it is refused. */
  readonly estimate?: 'divergence' | 'expectation';
  /**
   * Set on a function of means over the batch; in an evaluation, over the whole set, known when every row has been seen.
   * 'alike': the same for every row. 'by row': linear in rows' own values too; in an evaluation its mean stands for it.
   */
  readonly deferred?: 'alike' | 'by row';
  readonly terms?: readonly TermValue[];
  /** What the user calls it, for messages. */
  readonly text?: string;
}

export interface DistributionValue {
  readonly kind: 'distribution';
  readonly distribution: Distribution;
  readonly parameters: Parameters;
  readonly shape: Shape;
  readonly plates: readonly Plate[];
  /** Set where its parameters are. */
  readonly deferred?: 'alike' | 'by row';
  readonly span: Span;
}

/** A model or guide with the names its `stop` blocks. */
export interface ModelValue {
  readonly kind: 'model';
  readonly declaration: DeclarationOf<'model' | 'guide'>;
  readonly scope: Scope;
  readonly stopped: boolean;
}

export interface NetValue {
  readonly kind: 'net';
  readonly declaration: DeclarationOf<'net'>;
  readonly scope: Scope;
  readonly stopped: boolean;
  /** The arguments that it has already, by parameter: of `eps(_, _, label)` the label. */
  readonly given: ReadonlyMap<string, Value>;
}

/** A function or an objective: a body with parameters, elaborated anew by every call. */
export interface FunctionValue {
  readonly kind: 'function';
  readonly declaration: DeclarationOf<'function' | 'objective'>;
  readonly scope: Scope;
  /** The arguments that it has already, by parameter: of `f(_, a)` the second. */
  readonly given: ReadonlyMap<string, Value>;
  /** Its parameters say `p: model` or `q: guide`: names in densities are roles, not variables. */
  readonly roles: boolean;
}

export type Value =
  | ScalarValue
  | TensorValue
  | DistributionValue
  | ModelValue
  | NetValue
  | FunctionValue
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'record'; readonly entries: ReadonlyMap<string, Value> }
  | { readonly kind: 'range'; readonly from: Value; readonly to: Value }
  | { readonly kind: 'arrow'; readonly from: Value; readonly to: Value }
  /** One number a step of a schedule, known while compiling. */
  | { readonly kind: 'table'; readonly table: Table }
  /** The tables of a schedule by name, over the steps 1 to `steps`. */
  | {
      readonly kind: 'schedule';
      readonly name: string;
      readonly steps: number;
      readonly tables: ReadonlyMap<string, Value>;
    }
  /** A function of the language itself, by name. */
  | { readonly kind: 'builtin'; readonly name: string }
  /** A data set, or one of its parts: `mnist.train`. */
  | {
      readonly kind: 'data';
      readonly declaration: DeclarationOf<'data' | 'derived-data'>;
      readonly scope: Scope;
      /** What programs and reports call the set. */
      readonly name: string;
      readonly part?: string;
    }
  /** One row of a data set, an argument of a sample program. */
  | { readonly kind: 'row'; readonly fields: ReadonlyMap<string, Value>; readonly set: string }
  /** Variables by name: what a guide drew jointly, or what the data holds; the value of a role. */
  | { readonly kind: 'assignment'; readonly variables: ReadonlyMap<string, TensorValue> }
  /** An index of draws, `k` in `z[k]`. */
  | { readonly kind: 'plate'; readonly plate: Plate }
  /** Something wrong was reported already; silence from here on. */
  | { readonly kind: 'invalid' };

export type ValueOf<Kind extends Value['kind']> = Extract<Value, { kind: Kind }>;

export const invalid: Value = { kind: 'invalid' };

export function number(value: number): ScalarValue {
  return { kind: 'scalar', value, expression: { kind: 'number', value } };
}

export function describeShape(shape: Shape): string {
  return shape.length === 0 ? 'a single number' : `[${shape.join(', ')}]`;
}

export function describeSupport(support: Support): string {
  switch (support.kind) {
    case 'category':
    case 'simplex':
    case 'step':
      return `${support.kind}(${support.size})`;
    default:
      return support.kind;
  }
}

/** How a message names what it found. */
export function describe(value: Value): string {
  switch (value.kind) {
    case 'scalar':
      return value.value === undefined ? 'a scheduled number' : `the number ${value.value}`;
    case 'tensor':
      return value.shape.length === 0
        ? `a ${describeSupport(value.support)} number`
        : `${describeSupport(value.support)}${describeShape(value.shape)}`;
    case 'distribution':
      return `the distribution ${value.distribution.name}`;
    case 'model':
      return `the ${value.declaration.kind} '${value.declaration.name.text}'`;
    case 'net':
      return `the net '${value.declaration.name.text}'`;
    case 'function':
      return `the ${value.declaration.kind} '${value.declaration.name.text}'`;
    case 'string':
      return `the text "${value.value}"`;
    case 'list':
      return 'a list';
    case 'record':
      return 'named results';
    case 'range':
      return 'a range';
    case 'arrow':
      return "a pair 'a -> b'";
    case 'table':
      return `a table over the steps ${value.table.first} to ${lastStep(value.table)}`;
    case 'schedule':
      return `the schedule '${value.name}'`;
    case 'builtin':
      return `the function '${value.name}'`;
    case 'data':
      return `the data set '${value.declaration.name.text}'`;
    case 'row':
      return `a row of ${value.set}`;
    case 'assignment':
      return 'variables of a model';
    case 'plate':
      return `the index '${value.plate.name}'`;
    case 'invalid':
      return 'something invalid';
  }
}

/** A variable of a model at given values of what it depends on. */
export interface Factor {
  readonly variable: string;
  readonly distribution: DistributionValue;
  /** What the variable is here; absent where only its distribution was asked for. */
  readonly value?: TensorValue;
  readonly span: Span;
}

export interface ModelInstance {
  readonly model: ModelValue;
  readonly factors: ReadonlyMap<string, Factor>;
}

/** What a declared data set holds, with the set each field's values lie in once binarized. */
export interface Contract {
  readonly contract: DataContract;
  readonly supports: ReadonlyMap<string, Support>;
  /** Names of its parts; empty where it has none. */
  readonly parts: readonly string[];
}
