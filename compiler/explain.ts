/** `vaec explain`: the derivation in words (each term, closed form or Monte Carlo and why), then what runs. */
import type { Elaborated } from './3-model/programs/index.ts';
import type { Decision } from './2-check/derivation.ts';
import type { HostExpr, Program, SamplePart } from './4-tensor/program.ts';
import { sizeOf } from './4-tensor/ir.ts';
import type { KernelProgram } from './5-kernel/ir.ts';
import { activationBytes } from './5-kernel/memory.ts';
import {
  bytesARow,
  bytesByPart,
  inBytes,
  largestTensors,
  needsOfPlan,
  tensorText,
  totalOf,
  trainingPrograms,
} from './5-kernel/needs.ts';
import type { Recomputation } from './5-kernel/fit.ts';
import type { Plan, PlanProgram } from './5-kernel/plan.ts';
import { choiceText } from './5-kernel/schedule/choice.ts';

export interface Explanation {
  readonly lines: readonly string[];
  /** The schedules that programs read, each with its tables by name. */
  readonly schedules: Elaborated['schedules'];
}

/**
 * `kernels`: the fused kernels of each program, in order; `folders`: where each run lies, by its name; `recomputations`:
 * what a program computes twice, by its name.
 */
export function explain(
  elaborated: Elaborated,
  kernels: readonly KernelProgram[],
  plan: Plan,
  folders: ReadonlyMap<string, string>,
  recomputations: ReadonlyMap<string, Recomputation>,
): Explanation {
  const lines: string[] = [];
  for (const [i, program] of elaborated.programs.programs.entries()) {
    const decisions = elaborated.decisions.get(program.name) ?? [];
    lines.push(...heading(program), ...decisions.flatMap(describe), ...metricLines(program));
    const planned = plan.programs.find((candidate) => candidate.name === program.name);
    if (planned !== undefined) lines.push(...kernelLines(planned, plan), activationLine(kernels[i]!));
    const recomputation = recomputations.get(program.name);
    if (recomputation !== undefined) lines.push(...recomputationLines(recomputation).map((line) => `  ${line}`));
    lines.push('');
  }
  lines.push(...parameterLines(plan), ...frozenLines(plan, folders), ...memoryLines(plan), ...hyperLines(plan));
  return { lines, schedules: elaborated.schedules };
}

function heading(program: Program): string[] {
  switch (program.kind) {
    case 'train':
      return [
        `${program.name}: ${program.sense} ${program.terms[0]!.text}, the mean over ${program.batch} rows of ${program.set}`,
      ];
    case 'evaluate':
      return [`${program.name}: over ${program.set}, ${program.batch} rows at a time`];
    case 'sample':
      return [`${program.name}: ${program.n} of [${program.shape.join(', ')}]`, ...program.parts.map(partLine)];
    case 'derive': {
      const fields = program.function.outputs.map(({ name }) => name).join(', ');
      return [`${program.name}: ${fields} of ${program.set}, once before training, ${program.batch} rows at a time`];
    }
    case 'part':
      return [`${program.name}: a part of a sample program`];
  }
}

function partLine({ program, iterations }: SamplePart): string {
  return `  after ${program}${iterations === 1 ? '' : `, ${iterations} times`}`;
}

function describe(decision: Decision): string[] {
  switch (decision.kind) {
    case 'expansion': {
      const where = decision.where.map(({ name, text }) => `${name} = ${text}`).join(', ');
      return [`  ${decision.text} = ${decision.body}${where === '' ? '' : `, where ${where}`}`];
    }
    case 'draw': {
      const count = decision.count === 1 ? 'one draw a row' : `${decision.count} draws a row`;
      const gradient = decision.estimator === 'pathwise' ? 'pathwise gradient' : 'no gradient through the draw';
      const arrangement = decision.arrangement === undefined ? '' : `${decision.arrangement}, `;
      return [`  ${decision.text}: ${count}, ${arrangement}shared by every E and KL over it; ${gradient}`];
    }
    case 'density':
      return [`  ${decision.text}: the factors of ${decision.variables.join(', ')}, at the draw`];
    case 'divergence':
      return [`  ${decision.text}, factor ${decision.variable}: ${decision.method}, because ${decision.reason}`];
  }
}

function metricLines(program: Program): string[] {
  if (program.kind === 'train') return [`  reported: ${program.terms.map((term) => term.text).join(', ')}`];
  if (program.kind === 'evaluate') return [`  reported: ${program.reports.map((report) => report.text).join(', ')}`];
  return [];
}

function kernelLines(program: PlanProgram, plan: Plan): string[] {
  const kernels = new Map(plan.kernels.map((kernel) => [kernel.name, kernel]));
  const without = plan.without === undefined ? '' : `, without ${plan.without.join(', ')}`;
  const lines = [`  ${program.dispatches.length} dispatches of the profile '${plan.profile}'${without}:`];
  const width = Math.max(...program.dispatches.map((dispatch) => dispatch.kernel.length));
  const choices = new Map((plan.tuned ?? []).map(({ name, choice }) => [name, choice]));
  let flops = 0;
  let bytes = 0;
  for (const { kernel: name } of program.dispatches) {
    const kernel = kernels.get(name);
    if (kernel === undefined) continue;
    flops += kernel.flops;
    bytes += kernel.bytes;
    const choice = choices.get(name);
    const tuned = choice === undefined ? '' : `  tuned, ${choiceText(choice)}`;
    lines.push(`    ${name.padEnd(width)}  ${quantity(kernel.flops, 'flop')}  ${quantity(kernel.bytes, 'B')}${tuned}`);
  }
  return [...lines, `    ${'in all'.padEnd(width)}  ${quantity(flops, 'flop')}  ${quantity(bytes, 'B')}`];
}

/** What the activations take, and how much of that no placement could spare. */
function activationLine(program: KernelProgram): string {
  const { placed, live } = activationBytes(program);
  const most = live === placed ? 'all of which lives at once' : `of which ${quantity(live, 'B').trim()} live at once`;
  return placed === 0 ? '    no activations' : `    ${quantity(placed, 'B').trim()} of activations, ${most}`;
}

/** What a step computes anew, and that it takes more than it was to where that is so. */
export function recomputationLines({ contractions, flops, bytes, keptBytes, memory }: Recomputation): string[] {
  const anew =
    `computed anew in the backward pass: ${contractions} contractions, ${quantity(flops, 'flop').trim()} more a step; ` +
    `its buffers take ${inBytes(bytes)} in place of ${inBytes(keptBytes)}`;
  const over = `a step's buffers take ${inBytes(bytes)} at the least, more than the ${inBytes(memory)} they were to take: make "batch" or the layers smaller`;
  return [...(contractions > 0 ? [anew] : []), ...(bytes > memory ? [over] : [])];
}

/** `12.3 Mflop`, ten wide. */
function quantity(value: number, unit: string): string {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  let scaled = value;
  let at = 0;
  while (scaled >= 999.5 && at < prefixes.length - 1) [scaled, at] = [scaled / 1000, at + 1];
  const digits = at === 0 ? scaled.toFixed(0) : scaled.toPrecision(3);
  return `${digits.padStart(5)} ${prefixes[at]!}${unit}`.padEnd(11);
}

/** `8450 frozen parameters, of the run "runs/mixture"`, then each tensor by its path there. */
function frozenLines({ frozen }: Plan, folders: ReadonlyMap<string, string>): string[] {
  return (frozen?.runs ?? []).flatMap(({ name }) => {
    const tensors = frozen!.tensors.filter(({ run }) => run === name);
    const total = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const width = Math.max(0, ...tensors.map(({ path }) => path.length));
    const lines = tensors.map(({ path, shape }) => `  ${path.padEnd(width)}  [${shape.join(', ')}]`);
    return [`${total} frozen parameters, of the run "${folders.get(name) ?? name}"`, ...lines];
  });
}

function parameterLines(plan: Plan): string[] {
  const { parameters } = plan.layout;
  const total = parameters.reduce((sum, parameter) => sum + sizeOf(parameter.shape), 0);
  const width = Math.max(0, ...parameters.map((parameter) => parameter.path.length));
  return [
    `${total} parameters`,
    ...parameters.map(({ path, shape, initialiser }) => {
      return `  ${path.padEnd(width)}  [${shape.join(', ')}], ${initialiser.kind}`;
    }),
  ];
}

/** What training takes on the device as far as the plan tells: how many rows there are is known once they are loaded. */
function memoryLines(plan: Plan): string[] {
  const programs = trainingPrograms(plan);
  const needs = needsOfPlan(plan, programs);
  const parts = bytesByPart(needs);
  const width = Math.max(...[...parts.keys(), 'in all'].map((part) => part.length));
  const line = (part: string, text: string): string => `  ${part.padEnd(width)}  ${text}`;
  const rows = bytesARow(plan, programs).map(({ set, bytes }) => `${inBytes(bytes)} a row of ${set}`);
  const largest = largestTensors(plan, programs, 3).map(tensorText);
  const data = rows.length === 0 ? '' : `, and ${rows.join(', ')}`;
  return [
    programs.some(({ kind }) => kind === 'train') ? 'memory of training on the device' : 'memory on the device',
    ...[...parts].map(([part, bytes]) => line(part, inBytes(bytes))),
    line('in all', `${inBytes(totalOf(needs))}${data}, and what is in flight`),
    ...(largest.length === 0 ? [] : [`  the largest tensors are ${largest.join(', ')}`]),
  ];
}

function hyperLines(plan: Plan): string[] {
  if (plan.hypers.length === 0) return [];
  const lines = plan.hypers.map(({ name, value, static: fixed }) => {
    return `  ${name} = ${printHost(value)}${fixed ? ', fixed when compiling' : ', read at each step'}`;
  });
  return ['hypers', ...lines];
}

const infix: Readonly<Record<string, string>> = { add: '+', sub: '-', mul: '*', div: '/', pow: '^' };

function printHost(expression: HostExpr): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'hyper':
    case 'clock':
      return expression.name;
    case 'table':
      return `table of ${expression.values.length} at ${printHost(expression.index)}`;
    case 'apply': {
      const args = expression.args.map(printHost);
      const sign = infix[expression.op];
      return sign === undefined ? `${expression.op}(${args.join(', ')})` : `(${args.join(` ${sign} `)})`;
    }
    case 'warmup':
    case 'cosine': {
      const { unit, value } = expression.over;
      return `${expression.kind}(${printHost(expression.from)} -> ${printHost(expression.to)}, ${unit}: ${printHost(value)})`;
    }
    case 'piecewise': {
      const list = (items: readonly HostExpr[]): string => `[${items.map(printHost).join(', ')}]`;
      return `piecewise(${list(expression.values)}, ${expression.unit}: ${list(expression.boundaries)})`;
    }
  }
}
