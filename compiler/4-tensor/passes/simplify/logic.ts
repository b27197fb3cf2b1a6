/** Laws of choices and comparisons. */
import { argumentOf, isMap, splatOf } from './match.ts';
import { binary, mapRule, unary, type MapRules } from './rule.ts';

const same = binary('x ∘ x = x', (_, x, y) => (x === y ? x : undefined));

export const logic: MapRules = {
  max: [same],
  min: [same],
  and: [same],
  or: [same],
  not: [unary('!!x = x', (_, x) => argumentOf(x, 'not'))],
  select: [
    mapRule('a choice that is known', (_, [condition, then, otherwise]) => {
      const known = splatOf(condition!);
      return known === undefined ? undefined : known === 0 ? otherwise : then;
    }),
    mapRule('a choice between equals', (_, [, then, otherwise]) => (then === otherwise ? then : undefined)),
    mapRule('a choice by !c is the other by c', (b, [condition, then, otherwise]) => {
      const inner = argumentOf(condition!, 'not');
      return inner === undefined ? undefined : b.select(inner, otherwise!, then!);
    }),
    mapRule('a choice within a choice by the same condition', (b, [condition, then, otherwise]) => {
      const first = isMap(then!, 'select') && then.args[0] === condition ? then.args[1]! : then!;
      const second = isMap(otherwise!, 'select') && otherwise.args[0] === condition ? otherwise.args[2]! : otherwise!;
      return first === then && second === otherwise ? undefined : b.select(condition!, first, second);
    }),
  ],
};
