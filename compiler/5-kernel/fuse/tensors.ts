/** Which tensors the nodes of a function live in: inputs, activations, parts of packed vectors, results. */
import { sizeOf, type DType, type Node, type NodeOf, type Shape, type Table } from '../../4-tensor/ir.ts';
import type { Storage } from '../../4-tensor/ir.ts';
import { frozenVector } from '../../4-tensor/program.ts';
import type { KernelProgram, Tensor } from '../ir.ts';
import { identifier, Names } from '../names.ts';
import type { Demand, Target } from './demand.ts';
import type { Fusion } from './fusion.ts';
import type { Group } from './groups.ts';
import { partAlignment } from './packed.ts';

/** A node's elements from `offset` of a tensor on, row major. */
export interface Place {
  readonly tensor: Tensor;
  readonly offset: number;
}

/** All of a tensor, to the same number of elements from a place on. */
export interface Copy {
  readonly from: Tensor;
  readonly to: Place;
}

export class Tensors {
  readonly results: KernelProgram['results'];
  /** Vectors and states whose new value is stored apart and copied at the end. */
  readonly copies: readonly Copy[];
  readonly #fusion: Fusion;
  readonly #demand: Demand;
  readonly #names = new Names();
  readonly #places = new Map<Node, readonly Place[]>();
  readonly #partials = new Map<Node, Tensor>();
  readonly #packed = new Map<Node, Tensor>();
  readonly #inputs = new Map<string, Tensor>();
  readonly #nameOf: (node: Node) => string;

  /** `apart`: names of the outputs to vectors and states that may not be written in place. */
  constructor(fusion: Fusion, demand: Demand, apart: ReadonlySet<string>, nameOf: (node: Node) => string) {
    this.#fusion = fusion;
    this.#demand = demand;
    this.#nameOf = nameOf;
    const results: KernelProgram['results'][number][] = [];
    const copies: Copy[] = [];
    const targets = new Map<string, Place>();
    const scalars = this.#scalarResults();
    for (const { name, node, target } of fusion.function.outputs) {
      if (target.kind === 'result') {
        const own = (): Tensor => this.#make(identifier(name), node.shape, node.dtype, { kind: 'result', name });
        const place = scalars.get(name) ?? { tensor: own(), offset: 0 };
        results.push({ name, ...place, shape: node.shape, dtype: node.dtype });
        targets.set(name, place);
      } else {
        const to = { tensor: this.#carried(target.kind, target.name, node.shape, node.dtype), offset: 0 };
        if (apart.has(name)) {
          const next = this.#make(`${to.tensor.name}_next`, node.shape, node.dtype, { kind: 'activation' });
          copies.push({ from: next, to });
          targets.set(name, { tensor: next, offset: 0 });
        } else targets.set(name, to);
      }
    }
    this.results = results;
    this.copies = copies;
    for (const node of fusion.nodes)
      if (node.kind === 'pack' && demand.packed.has(node)) this.#placePack(node, targets, copies);
    for (const node of fusion.nodes) this.#place(node, targets);
    const begun = new Map<string, Tensor>();
    for (const [node, { summand, shape, kept }] of fusion.partials) {
      if (kept === undefined) continue;
      const key = `${summand.id} ${node.kind === 'reduce' ? node.op : ''}`;
      const known = begun.get(key) ?? this.#make(`${nameOf(node)}_partial`, shape, 'f32', { kind: 'activation' });
      begun.set(key, known);
      this.#partials.set(node, known);
    }
  }

  /** Where a node is stored; empty where it is not. */
  placesOf(node: Node): readonly Place[] {
    return this.#places.get(node) ?? [];
  }

  /** Whether the group computes the node itself though another stores it. */
  isRepeated(node: Node, group: Group): boolean {
    return this.#demand.repeated.get(node)?.has(group) ?? false;
  }

  /** Where a reduction's partial sums lie. */
  partial(node: Node): Tensor {
    return this.#partials.get(node)!;
  }

  packed(node: NodeOf<'pack'>): Tensor {
    return this.#packed.get(node)!;
  }

  input(node: NodeOf<'input'>): Tensor {
    const { source, shape, dtype } = node;
    switch (source.kind) {
      case 'parameter':
      case 'frozen': {
        const { layout, frozen } = this.#fusion.context;
        const tensors = source.kind === 'parameter' ? layout.parameters : (frozen?.tensors ?? []);
        const found = tensors.find(({ path }) => path === source.path);
        if (found === undefined) throw new Error(`kernel IR: ${source.kind} ${source.path} is not in the layout`);
        const vector = source.kind === 'parameter' ? 'parameters' : frozenVector;
        return this.#input(source.path, shape, dtype, { kind: 'vector', vector, offset: found.offset });
      }
      case 'vector':
      case 'state':
        return this.#carried(source.kind, source.name, shape, dtype);
      case 'argument':
        return this.#input(source.name, shape, dtype, { kind: 'argument', name: source.name });
      case 'uniform':
        throw new Error(`kernel IR: uniform ${source.name} is not a tensor`);
    }
  }

  literal(node: NodeOf<'array'>): Tensor {
    const name = this.#nameOf(node);
    return this.#input(`${name} #${node.id}`, node.shape, node.dtype, { kind: 'literal', values: node.values }, name);
  }

  table({ set, field, scale, storage, rowShape }: Table): Tensor {
    const role = { kind: 'table', set, field, scale } as const;
    return this.#input(`${set}.${field}`, [0, ...rowShape], undefined, role, undefined, storage);
  }

  #carried(kind: 'vector' | 'state', name: string, shape: Shape, dtype: DType): Tensor {
    const role = kind === 'vector' ? ({ kind, vector: name, offset: 0 } as const) : ({ kind, name } as const);
    return this.#input(name, shape, dtype, role);
  }

  #input(
    key: string,
    shape: Shape,
    dtype: DType | undefined,
    role: Tensor['role'],
    name = key,
    storage: Storage = storageOf(dtype!),
  ): Tensor {
    const whole = `${role.kind} ${key} [${shape.join()}]`;
    const known = this.#inputs.get(whole);
    if (known !== undefined) return known;
    const tensor: Tensor = { name: this.#names.unique(identifier(name)), shape, storage, role };
    this.#inputs.set(whole, tensor);
    return tensor;
  }

  #make(name: string, shape: Shape, dtype: DType, role: Tensor['role']): Tensor {
    return { name: this.#names.unique(name), shape, storage: storageOf(dtype), role };
  }

  /** The scalars that the host reads lie in one tensor of each storage. */
  #scalarResults(): Map<string, Place> {
    const scalars = this.#fusion.function.outputs.filter(
      ({ node, target }) => target.kind === 'result' && sizeOf(node.shape) === 1,
    );
    const places = new Map<string, Place>();
    for (const [storage, name] of [
      ['f32', 'results'],
      ['u32', 'flags'],
    ] as const) {
      const mine = scalars.filter(({ node }) => storageOf(node.dtype) === storage);
      if (mine.length === 0) continue;
      const tensor = this.#make(name, [mine.length], storage, { kind: 'result', name });
      mine.forEach((output, offset) => places.set(output.name, { tensor, offset }));
    }
    return places;
  }

  /** A packed vector is an activation of its own; where it is an output too, it is copied, zeros and all. */
  #placePack(node: NodeOf<'pack'>, targets: ReadonlyMap<string, Place>, copies: Copy[]): void {
    const packed = this.#make(this.#nameOf(node), node.shape, 'f32', { kind: 'activation', packed: true });
    this.#packed.set(node, packed);
    for (const target of this.#demand.targets.get(node) ?? [])
      if (target.kind === 'output') copies.push({ from: packed, to: targets.get(target.output.name)! });
  }

  #place(node: Node, targets: ReadonlyMap<string, Place>): void {
    if (node.kind === 'pack' || !this.#fusion.home.has(node)) return;
    const places = (this.#demand.targets.get(node) ?? []).map((target) => this.#placeOf(node, target, targets));
    // Scalars that the host reads, and parts that are not aligned, share a tensor with others: a kernel that reads one
    // of them and stores another would bind it for both. What kernels read lies apart.
    const shares = ({ tensor: { role } }: Place): boolean =>
      role.kind === 'result' ? sizeOf(node.shape) === 1 : role.kind === 'activation' && role.packed === true;
    if (places.every(shares) && this.#demand.stored.has(node)) {
      const tensor = this.#make(this.#nameOf(node), node.shape, node.dtype, { kind: 'activation' });
      places.unshift({ tensor, offset: 0 });
    }
    if (places.length > 0) this.#places.set(node, places);
  }

  #placeOf(node: Node, target: Target, targets: ReadonlyMap<string, Place>): Place {
    if (target.kind === 'output') return targets.get(target.output.name)!;
    const packed = this.#packed.get(target.pack)!;
    const { offset } = target;
    if (offset % partAlignment !== 0) return { tensor: packed, offset };
    const { layout } = this.#fusion.context;
    // Names alone depend on it: a vector as long as all parameters has a part where each of them lies.
    const isGradient = sizeOf(target.pack.shape) === layout.length;
    const parameter = isGradient ? layout.parameters.find((one) => one.offset === offset) : undefined;
    const label = this.#fusion.labelOf(node);
    const name =
      label === undefined && parameter !== undefined && sizeOf(parameter.shape) === sizeOf(node.shape)
        ? `${identifier(parameter.path)}_gradient`
        : this.#nameOf(node);
    return { tensor: this.#make(name, node.shape, 'f32', { kind: 'part', of: packed.name, offset }), offset: 0 };
  }
}

export function storageOf(dtype: DType): 'f32' | 'u32' {
  return dtype === 'f32' ? 'f32' : 'u32';
}
