/** What a layer is: a function of tensor IR with trainable tensors of its own. One file a layer. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import type { Initialiser } from '../4-tensor/program.ts';

/** A value on its way through a net: `leading` plate axes (batch, draws), then its own shape. */
export interface LayerInput {
  readonly node: Node;
  readonly leading: number;
  /** How many categories there are, where the value is one: u32 from 0 on. */
  readonly categories?: number;
}

export interface LayerContext {
  readonly b: Builder;
  /** Declares or finds the layer's own trainable tensor: `weight` becomes `<net>.dense_<n>.weight`. */
  readonly parameter: (name: string, shape: Shape, initialiser: Initialiser) => Node;
  /** Numbers in (0, 1), one for each entry of the input, anew each step; absent where nothing is trained. */
  readonly uniform?: () => Node;
}

/** An activation with its arguments filled in. */
export type Activate = (b: Builder, x: Node) => Node;

/** How a weight starts, given how many inputs an output has and how many outputs an input reaches. */
export type Initialise = (fanIn: number, fanOut: number) => Initialiser;

export type LayerArgument =
  | { readonly kind: 'size'; readonly value: number }
  | { readonly kind: 'fraction'; readonly value: number }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'activation'; readonly value: Activate }
  | { readonly kind: 'initialiser'; readonly value: Initialise };

export interface LayerParameter {
  readonly name: string;
  /** size: a whole number; fraction: a number from 0 on and below 1; both known when compiling. */
  readonly kind: LayerArgument['kind'];
  readonly required: boolean;
  /** Of a size: 1 where absent. */
  readonly least?: number;
}

export interface Layer {
  readonly name: string;
  /** In positional order. */
  readonly parameters: readonly LayerParameter[];
  /** It asks for numbers at random: its input is one for each row, though all rows' were the same. */
  readonly random?: true;
  /** Throws LayerError where the input does not fit. */
  apply(context: LayerContext, input: LayerInput, args: { readonly [name: string]: LayerArgument }): Node;
}

/**
 * An input or a shape that a layer or a shape word cannot take: the user's mistake, to be shown at the call. The message
 * is one lower-case sentence without a full stop that says what to do.
 */
export class LayerError extends Error {
  override readonly name = 'LayerError';
}

/** The shape without the plates. */
export function ownShape(input: LayerInput): Shape {
  return input.node.shape.slice(input.leading);
}

/** Numbers of any support as f32: a count or a category by its value, a truth as 0 or 1. */
export function asReal(b: Builder, node: Node): Node {
  if (node.dtype === 'u32') return b.map('toF32', node);
  return node.dtype === 'bool' ? b.select(node, 1, 0) : node;
}

/** Every plate axis as one axis of rows: [rows, ...own shape]. */
export function asRows(b: Builder, input: LayerInput): Node {
  const rows = sizeOf(input.node.shape.slice(0, input.leading));
  return b.reshape(input.node, [rows, ...ownShape(input)]);
}

/** How a message names a shape. */
export function describeShape(shape: Shape): string {
  return shape.length === 0 ? 'a single number' : `[${shape.join(', ')}]`;
}
