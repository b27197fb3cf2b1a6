/**
 * The pieces of fusion by name. Each can be left out: a kernel that is wrong or slow is found by leaving out one after
 * the other. The numbers stay the same within rounding, whatever is left out. docs/architecture.md says what each does.
 */
export const pieceNames = [
  'epilogues',
  'prologues',
  'recomputation',
  'shared-products',
  'riding-sums',
  'partial-sums',
  'shared-rows',
  'linear-sums',
  'packed-sums',
  'sparse-windows',
  'in-place',
] as const;

export type Piece = (typeof pieceNames)[number];

export function isPiece(name: string): name is Piece {
  return (pieceNames as readonly string[]).includes(name);
}
