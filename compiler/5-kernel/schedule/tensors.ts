/** The tensors of a kernel as arrays: which hold four elements an entry, and who reads and writes them. */
import { sizeOf } from '../../4-tensor/ir.ts';
import type { Kernel, Tensor } from '../ir.ts';
import type { Access } from '../plan.ts';
import { tensorsOf } from './dependence.ts';
import type { Binding, Width } from './loops.ts';

/** How a first pass over the kernel found its tensors to be used. */
export class Usage {
  /** Read or written four adjacent, aligned elements at a time. */
  readonly vector = new Set<Tensor>();
  /** Written an element at a time, which an array of vectors does not allow. */
  readonly scalarStores = new Set<Tensor>();
  /** Vectors put together from four separate loads. */
  gathers = 0;

  widthOf(tensor: Tensor): Width {
    return this.vector.has(tensor) && !this.scalarStores.has(tensor) && sizeOf(tensor.shape) % 4 === 0 ? 4 : 1;
  }
}

export type AccessOf = (tensor: Tensor) => Access;

/** The bindings of a kernel in order: what it stores last. */
export function bindingsOf(
  kernel: Kernel,
  widthOf: (tensor: Tensor) => Width,
  accessOf?: AccessOf,
): ReadonlyMap<Tensor, Binding> {
  const { stored, loaded } = tensorsOf(kernel);
  const written = new Set(stored);
  return new Map(
    [...loaded, ...stored].map((tensor) => [
      tensor,
      {
        name: tensor.name,
        tensor,
        access: accessOf?.(tensor) ?? (written.has(tensor) ? 'read_write' : 'read'),
        storage: tensor.storage,
        width: widthOf(tensor),
      },
    ]),
  );
}
