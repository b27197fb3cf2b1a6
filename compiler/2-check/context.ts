/** What elaboration carries: the session, the parameters found so far, and the program being elaborated. */
import type { Expr } from '../1-syntax/ast.ts';
import type { Builder } from '../4-tensor/builder.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import { evaluateHost } from '../4-tensor/host.ts';
import type {
  Constraint,
  Coupling,
  DataContract,
  DeriveProgram,
  HostExpr,
  Initialiser,
  RowStatistic,
  Uniform,
} from '../4-tensor/program.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Decision } from './derivation.ts';
import { fnv1a } from '../ops/fnv.ts';
import type { OpenDraws } from './open-draws.ts';
import type { Body } from './recursion.ts';
import type { Session } from '../session.ts';
import type { Spec } from './load.ts';
import type { Contract, ModelInstance, Plate, TensorValue, Value } from './values.ts';

export interface FoundParameter {
  readonly path: string;
  readonly shape: Shape;
  readonly initialiser: Initialiser;
  readonly constraint: Constraint;
}

/** A tensor of a finished run, and its path there. */
export interface FoundFrozen {
  readonly path: string;
  readonly run: string;
  readonly parameter: string;
  readonly shape: Shape;
}

export interface Hyper {
  readonly name: string;
  readonly value: HostExpr;
  readonly span: Span;
  /** A shape, a range or a table read it, so a change recompiles. */
  static: boolean;
}

/** What an expression stands for in a frame. Handed in, because every kind of expression holds others. */
export type Elaborate = (expr: Expr, frame: Frame) => Value;

/** Shared by all programs of a spec. */
export class Context {
  readonly session: Session;
  readonly spec: Spec;
  /** `--set name=value`, as typed. */
  readonly overrides: ReadonlyMap<string, string>;
  readonly parameters = new Map<string, FoundParameter>();
  readonly frozen = new Map<string, FoundFrozen>();
  readonly hypers = new Map<string, Hyper>();
  readonly uniforms = new Map<string, Uniform>();
  readonly contracts = new Map<string, DataContract>();
  /** Contracts by declaration; undefined while one is being made, or where it is wrong. */
  readonly data = new Map<object, Contract | undefined>();
  /** What computes the derived fields of data sets. */
  readonly derivations: DeriveProgram[] = [];
  /** Names of the evaluations so far. */
  readonly evaluations = new Set<string>();
  /** Values of declarations that have one: hypers. */
  readonly values = new Map<object, Value>();
  /** Bodies of the nets, functions, schedules and samplers being applied, innermost last. */
  readonly applying: Body[] = [];
  readonly elaborate: Elaborate;
  #plates = 1;

  constructor(session: Session, spec: Spec, overrides: ReadonlyMap<string, string>, elaborate: Elaborate) {
    this.elaborate = elaborate;
    this.session = session;
    this.spec = spec;
    this.overrides = overrides;
  }

  get b(): Builder {
    return this.session.builder;
  }

  plate(name: string, extent: number): Plate {
    return { id: this.#plates++, name, extent };
  }

  /** What a number of the host is in an iteration of a loop, with the hypers as they are now. */
  atIteration(expression: HostExpr, iteration: number): number {
    return evaluateHost(expression, {
      clock: { step: 0, epoch: 0, steps: 0, rows: 0, iteration },
      hyper: (name) => this.hypers.get(name)!.value,
    });
  }

  /** The node of a scalar that the host evaluates; equal expressions share one uniform. */
  hostScalar(expression: HostExpr): Node {
    if (expression.kind === 'number') return this.b.constant(expression.value);
    const name = expression.kind === 'hyper' ? expression.name : `scalar_${keyOf(expression)}`;
    this.uniforms.set(name, { name, dtype: 'f32', value: { kind: 'host', expression } });
    return this.b.uniform(name);
  }

  /** A scalar of the clock: the step, the epoch, the seed. */
  clock(name: ClockName): Node {
    this.uniforms.set(name, { name, dtype: 'u32', value: { kind: 'clock', name } });
    return this.b.uniform(name, 'u32');
  }
}

/**
 * Cuts a sample program into parts that run one after the other: what stands outside loops once, a loop's body once an
 * iteration. What a loop carries lies in states between them.
 */
export interface Loops {
  /** Iterations of the loop whose body is being elaborated; undefined outside of one. */
  readonly iterations: number | undefined;
  /** Tells draws of one iteration from those of every other: u32. */
  readonly drawStep: Node;
  /**
   * The carried values after `iterations` runs of `body`, which gives them anew from what they were. Undefined where
   * the body reported an error, or gives a value of another shape.
   */
  run(frame: Frame, loop: Loop): ReadonlyMap<string, TensorValue> | undefined;
}

export interface Loop {
  readonly span: Span;
  readonly carried: ReadonlyMap<string, TensorValue>;
  readonly iterations: number;
  readonly body: (carried: ReadonlyMap<string, TensorValue>) => ReadonlyMap<string, TensorValue> | undefined;
  /** Values to look at on the way: which, and after how many iterations (0: before the first). */
  readonly keep?: { readonly name: string; readonly after: readonly number[]; readonly labels: readonly string[] };
}

type ClockName = Extract<Uniform['value'], { kind: 'clock' }>['name'];

/** A short stable name of an expression: what it reads, so that an edit elsewhere does not rename it. */
function keyOf(expression: HostExpr): string {
  const text = JSON.stringify(expression);
  const codes = Uint16Array.from(text, (character) => character.charCodeAt(0));
  return fnv1a(codes).toString(16).padStart(8, '0');
}

/** What one program (a training step, an evaluation, a sample) adds while it is elaborated. */
export interface ProgramContext {
  readonly name: string;
  readonly kind: 'train' | 'evaluate' | 'sample';
  /** The plate of the rows of a batch, or of the samples. */
  readonly rows: Plate;
  /** Index of each row in its data set, or number of each sample: u32 [rows]. */
  readonly rowIndex: Node;
  /** How many of the rows count, the first ones, where not all do: those that fill up an evaluation's last batch. u32 []. */
  readonly counted?: () => Node;
  /** What the data of the step holds, by field. */
  readonly fields: ReadonlyMap<string, TensorValue>;
  readonly set: string;
  /** Draws shared by every E and KL over the same guide and arguments. */
  readonly draws: Map<string, ModelInstance>;
  readonly openDraws: OpenDraws;
  /** Permutations of the rows that the host is to compute. */
  readonly couplings: Coupling[];
  readonly decisions: Decision[];
  /** Log-densities that were met, with the values they are of. */
  readonly densities: { readonly node: Node; readonly of: Node }[];
  /** Evaluation only: what must be collected from all rows before `deferred` values are known, by the result's name. */
  readonly collected: Map<string, TensorValue>;
  /** Evaluation only: the arguments that stand for what becomes of it, by name. */
  readonly statistics: Map<string, RowStatistic>;
  /** Sample only. */
  readonly loops?: Loops;
}

/** One application of a net: its path, and how many layers of each kind it has met so far. */
export interface NetCall {
  readonly path: string;
  /** It is a finished run's: nothing trains it. */
  readonly isFrozen: boolean;
  readonly counts: Map<string, number>;
}

/** Names in sight at a point of the elaboration: an inner frame hides an outer one. */
export class Frame {
  readonly context: Context;
  readonly program: ProgramContext | undefined;
  readonly scope: Spec['scope'];
  readonly parent: Frame | undefined;
  readonly values = new Map<string, Value>();
  /** Parameters read here take no gradient: inside `stop(q)`. */
  readonly stopped: boolean;
  /** Inside an objective over roles, what each name stands for: 'latent' is all that the guide draws. */
  readonly roles: ReadonlyMap<string, 'latent' | 'observed'> | undefined;
  /** The net being applied, which owns the layers found here. */
  readonly net: NetCall | undefined;

  constructor(options: {
    context: Context;
    program: ProgramContext | undefined;
    scope: Spec['scope'];
    parent?: Frame;
    stopped?: boolean;
    roles?: ReadonlyMap<string, 'latent' | 'observed'> | undefined;
    net?: NetCall | undefined;
  }) {
    this.context = options.context;
    this.program = options.program;
    this.scope = options.scope;
    this.parent = options.parent;
    this.stopped = options.stopped ?? options.parent?.stopped ?? false;
    this.roles = options.roles ?? options.parent?.roles;
    this.net = options.net ?? options.parent?.net;
  }

  lookup(name: string): Value | undefined {
    return this.values.get(name) ?? this.parent?.lookup(name);
  }

  elaborate(expr: Expr): Value {
    return this.context.elaborate(expr, this);
  }

  /** Names for "did you mean". */
  names(): string[] {
    return [...this.values.keys(), ...(this.parent?.names() ?? [])];
  }

  child(options: { stopped?: boolean } = {}): Frame {
    const { context, program, scope } = this;
    return new Frame({ context, program, scope, parent: this, ...options });
  }
}
