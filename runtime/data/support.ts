/** Which numbers a field's support allows, and what to say of one that it does not. */
import type { DataContract } from '../../compiler/4-tensor/program.ts';

export type Field = DataContract['fields'][number];

export interface Support {
  readonly allows: (value: number) => boolean;
  /** `within 0 and 1`. */
  readonly words: string;
  /** What to do about a number that is not. */
  readonly advice: string;
}

/** The check for a field, as its values are before a threshold cuts them or they are standardized. */
export function supportOf({ name, support }: Field): Support {
  switch (support.kind) {
    case 'real':
      return { allows: () => true, words: 'a number', advice: '' };
    case 'unit':
      return {
        allows: (value) => value >= 0 && value <= 1,
        words: 'within 0 and 1',
        advice: 'divide the numbers by their largest, or declare the field real',
      };
    case 'simplex':
      return { allows: (value) => value >= 0 && value <= 1, words: 'within 0 and 1', advice: 'normalise the rows' };
    case 'nonnegative':
      return {
        allows: (value) => value >= 0,
        words: '0 or more',
        advice: 'drop those rows, or declare the field real',
      };
    case 'positive':
      return { allows: (value) => value > 0, words: 'above 0', advice: 'drop those rows, or declare the field real' };
    case 'binary':
      return {
        allows: (value) => value === 0 || value === 1,
        words: '0 or 1',
        advice: `declare the field unit, and write "binarize ${name} at 0.5"`,
      };
    case 'count':
      return {
        allows: (value) => Number.isInteger(value) && value >= 0,
        words: 'a whole number, 0 or more',
        advice: 'round the numbers, or declare the field real',
      };
    case 'category':
      return {
        allows: (value) => Number.isInteger(value) && value >= 0 && value < support.size,
        words: `a whole number from 0 to ${support.size - 1}`,
        advice: 'declare as many categories as there are, counted from 0',
      };
    case 'step':
      return {
        allows: (value) => Number.isInteger(value) && value >= 1 && value <= support.size,
        words: `a whole number from 1 to ${support.size}`,
        advice: 'steps count from 1: declare as many as there are',
      };
  }
}
