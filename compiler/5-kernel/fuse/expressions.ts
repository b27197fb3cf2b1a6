/** The only maker of kernel values: equal values are one object, so a kernel's body is a DAG without repetition. */
import type { DType, ReduceOp } from '../../4-tensor/ir.ts';
import type { OpName } from '../../ops/index.ts';
import { IndexAlgebra } from '../index-algebra.ts';
import type { Accumulator, Index, Tensor, Value } from '../ir.ts';

export interface Range {
  readonly index: Index;
  readonly low: number;
  readonly high: number;
}

export class Expressions {
  readonly index = new IndexAlgebra();
  readonly #known = new Map<string, Value>();
  readonly #ordinals = new Map<object, number>();

  constant(value: number, dtype: DType): Value {
    return this.#intern(`${dtype} ${Object.is(value, -0) ? '-0' : value}`, { kind: 'constant', dtype, value });
  }

  uniform(name: string, dtype: DType): Value {
    return this.#intern(`uniform ${dtype} ${name}`, { kind: 'uniform', dtype, name });
  }

  /** The index as a u32. */
  position(index: Index): Value {
    if (index.kind === 'constant') return this.constant(index.value, 'u32');
    return this.#intern(`index ${this.#of(index)}`, { kind: 'index', index });
  }

  load(tensor: Tensor, index: Index, dtype: DType): Value {
    return this.#intern(`load ${dtype} ${this.#of(tensor)} ${this.#of(index)}`, { kind: 'load', dtype, tensor, index });
  }

  apply(op: OpName, args: readonly Value[], dtype: DType): Value {
    const key = `apply ${op} ${dtype} ${args.map((arg) => this.#of(arg)).join(' ')}`;
    return this.#intern(key, { kind: 'apply', dtype, op, args });
  }

  /** Drops the ranges that always hold. */
  guard(ranges: readonly Range[], then: Value, otherwise: Value): Value {
    const within: Range[] = [];
    for (const range of ranges) {
      const { low, high } = this.index.bounds(range.index);
      if (high < range.low || low >= range.high) return otherwise;
      if (low < range.low || high >= range.high) within.push(range);
    }
    if (within.length === 0 || then === otherwise) return then;
    const ranged = within.map((range) => `${this.#of(range.index)} ${range.low} ${range.high}`).join(' ');
    const dtype = dtypeOf(then);
    return this.#intern(`guard ${this.#of(then)} ${this.#of(otherwise)} ${ranged}`, {
      kind: 'guard',
      dtype,
      within,
      then,
      otherwise,
    });
  }

  accumulator(accumulator: Accumulator, dtype: DType): Value {
    return this.#intern(`accumulator ${this.#of(accumulator)}`, { kind: 'accumulator', dtype, accumulator });
  }

  #intern(key: string, value: Value): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, value);
    return value;
  }

  #of(object: object): number {
    let ordinal = this.#ordinals.get(object);
    if (ordinal === undefined) this.#ordinals.set(object, (ordinal = this.#ordinals.size));
    return ordinal;
  }
}

export function dtypeOf(value: Value): DType {
  return value.kind === 'index' ? 'u32' : value.dtype;
}

/** What a reduction begins with. For u32, max begins with 0 and min with 2³² - 1. */
export function identityOf(op: ReduceOp, dtype: DType): number {
  switch (op) {
    case 'sum':
      return 0;
    case 'max':
      return dtype === 'f32' ? -Infinity : 0;
    case 'min':
      return dtype === 'f32' ? Infinity : 2 ** 32 - 1;
  }
}
