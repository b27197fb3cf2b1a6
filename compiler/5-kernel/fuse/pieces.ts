/**
 * The pieces of fusion by name. Each can be left out: a kernel that is wrong or slow is found by leaving out one after
 * the other. The numbers stay the same within rounding, whatever is left out.
 */
export const pieces = {
  epilogues:
    'what follows a sum at the same point is computed where the sum is: bias, activation, likelihood, draw, KL',
  prologues:
    'what is cheap is computed where it is read and never stored: gathered rows, noise, masks, a row of weights',
  recomputation: 'of what other kernels read, that is stored from which they can compute the rest again',
  'shared-products':
    'contractions that read one operand, or are added up, are one kernel: the mean and the log-variance',
  'riding-sums':
    'a sum over what a contraction reads is computed beside it: a bias gradient beside its weight gradient',
  'partial-sums': 'a sum over the columns of a contraction begins where they are computed: a row of pixels',
  'shared-rows': 'sums over the same rows, and what follows from them, are one kernel: a softmax, the metrics',
  'linear-sums': 'a sum of sums is one sum: the mean objective, without the sum of each row',
  'packed-sums': 'a sum over a packed vector begins where its parts are computed: the norm of the gradient',
  'sparse-windows': 'terms of a sum that are zero for certain are left out: transposed convolutions',
  'in-place': 'new values of parameters and optimizer state are stored over the old, where no kernel reads these later',
} as const;

export type Piece = keyof typeof pieces;

export const pieceNames = Object.keys(pieces) as readonly Piece[];

export function isPiece(name: string): name is Piece {
  return Object.hasOwn(pieces, name);
}
