/** What was decided about an objective, and why: the raw material of `vaec explain`. */

export type Decision =
  /** A call of an objective or a function that is one expression: what it stands for, and what stands for its parameters. */
  | {
      readonly kind: 'expansion';
      readonly text: string;
      readonly body: string;
      readonly where: readonly { readonly name: string; readonly text: string }[];
    }
  /** A factor of a KL: in closed form, or as a log-ratio of the shared draw. */
  | {
      readonly kind: 'divergence';
      readonly text: string;
      readonly variable: string;
      readonly families: readonly [string, string];
      readonly method: 'closed form' | 'Monte Carlo';
      readonly reason: string;
    }
  /** A draw that expectations and divergences share. */
  | {
      readonly kind: 'draw';
      readonly text: string;
      readonly variable: string;
      readonly family: string;
      /** Draws for each row. */
      readonly count: number;
      readonly estimator: 'pathwise' | 'none';
      /** How the draws of a batch's rows depend on one another; absent where they do not. */
      readonly arrangement?: string;
    }
  /** A log-density that the objective evaluates. */
  | { readonly kind: 'density'; readonly text: string; readonly variables: readonly string[] };

/** Adds a decision once: an objective that is elaborated twice says it once. */
export function decide(decisions: Decision[], decision: Decision): void {
  const key = JSON.stringify(decision);
  if (!decisions.some((known) => JSON.stringify(known) === key)) decisions.push(decision);
}
