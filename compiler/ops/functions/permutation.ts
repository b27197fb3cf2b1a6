/**
 * A keyed permutation of 0 … count - 1 for any count, with no table: swap-or-not (Hoang, Morris & Rogaway, 2012). In
 * each round x has the partner (K - x) mod count, and a bit that both share decides whether they change places; so each
 * round is its own inverse whatever the bits are. A round moves a row, with probability ½, to a uniform place, and
 * parts two rows from each other, with probability ½: after 32 rounds a row's place is within 2^-32 of uniform, a pair's
 * within 2^-31, and a batch of 128 rows is within 2^-18 of a draw without replacement. The round's K and bits come from
 * a 32-bit mixer, which is far from cryptography and enough for this.
 */
import * as s from '../scalar-build.ts';

const rounds = 32;
/** 2^32 / golden ratio, odd: the rounds' keys are far apart. */
const golden = 0x9e3779b9;

/** The finalizer of MurmurHash3 (Appleby, 2011): every bit of the word reaches every bit of the result. */
function mixOf(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function shuffledRowOf(index: number, count: number, key: number): number {
  let x = index;
  for (let round = 1; round <= rounds; round++) {
    const roundKey = mixOf((key + Math.imul(round, golden)) >>> 0);
    const turn = roundKey % count;
    const partner = turn >= x ? turn - x : turn + count - x;
    const shared = mixOf((Math.max(x, partner) + mixOf(roundKey)) >>> 0);
    if (shared >>> 31 === 1) x = partner;
  }
  return x;
}

const mixFunction = s.define('mix_bits', "MurmurHash3's finalizer", [['word', 'u32']], (keep, word) => {
  const stir = (h: s.Scalar, by: number): s.Scalar => s.bitXor(h, s.shiftRight(h, s.u32(by)));
  const first = keep('first', s.mul(stir(word!, 16), s.u32(0x85ebca6b)));
  const second = keep('second', s.mul(stir(first, 13), s.u32(0xc2b2ae35)));
  return stir(second, 16);
});

const swapOrNotFunction = s.define(
  'swap_or_not',
  'x, or its partner (K - x) mod count, by a bit that both share',
  [['x', 'u32'], ['count', 'u32'], ['round', 'u32']], // prettier-ignore
  (keep, x, count, round) => {
    const key = keep('round_key', s.call(mixFunction, round!));
    const turn = keep('turn', s.rem(key, count!));
    const partner = keep('partner', s.select(s.ge(turn, x!), s.sub(turn, x!), s.sub(s.add(turn, count!), x!)));
    const shared = keep('shared', s.call(mixFunction, s.add(s.max(x!, partner), s.call(mixFunction, key))));
    return s.select(s.ge(shared, s.u32(2 ** 31)), partner, x!);
  },
);

export const shuffledRowFunction = s.define(
  'shuffled_row',
  'where a keyed permutation of 0 .. count - 1 takes the index: 32 rounds of swap-or-not',
  [['index', 'u32'], ['count', 'u32'], ['key', 'u32']], // prettier-ignore
  (keep, index, count, key) => {
    let x = index!;
    for (let round = 1; round <= rounds; round++) {
      const roundKey = s.add(key!, s.u32(Math.imul(round, golden) >>> 0));
      x = keep(`x_${round}`, s.call(swapOrNotFunction, x, count!, roundKey));
    }
    return x;
  },
);
