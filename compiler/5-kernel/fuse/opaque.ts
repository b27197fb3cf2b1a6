/** Stand-ins for values that are not built yet: "this node at this index", equal where both are equal. */
import type { Node } from '../../4-tensor/ir.ts';
import type { Index, Tensor, Value } from '../ir.ts';
import type { Expressions } from './expressions.ts';

export class Opaque {
  readonly #expressions: Expressions;
  readonly #tensors = new Map<Node, Tensor>();

  constructor(expressions: Expressions) {
    this.#expressions = expressions;
  }

  valueOf(node: Node, index: readonly Index[]): Value {
    let tensor = this.#tensors.get(node);
    if (tensor === undefined) {
      tensor = { name: `node ${node.id}`, shape: node.shape, storage: 'u32', role: { kind: 'activation' } };
      this.#tensors.set(node, tensor);
    }
    return this.#expressions.load(tensor, this.#expressions.index.flatten(index, node.shape), node.dtype);
  }
}
