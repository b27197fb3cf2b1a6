/**
 * mixture.vae, compiled for the profile portable. Written by `vaec compile`; an edit here is lost.
 */
import {
  openModel,
  readCompiled,
  type Model,
  type ModelOptions,
  type ReportValue,
  type Sample,
  type TrainOptions,
  type TrainOutcome,
} from 'vaec/runtime';

/** elbo(p, q), iwelbo(p, q, K: 100), kl_per_dim(q, p), active_units(q), ess(p, q, K: 100) over every row of mixture.test. */
export interface Evaluate {
  /** nats. */
  readonly 'elbo(p, q)': Extract<ReportValue, { kind: 'number' }>;
  /** nats. */
  readonly 'iwelbo(p, q, K: 100)': Extract<ReportValue, { kind: 'number' }>;
  /** nats. */
  readonly 'kl_per_dim(q, p)': Extract<ReportValue, { kind: 'vector' }>;
  readonly 'active_units(q)': Extract<ReportValue, { kind: 'number' }>;
  readonly 'ess(p, q, K: 100)': Extract<ReportValue, { kind: 'number' }>;
}

/** elbo(p, q) over every row of mixture.test. */
export interface Track1 {
  /** nats. */
  readonly 'elbo(p, q)': Extract<ReportValue, { kind: 'number' }>;
}

/** The trainable tensors by path, row major; a constrained one by its free numbers. */
export interface Parameters {
  /** [2, 64] */
  readonly 'encoder.dense_1.weight': Float32Array;
  /** [64] */
  readonly 'encoder.dense_1.bias': Float32Array;
  /** [64, 64] */
  readonly 'encoder.dense_2.weight': Float32Array;
  /** [64] */
  readonly 'encoder.dense_2.bias': Float32Array;
  /** [64, 2] */
  readonly 'encoder.dense_3.weight': Float32Array;
  /** [2] */
  readonly 'encoder.dense_3.bias': Float32Array;
  /** [64, 2] */
  readonly 'encoder.dense_4.weight': Float32Array;
  /** [2] */
  readonly 'encoder.dense_4.bias': Float32Array;
  /** [2, 64] */
  readonly 'decoder.dense_1.weight': Float32Array;
  /** [64] */
  readonly 'decoder.dense_1.bias': Float32Array;
  /** [64, 64] */
  readonly 'decoder.dense_2.weight': Float32Array;
  /** [64] */
  readonly 'decoder.dense_2.bias': Float32Array;
  /** [64, 2] */
  readonly 'decoder.dense_3.weight': Float32Array;
  /** [2] */
  readonly 'decoder.dense_3.bias': Float32Array;
  /** [], kept positive by a bijection */
  readonly noise: Float32Array;
}

export interface Options extends Omit<ModelOptions, 'plan' | 'sources' | 'hypers'> {
  /** Where plan.json and the kernels lie; beside this module where absent. */
  readonly folder?: string | URL;
}

/** mixture.vae on a device. `model` does the same by the names of programs, and checkpoints. */
export class Mixture {
  readonly model: Model;
  readonly sample = {
    /** 2000 points, [2000, 2], or as many as `n`. */
    prior: (options: { readonly n?: number; readonly seed?: number } = {}): Promise<Sample> =>
      this.model.sample('sample.prior', options),
  };

  constructor(model: Model) {
    this.model = model;
  }

  /** Maximizes elbo(p, q) (terms: log p(x | z); KL(q(z | x) || p(z))) over batches of 200 rows of mixture.train, for 100 epochs. */
  train(options: TrainOptions = {}): Promise<TrainOutcome> {
    return this.model.train(options);
  }

  /** elbo(p, q), iwelbo(p, q, K: 100), kl_per_dim(q, p), active_units(q), ess(p, q, K: 100) over every row of mixture.test. */
  async evaluate(options: { readonly seed?: number } = {}): Promise<Evaluate> {
    const { reports } = await this.model.evaluate('evaluate', options);
    return Object.fromEntries(reports.map((report) => [report.text, report])) as unknown as Evaluate;
  }

  /** elbo(p, q) over every row of mixture.test. */
  async track_1(options: { readonly seed?: number } = {}): Promise<Track1> {
    const { reports } = await this.model.evaluate('track_1', options);
    return Object.fromEntries(reports.map((report) => [report.text, report])) as unknown as Track1;
  }

  /** Copies of the trainable tensors. */
  async parameters(): Promise<Parameters> {
    const tensors = [...(await this.model.parameters())].map(([path, { data }]) => [path, data]);
    return Object.fromEntries(tensors) as Parameters;
  }

  /** Replaces the tensors that are named; the others stay. Throws a UsageError for a wrong size. */
  setParameters(values: Partial<Parameters>): Promise<void> {
    return this.model.setParameters(new Map(Object.entries(values)));
  }

  /** Frees the device's memory, and closes the device unless it was handed in. */
  close(): void {
    this.model.close();
  }
}

/** Opens the spec with freshly drawn parameters. Throws an EnvironmentError where no device is found. */
export async function open(options: Options = {}): Promise<Mixture> {
  const { folder = new URL('.', import.meta.url), ...rest } = options;
  return new Mixture(await openModel({ ...(await readCompiled(folder)), ...rest }));
}
