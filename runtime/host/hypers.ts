/** The hypers of a plan, some with other values. */
import type { Plan } from '../../compiler/5-kernel/plan.ts';
import type { HostExpr } from '../../compiler/4-tensor/program.ts';
import { suggestion } from '../data/suggest.ts';
import { InternalError, UsageError } from '../errors.ts';

/** Other values by name: a number, or a schedule. */
export type Overrides = { readonly [name: string]: number | HostExpr };

export class Hypers {
  readonly #values: ReadonlyMap<string, HostExpr>;

  /** Throws a UsageError for a name the plan does not have, and for one that shaped the kernels. */
  constructor(plan: Plan, overrides: Overrides = {}) {
    const values = new Map(plan.hypers.map(({ name, value }) => [name, value]));
    for (const [name, override] of Object.entries(overrides)) {
      const hyper = plan.hypers.find((candidate) => candidate.name === name);
      if (hyper === undefined) {
        throw new UsageError(`there is no hyper "${name}"${suggestion(name, [...values.keys()])}`);
      }
      const value: HostExpr = typeof override === 'number' ? { kind: 'number', value: override } : override;
      if (value.kind === 'number' && !Number.isFinite(value.value)) {
        throw new UsageError(`hyper "${name}" needs a finite number, not ${value.value}`);
      }
      if (hyper.static && JSON.stringify(value) !== JSON.stringify(hyper.value)) {
        throw new UsageError(
          `hyper "${name}" shapes the kernels: compile the spec again with --set ${name}=…, it cannot be changed here`,
        );
      }
      values.set(name, value);
    }
    this.#values = values;
  }

  expression = (name: string): HostExpr => {
    const value = this.#values.get(name);
    if (value === undefined) throw new InternalError(`the plan uses hyper "${name}" and does not have it`);
    return value;
  };

  /** Each as it was resolved, for the run folder: a number, or the schedule. */
  resolved(): { readonly [name: string]: number | HostExpr } {
    return Object.fromEntries(
      [...this.#values].map(([name, value]) => [name, value.kind === 'number' ? value.value : value]),
    );
  }
}
