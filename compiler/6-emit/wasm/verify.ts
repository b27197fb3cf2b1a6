/** Whether a module is one: types agree, what is read has been declared, labels and callees are in sight. */
import { loadOf, signatureOf, storeOf, type ValueType } from './instructions.ts';
import {
  localsOf,
  partsOf,
  valuesOf,
  type Code,
  type Instruction,
  type Local,
  type WasmFunction,
  type WasmModule,
} from './ir.ts';

/** Throws with the function's name where the module is wrong: the fault is the emitter's. */
export function verifyModule({ functions }: WasmModule): void {
  const before = new Set<WasmFunction>();
  const names = new Set<string>();
  for (const fn of functions) {
    demand(!names.has(fn.name), fn, 'has the name of another function');
    names.add(fn.name);
    verifyFunction(fn, before);
    before.add(fn);
  }
}

function verifyFunction(fn: WasmFunction, callees: ReadonlySet<WasmFunction>): void {
  const locals = new Set<Local>([...fn.parameters, ...localsOf(fn)]);
  demand(new Set([...locals].map(({ name }) => name)).size === locals.size, fn, 'has two locals of one name');

  const value = (code: Code, wanted: ValueType): void => {
    demand(code.type === wanted, fn, `has ${code.type} of ${code.kind} where ${wanted} is needed`);
    const parts = partsOf(code);
    switch (code.kind) {
      case 'number':
        return;
      case 'vector':
        return demand(code.values.length === 4, fn, 'has a vector of other than four lanes');
      case 'get':
        return demand(locals.has(code.local), fn, `reads ${code.local.name}, which is never set`);
      case 'apply': {
        const { takes, gives } = signatureOf(code.operation);
        demand(gives === code.type, fn, `says that ${code.operation} gives ${code.type}`);
        demand(takes.length === parts.length, fn, `gives ${code.operation} ${parts.length} arguments`);
        const needsLane = /_lane$/.test(code.operation);
        demand(needsLane === (code.lane !== undefined), fn, `has a lane of ${code.operation} amiss`);
        demand(code.lane === undefined || (code.lane >= 0 && code.lane < 4), fn, 'takes a lane that is not there');
        return parts.forEach((part, i) => value(part, takes[i]!));
      }
      case 'shuffle':
        demand(code.lanes.length === 4 && code.lanes.every((lane) => lane >= 0 && lane < 8), fn, 'shuffles amiss');
        return parts.forEach((part) => value(part, 'v128'));
      case 'load':
        demand(loadOf(code.load).type === code.type, fn, `says that ${code.load} gives ${code.type}`);
        demand(isOffset(code.offset), fn, 'has an offset that is not one');
        return value(code.address, 'i32');
      case 'call':
        demand(callees.has(code.callee), fn, `calls ${code.callee.name}, which does not stand before it`);
        demand(code.callee.result?.type === code.type, fn, `mistakes what ${code.callee.name} gives`);
        demand(code.callee.parameters.length === parts.length, fn, `gives ${code.callee.name} too many or too few`);
        return parts.forEach((part, i) => value(part, code.callee.parameters[i]!.type));
    }
  };

  const block = (instructions: readonly Instruction[], labels: readonly string[]): void => {
    for (const instruction of instructions) {
      const wanted = wantedBy(instruction);
      valuesOf(instruction).forEach((one, i) => value(one, wanted[i]!));
      if (instruction.kind === 'store') demand(isOffset(instruction.offset), fn, 'has an offset that is not one');
      if (instruction.kind === 'break') {
        demand(labels.includes(instruction.label), fn, `breaks to ${instruction.label}, which does not surround it`);
      }
      if (instruction.kind === 'block' || instruction.kind === 'loop') {
        demand(!labels.includes(instruction.label), fn, `has the label ${instruction.label} within itself`);
        block(instruction.body, [...labels, instruction.label]);
      }
      if (instruction.kind === 'if') {
        block(instruction.then, labels);
        block(instruction.otherwise, labels);
      }
    }
  };
  block(fn.body, []);
  if (fn.result !== undefined) value(fn.result, fn.result.type);
}

function wantedBy(instruction: Instruction): readonly ValueType[] {
  if (instruction.kind === 'set') return [instruction.local.type];
  return instruction.kind === 'store' ? ['i32', storeOf(instruction.store).type] : ['i32'];
}

function isOffset(offset: number): boolean {
  return Number.isInteger(offset) && offset >= 0 && offset < 2 ** 32;
}

function demand(holds: boolean, { name }: WasmFunction, fault: string): asserts holds {
  if (!holds) throw new Error(`the function ${name} ${fault}`);
}
