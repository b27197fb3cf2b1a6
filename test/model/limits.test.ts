/** Which numbers of a training program the run has to hold: those that are not known when compiling. */
import { expect, test } from 'vitest';
import { evaluateHost } from '../../compiler/4-tensor/host.ts';
import { elaborateText } from '../support/elaborated.ts';

function limits(train: string, hypers = '') {
  const spec = elaborateText(`
    ${hypers}
    data d { x : real  source csv("x.csv") }
    param u : real = 0.5
    train { data d  minimize (x - u)^2  batch 2  epochs 1  ${train} }`);
  const [program] = spec.programs.programs;
  if (program?.kind !== 'train') throw new Error('the spec trains nothing');
  const clock = { step: 3, epoch: 0, steps: 9, rows: 2, iteration: 0 };
  const hyper = (name: string) => spec.programs.hypers.find((each) => each.name === name)!.value;
  return program.limits.map(({ what, value, least, most }) => [
    what,
    evaluateHost(value, { clock, hyper }),
    least,
    most,
  ]);
}

test('none of what is written out', () => {
  expect(limits('optimizer adamw(lr: 1e-3, betas: (0.5, 0.9))  clip 5  ema 0.999')).toEqual([]);
});

test('hypers and schedules, each and together', () => {
  const train = 'optimizer adamw(lr: warmup(0 -> rate, steps: 6), betas: (keep, 0.999))  clip 1 / rate  ema keep';
  expect(limits(train, 'hyper rate = 1e-3  hyper keep = 0.9')).toEqual([
    ["'lr' of adamw", 5e-4, 0, 1e5],
    ["'betas' of adamw", 0.9, 0, 0.9999999],
    ["the first of 'betas' of adamw", 0.9, 0, 0.9999],
    ["the second of 'betas' of adamw less the first squared", 0.999 - 0.9 * 0.9, 0, 0.9999999],
    ["'lr' times 'weight_decay' of adamw", 5e-4 * 0.01, 0, 1],
    ["the limit of 'clip'", 1000, 1e-20, 1e20],
    ["'ema'", 0.9, 0, 0.9999999],
  ]);
});
