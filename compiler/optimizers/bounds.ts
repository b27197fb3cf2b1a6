/** What numbers of a training program may be, where they are known when compiling. */

export interface Bound {
  /** `a positive number`. */
  readonly words: string;
  readonly allows: (value: number) => boolean;
}

export const positive: Bound = { words: 'a positive number', allows: (value) => value > 0 };

export const fromZero: Bound = { words: 'a number of at least 0', allows: (value) => value >= 0 };

export const shareBelowOne: Bound = {
  words: 'a number from 0 on and below 1',
  allows: (value) => value >= 0 && value < 1,
};

/** A divisor's summand: smaller, and it would be a 0 of f32 that a gradient of 0 is divided by. */
export const guard: Bound = { words: 'a number of at least 1.2e-38', allows: (value) => value >= 2 ** -126 };
