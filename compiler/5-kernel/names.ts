/** Names of kernels and tensors, from the labels of the tensor IR: WGSL identifiers, each used once. */

/** Keywords and reserved words of WGSL that a label could spell, and names that every kernel's text uses. */
const reserved = new Set(
  (
    'alias array atomic bool break case class const const_assert continue continuing default diagnostic discard else ' +
    'enable enum export extends extern f16 f32 false final fn for friend from function get global goto group handle i32 ' +
    'if impl import inline interface let loop macro main mat mod module move mut new nil none null of operator override ' +
    'package pass private protected ptr public read ref requires resource return sampler self set shared signed static ' +
    'struct struct super switch target template this thread throw trait true try type typedef u32 uniform union ' +
    'unsigned using var vec virtual void where while with workgroup write yield exp log sqrt max min abs sin cos tanh ' +
    'step sign select round floor ceil dot clamp mix length distance row column plane element k i lane uniforms ' +
    'abstract active all any as asm async attribute auto await become cast catch coherent common compile concept cross ' +
    'degrees delete demote do explicit external fallthrough filter finally fma fract implements instanceof layout match ' +
    'meta modf mutable namespace normalize partition patch pow precise precision pub radians readonly reflect ' +
    'regardless register require restrict saturate smooth snorm std subroutine tan texture trunc typename typeof unless ' +
    'unorm unsafe unsized use varying volatile wgsl acos asin atan atan2 bitcast cosh sinh exp2 log2 scalars'
  ).split(' '),
);

/** A WGSL identifier that reads like the label: `decoder.dense_3` becomes `decoder_dense_3`. */
export function identifier(label: string): string {
  const name = label
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/_{3,}/g, '__')
    .replace(/^_+|_+$/g, '');
  if (name === '') return 'value';
  if (/^[0-9]/.test(name)) return `v${name}`;
  return reserved.has(name) ? `${name}_value` : name;
}

/** Hands out each name once: the second `h` is `h_2`. */
export class Names {
  readonly #used = new Set<string>();

  unique(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#used.has(name); n++) name = `${wanted}_${n}`;
    this.#used.add(name);
    return name;
  }
}
