/** Every law of simplification, by what it is about. */
import { ops, type OpName } from '../../../ops/index.ts';
import { arithmetic } from './arithmetic.ts';
import { constantRules, foldConstants } from './constants.ts';
import { exponential } from './exponential.ts';
import { hoist } from './hoist.ts';
import { logic } from './logic.ts';
import { reductions } from './reductions.ts';
import type { KindRules, MapRules, Rule } from './rule.ts';
import { views } from './views.ts';

const names = Object.keys(ops) as OpName[];

/** The laws of each op, in the order they are tried: known numbers, then its algebra, then what holds of every op. */
export const mapRules: MapRules = Object.fromEntries(
  names.map((op): [OpName, readonly Rule[]] => [
    op,
    [
      foldConstants,
      ...constantRules(op),
      ...(arithmetic[op] ?? []),
      ...(exponential[op] ?? []),
      ...(logic[op] ?? []),
      ...(op === 'stop' ? [] : [hoist]),
    ],
  ]),
);

/** The laws of each kind of node but maps. */
export const kindRules: KindRules = { ...views, ...reductions };
