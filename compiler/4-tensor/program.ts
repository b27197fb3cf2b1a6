/** What the front half hands to the kernel half: parameters, data, scalars of the host, and one function a program. */
import type { DeclaredSupport } from '../distributions/distribution.ts';
import type { Display } from './display.ts';
import type { Node, Shape, Table, TensorFunction } from './ir.ts';

/** A scalar that the host evaluates in float64 at each step. Plain JSON, because plan.json holds it. */
export type HostExpr =
  | { readonly kind: 'number'; readonly value: number }
  /** A hyper by name: its value is in the plan and may be overridden without a new compilation. */
  | { readonly kind: 'hyper'; readonly name: string }
  /**
   * step: 0, 1, …; epoch: position / rows of the data, a fraction; steps, rows: as the run has them; iteration: 0, 1, …
   * of a loop of a sample program.
   */
  | { readonly kind: 'clock'; readonly name: 'step' | 'epoch' | 'steps' | 'rows' | 'iteration' }
  /** values[index], the index a whole number within them. */
  | { readonly kind: 'table'; readonly values: readonly number[]; readonly index: HostExpr }
  | {
      readonly kind: 'apply';
      readonly op:
        | ('add' | 'sub' | 'mul' | 'div' | 'pow' | 'neg' | 'abs' | 'exp' | 'log' | 'sqrt' | 'sin' | 'cos')
        | ('min' | 'max' | 'floor' | 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne' | 'select');
      readonly args: readonly HostExpr[];
    }
  /** from + (to - from) · min(1, t / duration): `warmup(0 -> 1, epochs: 15)`. */
  | { readonly kind: 'warmup'; readonly from: HostExpr; readonly to: HostExpr; readonly over: Duration }
  /** to + (from - to) · (1 + cos(π min(1, t / duration))) / 2. */
  | { readonly kind: 'cosine'; readonly from: HostExpr; readonly to: HostExpr; readonly over: Duration }
  /** values[i] from the time boundaries[i - 1] on. */
  | {
      readonly kind: 'piecewise';
      readonly values: readonly HostExpr[];
      readonly boundaries: readonly HostExpr[];
      readonly unit: 'epochs' | 'steps';
    };

export interface Duration {
  readonly unit: 'epochs' | 'steps';
  readonly value: HostExpr;
}

/** A scalar input of the kernels. The u32 ones are the clock's, filled by the runtime. */
export interface Uniform {
  readonly name: string;
  readonly dtype: 'f32' | 'u32';
  readonly value:
    | { readonly kind: 'host'; readonly expression: HostExpr }
    /**
     * step: the step. epoch: floor(position / rows). offset: position mod rows. rows: rows of the data set.
     * first: index of the first row (evaluation) or sample of this dispatch. seed: the run's seed, mixed to 32 bits.
     */
    | { readonly kind: 'clock'; readonly name: 'step' | 'epoch' | 'offset' | 'rows' | 'first' | 'seed' }
    /** The row of a data set that a sample program's argument stands for: chosen by the caller, else drawn by the seed. */
    | { readonly kind: 'row'; readonly argument: string; readonly set: string };
}

export type Initialiser =
  /** U(-bound, bound), bound = 1 / sqrt(fanIn): PyTorch's default for dense layers, weight and bias alike. */
  | { readonly kind: 'fan-in'; readonly fanIn: number }
  | { readonly kind: 'glorot' | 'he'; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: 'normal'; readonly sd: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'values'; readonly values: readonly number[] }
  /** Rows of a data set's field, drawn without replacement: `param u[k] : … = from data`. */
  | { readonly kind: 'data'; readonly set: string; readonly field: string };

/** How a parameter is kept in range: the stored (free) number is mapped by a bijection. */
export type Constraint = 'real' | 'positive' | 'unit' | 'simplex' | 'cholesky';

export interface Parameter {
  /** `encoder.dense_1.weight`; a function of the spec. */
  readonly path: string;
  /** The stored tensor's shape. */
  readonly shape: Shape;
  readonly initialiser: Initialiser;
  readonly constraint: Constraint;
  /** Offset in the flat parameter vector, in f32; a multiple of 64 (256 bytes). */
  readonly offset: number;
}

export interface ParameterLayout {
  readonly parameters: readonly Parameter[];
  /** Length of the flat vector, in f32, a multiple of 64; the gaps hold zeros. */
  readonly length: number;
}

/** The name of the vector that frozen tensors lie in. */
export const frozenVector = 'frozen';

/** A tensor of a finished run that programs read and nothing trains. */
export interface FrozenTensor {
  /** `mixture:decoder.dense_1.weight`. */
  readonly path: string;
  /** The run, by its name in `FrozenLayout.runs`, and the tensor's path there. */
  readonly run: string;
  readonly parameter: string;
  readonly shape: Shape;
  /** Offset in the vector 'frozen', in f32; a multiple of 64 (256 bytes). */
  readonly offset: number;
}

/** What programs take from finished runs. */
export interface FrozenLayout {
  /** `mixture`, or `latent:mixture` for the run that a run has used; and the fingerprint of its checkpoint. */
  readonly runs: readonly { readonly name: string; readonly checkpoint: string }[];
  readonly tensors: readonly FrozenTensor[];
  /** Length of the vector 'frozen', in f32, a multiple of 64. */
  readonly length: number;
}

/** A term of an objective as the user wrote it, for the progress line, the metrics and the trouble message. */
export interface Term {
  readonly name: string;
  /** The source text of the term, e.g. `log p(x | z)`. */
  readonly text: string;
}

/** A number of the host that must lie within [least, most] at every step: else a finite gradient may end the state. */
export interface Limit {
  /** `'lr' of adam`. */
  readonly what: string;
  readonly value: HostExpr;
  /** `a number from 0 to 1e5`. */
  readonly words: string;
  readonly least: number;
  readonly most: number;
}

/**
 * A permutation of a batch's rows that the host computes before each run into an argument of the program: row i takes the
 * draw of row permutation[i], so that Σ_i ‖values[i] - draws[permutation[i]]‖² is least over the rows that count; the others
 * keep their own. Tensor IR for the reference interpreter, of data and of scalars of the host alone.
 */
export interface Coupling {
  /** The argument: u32 [batch]. */
  readonly argument: string;
  /** For people: `e coupled with x`. */
  readonly text: string;
  /** What the draws are coupled with, and the draws as each row would take its own: [batch, ...], alike in shape. */
  readonly values: Node;
  readonly draws: Node;
  /** How many rows count: the first ones of the batch. u32 []. */
  readonly counted: Node;
}

/**
 * One step of training: outputs are the results `objective` and each term (scalars, means over the batch in nats a
 * row), `gradient_norm`, the new vectors, and the state `trouble` (u32[2]: the first bad step + 1, 0 while all is
 * well; the index of the term, terms.length for the gradient's norm). The update keeps the old state from the first trouble
 * on.
 */
export interface TrainProgram {
  readonly kind: 'train';
  readonly name: string;
  readonly function: TensorFunction;
  readonly sense: 'maximize' | 'minimize';
  readonly set: string;
  readonly batch: number;
  readonly duration: Duration;
  readonly seed: HostExpr;
  readonly terms: readonly Term[];
  /** The carried vectors beside 'parameters', zeros at the start unless they begin as a copy of the parameters. */
  readonly vectors: readonly { readonly name: string; readonly initial: 'zeros' | 'parameters' }[];
  /** Held by the host before each step; what is known when compiling was held then. */
  readonly limits: readonly Limit[];
  /** Absent where no draw is coupled. */
  readonly couplings?: readonly Coupling[];
  /** The vector that evaluations and samples read as the parameters. */
  readonly trained: 'parameters' | 'ema';
  readonly track: readonly { readonly every: number; readonly unit: 'epoch' | 'step'; readonly evaluate: string }[];
}

/** How the host finishes, in float64, what an evaluation collected from every row. */
export type Finish =
  /** Mean over the rows and its standard error. */
  | { readonly kind: 'mean' }
  /** Mean over the rows of a vector: one number an entry. */
  | { readonly kind: 'mean-vector' }
  /** A function of statistics of the rows, its arguments by name, evaluated by the reference interpreter. */
  | { readonly kind: 'expression'; readonly output: Node; readonly arguments: readonly RowStatistic[] };

/** An argument's name, and what it is: of a result, entry by entry, the mean or the variance over n - 1 of the n rows. */
export interface RowStatistic {
  readonly name: string;
  readonly result: string;
  readonly statistic: 'mean' | 'variance';
}

export interface EvaluateReport {
  readonly name: string;
  /** As written: `iwelbo(p, q, K: 50)`. */
  readonly text: string;
  readonly unit: string;
  /** The function's result of shape [batch, ...] that it reads. */
  readonly result: string;
  readonly finish: Finish;
}

/** Runs over every row of a data set; the function's results are [batch, ...], of which rows past the set's end do not count. */
export interface EvaluateProgram {
  readonly kind: 'evaluate';
  readonly name: string;
  readonly function: TensorFunction;
  readonly set: string;
  readonly batch: number;
  /** Absent where no draw is coupled. */
  readonly couplings?: readonly Coupling[];
  readonly reports: readonly EvaluateReport[];
}

/**
 * Computes fields of a data set from its other fields, once, before anything reads them: over every row of the set, as
 * an evaluation does. The function's results are the fields by name, each [batch, ...].
 */
export interface DeriveProgram {
  readonly kind: 'derive';
  readonly name: string;
  readonly function: TensorFunction;
  readonly set: string;
  readonly batch: number;
}

/** A part of a sample program, run once or as a loop. */
export interface SamplePart {
  readonly program: string;
  readonly iterations: number;
  /** The clock's step of its first iteration: 0 outside of loops, whose iterations count on from 1. */
  readonly firstStep: number;
  /** What the host reads on the way: a state, after so many iterations (0: before the first), under these labels. */
  readonly keep?: {
    readonly state: string;
    /** Of one sample. */
    readonly shape: Shape;
    readonly after: readonly number[];
    readonly labels: readonly string[];
  };
}

/** Draws `n` of something, after its parts have run; the function's result `sample` is [n, ...]. */
export interface SampleProgram {
  readonly kind: 'sample';
  readonly name: string;
  readonly parts: readonly SamplePart[];
  readonly function: TensorFunction;
  readonly n: number;
  readonly shape: Shape;
  readonly display: Display;
  /** The variable that it returns a draw or a mean of, where it returns one as it is. */
  readonly of?: string;
  /** Arguments drawn from a data set, such as `a: mnist.test`: the tables it reads. */
  readonly sets: readonly string[];
}

/** A part of a sample program that runs before its last: what it computes is carried on in states. */
export interface PartProgram {
  readonly kind: 'part';
  readonly name: string;
  readonly function: TensorFunction;
}

export type Program = TrainProgram | EvaluateProgram | DeriveProgram | SampleProgram | PartProgram;

/** Everything the spec says, lowered to tensors. */
export interface SpecPrograms {
  readonly layout: ParameterLayout;
  /** Absent where the spec uses no run. */
  readonly frozen?: FrozenLayout;
  readonly data: readonly DataContract[];
  readonly hypers: readonly { readonly name: string; readonly value: HostExpr; readonly static: boolean }[];
  readonly uniforms: readonly Uniform[];
  readonly programs: readonly Program[];
}

/** A value written in a data block: `idx(images: "…", splits: { train: "train" })`. */
export type DataValue = number | string | boolean | readonly DataValue[] | { readonly [name: string]: DataValue };

/** What a data set must hold; loaded by the runtime. Splits are named `mnist.train`. */
export interface DataContract {
  readonly name: string;
  readonly fields: readonly {
    readonly name: string;
    /** As the values are before they are binarized or standardized. */
    readonly support: DeclaredSupport;
    readonly shape: Shape;
    /** How it lies on the device; a table of tensor IR with the same numbers. */
    readonly table: Omit<Table, 'set'>;
    /** Zeros and ones from grey values: at a threshold when loaded, or a fresh draw each epoch on the device. */
    readonly binarize?: { readonly kind: 'threshold'; readonly at: number } | { readonly kind: 'dynamic' };
    readonly standardize: boolean;
  }[];
  readonly source: {
    readonly kind: string;
    readonly args: { readonly [name: string]: DataValue };
    /** simulate: each field's rows as tensor IR, for the reference interpreter; its only inputs are the clock's. */
    readonly graphs?: readonly { readonly field: string; readonly node: Node }[];
  };
  /** `train: 0.8, test: 0.2`: shares of a shuffled whole; empty where the source has its own splits. */
  readonly split: readonly { readonly name: string; readonly share: number }[];
  /** Rows kept: field, comparison, number. */
  readonly where: readonly {
    readonly field: string;
    readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
    readonly value: number;
  }[];
  /** Fields that no source holds: computed by a program of the plan, then standardized where asked for. */
  readonly derived?: { readonly program: string; readonly fields: readonly string[] };
  /** For `data d = mixture where …` and concat: the sets it derives from, whose source is then not used. */
  readonly from: readonly string[];
}
