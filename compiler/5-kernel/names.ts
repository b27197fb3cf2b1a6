/** Names of kernels and tensors, from the labels of the tensor IR: WGSL identifiers, each used once. */
import { reservedWords } from './reserved.ts';

/** Names that every kernel's text uses. */
const ours: ReadonlySet<string> = new Set(
  'row column plane element k i group lane subgroup uniforms scalars Scalars'.split(' '),
);

/** A WGSL identifier that reads like the label: `decoder.dense_3` becomes `decoder_dense_3`. */
export function identifier(label: string): string {
  const name = label
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/_{3,}/g, '__')
    .replace(/^_+|_+$/g, '');
  if (name === '') return 'value';
  if (/^[0-9]/.test(name)) return `v${name}`;
  return reservedWords.has(name) || ours.has(name) ? `${name}_value` : name;
}

/** Hands out each name once: the second `h` is `h_2`, and so is an `H`, since kernels are files and not all disks tell case. */
export class Names {
  readonly #used = new Set<string>();

  unique(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#used.has(name.toLowerCase()); n++) name = `${wanted}_${n}`;
    this.#used.add(name.toLowerCase());
    return name;
  }
}
