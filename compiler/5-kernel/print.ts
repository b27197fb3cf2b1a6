/**
 * Kernel IR as text: a dump of a whole program, and the mathematics of each store for a kernel's header, such as
 * `encoder_dense_1[row, column] = relu(Σ_k x[row, k] · weight[k, column] + bias[column])   [128, 400]`.
 */
import { ops } from '../ops/index.ts';
import { element, printIndex } from './print-index.ts';
import type { Accumulator, Axis, Index, Kernel, KernelProgram, Store, Value } from './ir.ts';
import { partsOf, valuesInIndex, valuesOf } from './walk.ts';

/** The kernels of a program in order, each with its loops, loads and stores. */
export function printKernelProgram(program: KernelProgram): string {
  const results = program.results.map(
    ({ name, tensor, offset, shape, dtype }) =>
      `result ${name}: ${tensor.name} + ${offset} ${dtype} [${shape.join(', ')}]`,
  );
  return [`program ${program.name}`, ...results, '', ...program.kernels.map(printKernel)].join('\n');
}

export function printKernel(kernel: Kernel): string {
  const lines = [`kernel ${kernel.name} over ${kernel.axes.map(printAxis).join(', ') || 'one point'}`];
  const names = new Map<Value, string>();
  for (const { over, accumulators, stores } of kernel.phases) {
    lines.push(over.length === 0 ? '  then' : `  for ${over.map(printAxis).join(', ')}`);
    const roots = [...accumulators.flatMap(valuesOf), ...stores.map((store) => store.value)];
    const printer = new Printer({ names });
    for (const value of sharedValues(roots)) {
      if (names.has(value)) continue;
      const text = printer.value(value, 0);
      names.set(value, `v${names.size + 1}`);
      lines.push(`    let ${names.get(value)!} = ${text}`);
    }
    for (const accumulator of accumulators) lines.push(`    ${accumulator.name} ${printer.definition(accumulator)}`);
    for (const store of stores) lines.push(`    ${left(store, printer)} = ${printer.value(store.value, 0)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Values of a formula after which a header says no more than its beginning does. */
const longest = 48;

/** A line for each store, what it computes and its shape; sums that several lines read have lines of their own. */
export function documentationOf(kernel: Kernel): string[] {
  const stores = kernel.phases.flatMap((phase) => phase.stores);
  const readers = new Map<Accumulator, number>();
  for (const { value } of stores)
    for (const accumulator of accumulatorsIn(value)) readers.set(accumulator, (readers.get(accumulator) ?? 0) + 1);
  const named = new Set([...readers].filter(([, count]) => count > 1).map(([accumulator]) => accumulator));
  const sums = kernel.phases
    .flatMap((phase) => phase.accumulators)
    .filter((accumulator) => named.has(accumulator))
    .map((accumulator) => `${accumulator.name} = ${new Printer({ named, budget: longest }).sum(accumulator, 0)}`);
  const lines = stores.map((store) => {
    const printer = new Printer({ named, budget: longest });
    return `${left(store, printer)} = ${printer.value(store.value, 0)}   [${store.tensor.shape.join(', ')}]`;
  });
  return [...sums, ...lines].flatMap(wrapped);
}

/** Columns of a header's line; what does not fit goes on below, indented. */
const width = 114;

function wrapped(line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const cut = space > 4 ? space : rest.indexOf(' ', width);
    if (cut < 0) break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `    ${rest.slice(cut).trimStart()}`;
  }
  return [...lines, rest];
}

function printAxis({ name, extent }: Axis): string {
  return `${name} < ${extent}`;
}

function left({ tensor, index, partial }: Store, printer: Printer): string {
  const at = element(tensor, index, (value) => printer.value(value, 0));
  if (partial === undefined) return at;
  return `${at} ${partial.op === 'sum' ? 'Σ' : partial.op} of ${partial.segment} ${partial.axis.name}s`;
}

const precedences: Readonly<Record<string, number>> = { '+': 1, '-': 1, '·': 2, '*': 2, '/': 2 };

interface PrinterOptions {
  /** Values printed by name. */
  readonly names?: ReadonlyMap<Value, string>;
  /** Accumulators printed by name; all of them where absent. */
  readonly named?: ReadonlySet<Accumulator>;
  /** Values printed before the rest is `…`. */
  readonly budget?: number;
}

class Printer {
  readonly #names: ReadonlyMap<Value, string>;
  readonly #named: ReadonlySet<Accumulator> | undefined;
  #budget: number;

  constructor({ names, named, budget }: PrinterOptions) {
    this.#names = names ?? new Map();
    this.#named = named;
    this.#budget = budget ?? Infinity;
  }

  /** In parentheses where it binds less tightly than `outer`. */
  value(value: Value, outer: number): string {
    const name = this.#names.get(value);
    if (name !== undefined) return name;
    if (this.#budget-- <= 0) return '…';
    const wrap = (text: string, precedence: number): string => (precedence < outer ? `(${text})` : text);
    const recur = (part: Value, precedence = 0): string => this.value(part, precedence);
    switch (value.kind) {
      case 'constant':
        return printNumber(value.value);
      case 'uniform':
        return value.name;
      case 'index':
        return wrap(printIndex(value.index, recur), value.index.kind === 'sum' ? 1 : 3);
      case 'load':
        return element(value.tensor, value.index, recur);
      case 'apply': {
        const { infix } = ops[value.op];
        const [a, b] = value.args;
        if (infix === undefined || a === undefined || b === undefined)
          return `${value.op}(${value.args.map((arg) => recur(arg)).join(', ')})`;
        const precedence = precedences[infix] ?? 0.5;
        return wrap(`${recur(a, precedence)} ${infix} ${recur(b, precedence + 0.1)}`, precedence);
      }
      case 'guard': {
        const ranges = value.within.map(({ index, low, high }) => `${low} ≤ ${printIndex(index, recur)} < ${high}`);
        return wrap(`${recur(value.then, 0.6)} if ${ranges.join(', ')} else ${recur(value.otherwise, 0.4)}`, 0.5);
      }
      case 'accumulator': {
        const { accumulator } = value;
        if (this.#named === undefined || this.#named.has(accumulator)) return accumulator.name;
        return this.sum(accumulator, outer);
      }
    }
  }

  /** Σ_k a · b. */
  sum(accumulator: Accumulator, outer: number): string {
    const axes = [...innerAxes(accumulator)].join(' ');
    const under = axes === '' ? '' : `_${axes}`;
    const text =
      accumulator.kind === 'product'
        ? `Σ${under} ${this.value(accumulator.a, 2)} · ${this.value(accumulator.b, 2)}`
        : `${accumulator.op === 'sum' ? 'Σ' : accumulator.op}${under} ${this.value(accumulator.value, 2)}`;
    return outer > 1.5 ? `(${text})` : text;
  }

  definition(accumulator: Accumulator): string {
    if (accumulator.kind === 'product') return `+= ${this.value(accumulator.a, 2)} · ${this.value(accumulator.b, 2)}`;
    return `${accumulator.op === 'sum' ? '+=' : `${accumulator.op}=`} ${this.value(accumulator.value, 0)}`;
  }
}

/** Computed values that more than one place reads, arguments first. */
function sharedValues(roots: readonly Value[]): Value[] {
  const uses = new Map<Value, number>();
  const order: Value[] = [];
  const visit = (value: Value): void => {
    const known = uses.get(value) ?? 0;
    uses.set(value, known + 1);
    if (known > 0) return;
    if (value.kind === 'load' || value.kind === 'index') valuesInIndex(value.index).forEach(visit);
    partsOf(value).forEach(visit);
    if (value.kind === 'apply' || value.kind === 'guard') order.push(value);
  };
  roots.forEach(visit);
  return order.filter((value) => uses.get(value)! > 1);
}

function accumulatorsIn(value: Value): Set<Accumulator> {
  const found = new Set<Accumulator>();
  const seen = new Set<Value>();
  const visit = (one: Value): void => {
    if (seen.has(one)) return;
    seen.add(one);
    if (one.kind === 'accumulator') found.add(one.accumulator);
    partsOf(one).forEach(visit);
  };
  visit(value);
  return found;
}

/** Names of the loops that an accumulator runs over: k and i, by which fusion calls them. */
function innerAxes(accumulator: Accumulator): Set<string> {
  const names = new Set<string>();
  const seen = new Set<Value>();
  const inIndex = (index: Index): void => {
    if (index.kind === 'axis') names.add(index.axis.name);
    else if (index.kind === 'sum') index.terms.forEach(inIndex);
    else if (index.kind === 'value') inValue(index.value);
    else if (index.kind !== 'constant') inIndex(index.index);
  };
  const inValue = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    if (value.kind === 'load' || value.kind === 'index') inIndex(value.index);
    partsOf(value).forEach(inValue);
  };
  valuesOf(accumulator).forEach(inValue);
  return new Set([...names].filter((name) => /^[ki](_|$)/.test(name)));
}

function printNumber(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return `${value}`;
  return `${Number(value.toPrecision(7))}`;
}
