/**
 * The parts of the peers' interfaces that are used here, so that the sources check where the peers are not installed. The
 * packages are in bench/package.json.
 */
declare module '@jax-js/jax' {
  type Device = 'wasm' | 'webgpu';
  type DType = 'uint32';

  /** Counted references: whoever is given one uses it up, and `.ref` is one more. */
  export interface Array {
    readonly ref: Array;
    readonly shape: readonly number[];
    add(other: Array | number): Array;
    sub(other: Array | number): Array;
    mul(other: Array | number): Array;
    div(other: Array | number): Array;
    reshape(shape: number[]): Array;
    astype(dtype: DType): Array;
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  type Tree = Array | readonly Tree[] | { readonly [name: string]: Tree };

  export const numpy: {
    readonly uint32: DType;
    array(values: Float32Array | number, options?: { readonly dtype: DType }): Array;
    zeros(shape: number[]): Array;
    matmul(a: Array, b: Array): Array;
    split(a: Array, parts: number, axis?: number): Array[];
    sum(a: Array, axis?: number): Array;
    transpose(a: Array, axes: number[]): Array;
    take(a: Array, indices: Array): Array;
    concatenate(parts: Array[], axis: number): Array;
    absolute(a: Array): Array;
    cos(a: Array): Array;
    exp(a: Array): Array;
    floor(a: Array): Array;
    log1p(a: Array): Array;
    negative(a: Array): Array;
    sin(a: Array): Array;
    sqrt(a: Array): Array;
    square(a: Array): Array;
    tanh(a: Array): Array;
  };
  export const nn: {
    logsumexp(a: Array, axis: number): Array;
    relu(a: Array): Array;
    sigmoid(a: Array): Array;
    silu(a: Array): Array;
  };
  type Pair = [number, number];
  export const lax: {
    convGeneralDilated(images: Array, kernel: Array, strides: Pair, padding: [Pair, Pair]): Array;
    convTranspose(
      images: Array,
      kernel: Array,
      strides: Pair,
      padding: [Pair, Pair],
      options: { readonly transposeKernel: boolean },
    ): Array;
  };
  export const random: {
    key(seed: Array): Array;
    normal(key: Array, shape: number[]): Array;
    uniform(key: Array, shape: number[]): Array;
  };

  export function init(...devices: Device[]): Promise<Device[]>;
  export function defaultDevice(device: Device): Device;
  export function jit<Args extends Tree[], Result extends Tree>(
    f: (...args: Args) => Result,
  ): (...args: Args) => Result;
  /** Differentiates by the first argument. */
  export function valueAndGrad<First extends Tree, Rest extends Tree[]>(
    f: (first: First, ...rest: Rest) => Array,
  ): (first: First, ...rest: Rest) => [Array, First];
}

declare module '@tensorflow/tfjs' {
  export interface Tensor {
    readonly shape: readonly number[];
    add(other: Tensor | number): Tensor;
    sub(other: Tensor | number): Tensor;
    mul(other: Tensor | number): Tensor;
    div(other: Tensor | number): Tensor;
    abs(): Tensor;
    cos(): Tensor;
    exp(): Tensor;
    floor(): Tensor;
    log1p(): Tensor;
    mean(): Tensor;
    neg(): Tensor;
    relu(): Tensor;
    reshape(shape: number[]): Tensor;
    sigmoid(): Tensor;
    sin(): Tensor;
    square(): Tensor;
    sum(axis?: number): Tensor;
    tanh(): Tensor;
    toInt(): Tensor;
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export const version: { readonly tfjs: string };
  export const fused: {
    matMul(given: {
      readonly a: Tensor;
      readonly b: Tensor;
      readonly bias: Tensor;
      readonly activation?: 'relu';
    }): Tensor;
  };
  export const train: {
    adam(
      learningRate: number,
      beta1: number,
      beta2: number,
      epsilon: number,
    ): { minimize(loss: () => Tensor, returnCost: true, variables: readonly Tensor[]): Tensor | null };
  };
  export function conv2d(images: Tensor, kernel: Tensor, strides: number, padding: number): Tensor;
  export function conv2dTranspose(
    images: Tensor,
    kernel: Tensor,
    outputShape: [number, number, number, number],
    strides: number,
    padding: number,
  ): Tensor;
  export function logSumExp(x: Tensor, axis: number): Tensor;
  export function transpose(x: Tensor, axes: number[]): Tensor;
  export function setBackend(name: string): Promise<boolean>;
  export function ready(): Promise<void>;
  export function tensor(values: Float32Array, shape: number[]): Tensor;
  export function variable(initial: Tensor): Tensor;
  export function randomNormal(shape: number[]): Tensor;
  export function randomUniform(shape: number[]): Tensor;
  export function concat(parts: readonly Tensor[], axis: number): Tensor;
  export function gather(x: Tensor, indices: Tensor): Tensor;
  export function split(x: Tensor, parts: number, axis: number): Tensor[];
  export function tidy<T extends Tensor>(f: () => T): T;
}

declare module '@tensorflow/tfjs-backend-wasm';
declare module '@tensorflow/tfjs-backend-webgpu';
