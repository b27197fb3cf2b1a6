/**
 * WebAssembly as trees: functions of structured statements over folded expressions. Two printers read it, one for
 * bytes and one for people; neither decides anything.
 */
import { valueTypes, type Load, type Operation, type Store, type ValueType } from './instructions.ts';

export interface Local {
  /** Unique within its function. */
  readonly name: string;
  readonly type: ValueType;
}

/** A value: evaluated where it stands, its arguments first. */
export type Code = { readonly type: ValueType } & (
  | { readonly kind: 'number'; readonly type: 'i32' | 'f32'; readonly value: number }
  /** Four lanes, as numbers of `lanes`. */
  | { readonly kind: 'vector'; readonly lanes: 'i32x4' | 'f32x4'; readonly values: readonly number[] }
  | { readonly kind: 'get'; readonly local: Local }
  /** `lane`: of an instruction that takes or puts one. */
  | { readonly kind: 'apply'; readonly operation: Operation; readonly args: readonly Code[]; readonly lane?: number }
  /** Lane i is lane lanes[i] of the first vector, or lanes[i] - 4 of the second: words of 32 bits. */
  | { readonly kind: 'shuffle'; readonly lanes: readonly number[]; readonly args: readonly [Code, Code] }
  | { readonly kind: 'load'; readonly load: Load; readonly address: Code; readonly offset: number }
  | { readonly kind: 'call'; readonly callee: WasmFunction; readonly args: readonly Code[] }
);

export type CodeOf<Kind extends Code['kind']> = Extract<Code, { kind: Kind }>;

export type Instruction =
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'set'; readonly local: Local; readonly value: Code }
  | {
      readonly kind: 'store';
      readonly store: Store;
      readonly address: Code;
      readonly offset: number;
      readonly value: Code;
    }
  /** `bytes` zeros from the address on. */
  | { readonly kind: 'clear'; readonly address: Code; readonly bytes: number }
  /** A break to its label goes behind it. */
  | { readonly kind: 'block'; readonly label: string; readonly body: readonly Instruction[] }
  /** A break to its label starts it again. */
  | { readonly kind: 'loop'; readonly label: string; readonly body: readonly Instruction[] }
  | { readonly kind: 'break'; readonly label: string; readonly condition?: Code }
  | {
      readonly kind: 'if';
      readonly condition: Code;
      readonly then: readonly Instruction[];
      readonly otherwise: readonly Instruction[];
    };

export interface WasmFunction {
  readonly name: string;
  /** The mathematics, a line each. */
  readonly documentation: readonly string[];
  readonly parameters: readonly (Local & { readonly comment?: string })[];
  readonly body: readonly Instruction[];
  /** What it gives, if anything, after its body. */
  readonly result?: Code;
  readonly exported: boolean;
}

/** One imported memory, shared by all threads, and functions, callees before callers. */
export interface WasmModule {
  readonly functions: readonly WasmFunction[];
}

/** The blocks of an instruction. */
export function blocksOf(instruction: Instruction): readonly (readonly Instruction[])[] {
  if (instruction.kind === 'block' || instruction.kind === 'loop') return [instruction.body];
  return instruction.kind === 'if' ? [instruction.then, instruction.otherwise] : [];
}

/** The values that an instruction itself takes, in the order of their evaluation. */
export function valuesOf(instruction: Instruction): readonly Code[] {
  switch (instruction.kind) {
    case 'set':
      return [instruction.value];
    case 'store':
      return [instruction.address, instruction.value];
    case 'clear':
      return [instruction.address];
    case 'if':
      return [instruction.condition];
    case 'break':
      return instruction.condition === undefined ? [] : [instruction.condition];
    case 'comment':
    case 'block':
    case 'loop':
      return [];
  }
}

/** The parts of a value, in the order of their evaluation. */
export function partsOf(code: Code): readonly Code[] {
  switch (code.kind) {
    case 'number':
    case 'vector':
    case 'get':
      return [];
    case 'apply':
    case 'shuffle':
    case 'call':
      return code.args;
    case 'load':
      return [code.address];
  }
}

/** The value with its parts replaced. */
export function mapParts(code: Code, change: (part: Code) => Code): Code {
  switch (code.kind) {
    case 'number':
    case 'vector':
    case 'get':
      return code;
    case 'apply':
    case 'call': {
      const args = code.args.map(change);
      return args.every((arg, i) => arg === code.args[i]) ? code : { ...code, args };
    }
    case 'shuffle':
      return { ...code, args: [change(code.args[0]), change(code.args[1])] };
    case 'load': {
      const address = change(code.address);
      return address === code.address ? code : { ...code, address };
    }
  }
}

/** The instruction with its own values replaced; its blocks stay. */
export function mapValues(instruction: Instruction, change: (value: Code) => Code): Instruction {
  switch (instruction.kind) {
    case 'set': {
      const value = change(instruction.value);
      return value === instruction.value ? instruction : { ...instruction, value };
    }
    case 'store': {
      const [address, value] = [change(instruction.address), change(instruction.value)];
      return address === instruction.address && value === instruction.value
        ? instruction
        : { ...instruction, address, value };
    }
    case 'clear':
      return { ...instruction, address: change(instruction.address) };
    case 'if':
      return { ...instruction, condition: change(instruction.condition) };
    case 'break':
      return instruction.condition === undefined
        ? instruction
        : { ...instruction, condition: change(instruction.condition) };
    case 'comment':
    case 'block':
    case 'loop':
      return instruction;
  }
}

/** The instruction with its blocks replaced. */
export function mapBlocks(
  instruction: Instruction,
  change: (block: readonly Instruction[]) => readonly Instruction[],
): Instruction {
  if (instruction.kind === 'block' || instruction.kind === 'loop') {
    return { ...instruction, body: change(instruction.body) };
  }
  if (instruction.kind !== 'if') return instruction;
  return { ...instruction, then: change(instruction.then), otherwise: change(instruction.otherwise) };
}

/** Every function that these call, callees before callers. */
export function calleesOf(functions: readonly WasmFunction[]): ReadonlySet<WasmFunction> {
  const found = new Set<WasmFunction>();
  const look = (code: Code): void => {
    partsOf(code).forEach(look);
    if (code.kind !== 'call' || found.has(code.callee)) return;
    visitFunction(code.callee);
    found.add(code.callee);
  };
  const visit = (block: readonly Instruction[]): void => {
    for (const instruction of block) {
      valuesOf(instruction).forEach(look);
      blocksOf(instruction).forEach(visit);
    }
  };
  const visitFunction = ({ body, result }: WasmFunction): void => {
    visit(body);
    if (result !== undefined) look(result);
  };
  functions.forEach(visitFunction);
  return found;
}

/** Every local of the function that is not a parameter: by type, in the order in which they are first set. */
export function localsOf({ parameters, body }: WasmFunction): readonly Local[] {
  const found = new Set<Local>();
  const visit = (block: readonly Instruction[]): void => {
    for (const instruction of block) {
      if (instruction.kind === 'set') found.add(instruction.local);
      blocksOf(instruction).forEach(visit);
    }
  };
  visit(body);
  for (const parameter of parameters) found.delete(parameter);
  return valueTypes.flatMap((type) => [...found].filter((local) => local.type === type));
}
