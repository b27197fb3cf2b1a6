/** Writes down as loops how a kernel runs on a target: as chosen, or as its structure has it. */
import { sizeOf } from '../../4-tensor/ir.ts';
import type { Kernel, Tensor } from '../ir.ts';
import type { Caches } from './caches.ts';
import { withoutParts, type Choice, type LoopsChoice } from './choice.ts';
import { contractionOf, type Contraction } from './contraction.ts';
import { costOf } from './cost.ts';
import { defaultsFor } from './default.ts';
import { divide } from './divide.ts';
import type { Draft } from './draft.ts';
import { Emitter } from './emitter.ts';
import { schedulePanels } from './panels.ts';
import type { Width } from './loops.ts';
import { schedulePoints } from './points.ts';
import type { Profile } from './profile.ts';
import type { ScheduledKernel } from './scheduled.ts';
import { scheduleTeam } from './team.ts';
import { bindingsOf, Usage, type AccessOf } from './tensors.ts';
import { scheduleTile } from './tile.ts';
import { tidy } from './tidy.ts';
import { Values } from './values.ts';

export interface ScheduleOptions<C = Choice> {
  /** How it runs, in place of the default; one of its space (space.ts). */
  readonly choice?: C;
  /** Overrides what a tensor is bound as: its buffer may be written elsewhere in the dispatch. */
  readonly accessOf?: AccessOf;
}

/**
 * What runs for the kernel, one after the other: itself, or the two that a choice divides it into. Deterministic, so that
 * the same spec gives the same text.
 */
export function scheduleStages(
  kernel: Kernel,
  profile: Profile,
  { choice, accessOf }: ScheduleOptions = {},
): readonly ScheduledKernel[] {
  const access = accessOf && { accessOf };
  const loops = choice && { choice: withoutParts(choice) };
  if (choice?.parts === undefined) return [scheduleKernel(kernel, profile, { ...loops, ...access })];
  const { first, second } = divide(kernel, choice.parts);
  return [
    // It writes nothing but sums, which have a buffer of their own.
    scheduleKernel(first, profile, loops),
    scheduleKernel(second, profile, access),
  ];
}

/** A kernel whose loops are whole. */
export function scheduleKernel(
  kernel: Kernel,
  profile: Profile,
  options: ScheduleOptions<LoopsChoice & { readonly parts?: never }> = {},
): ScheduledKernel {
  const choices = options.choice === undefined ? defaultsFor(kernel, profile) : [options.choice];
  const { choice, draft, emitter, values, bindings } = lay(kernel, choices, profile, options.accessOf);
  const { constants, shared, statements } = emitter;
  return {
    name: kernel.name,
    documentation: kernel.documentation,
    profile,
    choice,
    bindings: [...bindings.values()],
    scalars: [...values.scalars].map(([name, scalar]) => ({ name, scalar })),
    workgroupSize: draft.workgroupSize,
    workgroups: draft.workgroups,
    features: draft.features ?? [],
    ...(draft.subgroupSize === undefined ? {} : { subgroupSize: draft.subgroupSize }),
    ...costOf(kernel),
    body: { constants, shared, statements: tidy(statements) },
  };
}

/** Writes the kernel's statements through `values` as the choice has it, and says what workgroups it wants. */
function draftOf(kernel: Kernel, choice: LoopsChoice, values: Values, profile: Profile): Draft {
  switch (choice.kind) {
    case 'points':
      return schedulePoints(kernel, values, choice);
    case 'team':
      return scheduleTeam(kernel, values, choice);
    case 'tile':
      return scheduleTile(contractionIn(kernel), values, choice);
    case 'panels':
      return schedulePanels(contractionIn(kernel), values, choice, cachesOf(profile));
  }
}

function contractionIn(kernel: Kernel): Contraction {
  const contraction = contractionOf(kernel);
  if (contraction === undefined) throw new Error(`${kernel.name} is no contraction, and has no tiles`);
  return contraction;
}

function cachesOf({ name, caches }: Profile): Caches {
  if (caches === undefined) throw new Error(`the profile ${name} has no panels`);
  return caches;
}

/** Runs choices until one suits, then once more if the tensors turn out to be used otherwise than guessed. */
function lay(kernel: Kernel, choices: readonly LoopsChoice[], profile: Profile, accessOf: AccessOf | undefined) {
  const { target } = profile;
  const attempt = (choice: LoopsChoice, widthOf: (tensor: Tensor) => Width) => {
    const usage = new Usage();
    const emitter = new Emitter();
    const bindings = bindingsOf(kernel, widthOf, accessOf);
    for (const { name } of bindings.values()) emitter.name(name);
    const values = new Values(kernel, emitter, bindings, usage, target);
    return { choice, draft: draftOf(kernel, choice, values, profile), emitter, values, bindings, usage };
  };
  const guess = (tensor: Tensor): Width => (target === 'cpu' || sizeOf(tensor.shape) % 4 === 0 ? 4 : 1);
  for (const [i, choice] of choices.entries()) {
    const first = attempt(choice, guess);
    if (first.usage.gathers > 0 && i < choices.length - 1) continue;
    const right =
      target === 'cpu' || [...first.bindings].every(([tensor, { width }]) => width === first.usage.widthOf(tensor));
    return right ? first : attempt(choice, (tensor) => first.usage.widthOf(tensor));
  }
  throw new Error('a kernel without a choice');
}
