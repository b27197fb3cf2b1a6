/** Makers of values; what is known when compiling is worked out here, so that every caller may be plain. */
import { loadOf, signatureOf, type Load, type Operation, type ValueType } from './instructions.ts';
import type { Code, CodeOf, Local } from './ir.ts';

export function i32(value: number): CodeOf<'number'> {
  return { kind: 'number', type: 'i32', value: value | 0 };
}

export function f32(value: number): CodeOf<'number'> {
  return { kind: 'number', type: 'f32', value: Math.fround(value) };
}

export function vector(lanes: 'i32x4' | 'f32x4', values: readonly number[]): CodeOf<'vector'> {
  const exact = values.map((value) => (lanes === 'f32x4' ? Math.fround(value) : value | 0));
  return { kind: 'vector', type: 'v128', lanes, values: exact };
}

export function get(local: Local): CodeOf<'get'> {
  return { kind: 'get', type: local.type, local };
}

export function apply(operation: Operation, ...args: readonly Code[]): CodeOf<'apply'> {
  return { kind: 'apply', type: signatureOf(operation).gives, operation, args };
}

export function atLane(operation: Operation, lane: number, ...args: readonly Code[]): CodeOf<'apply'> {
  return { ...apply(operation, ...args), lane };
}

export function load(name: Load, address: Code, offset: number): CodeOf<'load'> {
  return { kind: 'load', type: loadOf(name).type, load: name, address, offset };
}

export function shuffle(lanes: readonly number[], a: Code, b: Code): CodeOf<'shuffle'> {
  return { kind: 'shuffle', type: 'v128', lanes, args: [a, b] };
}

/** Costs nothing to say again. */
export function isAtom(code: Code): boolean {
  return code.kind === 'number' || code.kind === 'vector' || code.kind === 'get';
}

export function isApply(code: Code, operation: Operation): code is CodeOf<'apply'> {
  return code.kind === 'apply' && code.operation === operation;
}

/** Equal as they are written; whether they are equal in value is another question. */
export function isSame(a: Code, b: Code): boolean {
  return a === b || keyOf(a) === keyOf(b);
}

/** A text that two values share only where they are written the same. */
export function keyOf(code: Code): string {
  switch (code.kind) {
    case 'number':
      return `${code.type} ${numberKey(code.value)}`;
    case 'vector':
      return `${code.lanes} ${code.values.map(numberKey).join(' ')}`;
    case 'get':
      return `$${code.local.name}`;
    case 'apply':
      return `(${code.operation} ${code.lane ?? ''} ${code.args.map(keyOf).join(' ')})`;
    case 'shuffle':
      return `(shuffle ${code.lanes.join(' ')} ${code.args.map(keyOf).join(' ')})`;
    case 'load':
      return `(${code.load} ${code.offset} ${keyOf(code.address)})`;
    case 'call':
      return `(call ${code.callee.name} ${code.args.map(keyOf).join(' ')})`;
  }
}

function numberKey(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

// ---- i32 arithmetic, folded -----------------------------------------------------------------------------------------

export function numberOf(code: Code): number | undefined {
  return code.kind === 'number' ? code.value : undefined;
}

export function sum(a: Code, b: Code): Code {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return i32(x + y);
  if (x === 0) return b;
  return y === 0 ? a : apply('i32.add', a, b);
}

export function difference(a: Code, b: Code): Code {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return i32(x - y);
  return y === 0 ? a : apply('i32.sub', a, b);
}

export function times(a: Code, b: Code): Code {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return i32(Math.imul(x, y));
  if (x !== undefined) return times(b, a);
  if (y === 0) return i32(0);
  if (y === 1) return a;
  const shift = y === undefined ? undefined : exponentOf(y);
  return shift === undefined ? apply('i32.mul', a, b) : apply('i32.shl', a, i32(shift));
}

/** floor(a / b) of unsigned numbers; a where b is 0, as in WGSL. `hold` names a value that is read twice. */
export function quotient(a: Code, b: Code, hold: (code: Code) => Code): Code {
  const y = numberOf(b);
  if (y === undefined || y === 0) return apply('i32.div_u', a, orOne(b, hold));
  const x = numberOf(a);
  if (x !== undefined) return i32(Math.floor((x >>> 0) / (y >>> 0)));
  const shift = exponentOf(y);
  if (shift === 0) return a;
  return shift === undefined ? apply('i32.div_u', a, b) : apply('i32.shr_u', a, i32(shift));
}

/** a - b floor(a / b) of unsigned numbers; 0 where b is 0. */
export function remainder(a: Code, b: Code, hold: (code: Code) => Code): Code {
  const y = numberOf(b);
  if (y === undefined || y === 0) return apply('i32.rem_u', a, orOne(b, hold));
  const x = numberOf(a);
  if (x !== undefined) return i32((x >>> 0) % (y >>> 0));
  const shift = exponentOf(y);
  return shift === undefined ? apply('i32.rem_u', a, b) : apply('i32.and', a, i32((y >>> 0) - 1));
}

/** b, or 1 where b is 0: WebAssembly traps at a division by 0. */
function orOne(b: Code, hold: (code: Code) => Code): Code {
  const held = hold(b);
  return apply('i32.add', held, apply('i32.eqz', held));
}

/** n where the number is 2^n. */
export function exponentOf(value: number): number | undefined {
  const bits = value >>> 0;
  return bits !== 0 && (bits & (bits - 1)) === 0 ? 31 - Math.clz32(bits) : undefined;
}

// ---- vectors --------------------------------------------------------------------------------------------------------

/** The number in all four lanes. */
export function splat(code: Code): Code {
  const lanes = code.type === 'f32' ? 'f32x4' : 'i32x4';
  if (code.kind === 'number') {
    const { value } = code;
    return vector(lanes, [value, value, value, value]);
  }
  if (code.kind === 'load' && code.load !== 'i32.load8_u') {
    return load('v128.load32_splat', code.address, code.offset);
  }
  if (isApply(code, `${lanes}.extract_lane`)) {
    const lane = code.lane!;
    return shuffle([lane, lane, lane, lane], code.args[0]!, code.args[0]!);
  }
  return apply(`${lanes}.splat`, code);
}

/** The number in every lane, where they are all the same; undefined where they are not, or it is no constant. */
export function uniformValue(code: Code): number | undefined {
  if (code.kind !== 'vector') return undefined;
  const [first, ...rest] = code.values;
  return rest.every((value) => Object.is(value, first)) ? first : undefined;
}

/** One number of a vector, as f32 or as a word. */
export function extract(type: ValueType, code: Code, lane: number): Code {
  const isFloat = type === 'f32';
  if (code.kind === 'vector' && (code.lanes === 'f32x4') === isFloat) {
    return isFloat ? f32(code.values[lane]!) : i32(code.values[lane]!);
  }
  if (isApply(code, isFloat ? 'f32x4.splat' : 'i32x4.splat')) return code.args[0]!;
  if (code.kind === 'load' && code.load === 'v128.load32_splat') {
    return load(isFloat ? 'f32.load' : 'i32.load', code.address, code.offset);
  }
  return atLane(isFloat ? 'f32x4.extract_lane' : 'i32x4.extract_lane', lane, code);
}

/** A vector from its four numbers. */
export function assemble(parts: readonly Code[]): Code {
  const [first, ...rest] = parts as readonly [Code, Code, Code, Code];
  const lanes = first.type === 'f32' ? 'f32x4' : 'i32x4';
  const known = parts.map(numberOf);
  if (known.every((value) => value !== undefined)) return vector(lanes, known);
  const taken = gathered(parts, lanes);
  if (taken !== undefined) return taken;
  return rest.reduce<Code>((made, part, i) => atLane(`${lanes}.replace_lane`, i + 1, made, part), splat(first));
}

/** Lanes of vectors put together: at most two shuffles of pairs, and one that joins them. */
function gathered(parts: readonly Code[], lanes: 'i32x4' | 'f32x4'): Code | undefined {
  const from = parts.map((part) => {
    if (!isApply(part, `${lanes}.extract_lane`)) return undefined;
    const [source] = part.args;
    return isAtom(source!) ? { source: source!, lane: part.lane! } : undefined;
  });
  if (from.some((one) => one === undefined)) return undefined;
  const [a, b, c, d] = from as { source: Code; lane: number }[] as [Taken, Taken, Taken, Taken];
  // Neighbours of the halves come along: the same pairs then serve the other lanes of a transposition.
  const pair = (x: Taken, y: Taken): { readonly code: Code; readonly half: number } | undefined => {
    if (x.lane !== y.lane) return undefined;
    const low = 2 * Math.floor(x.lane / 2);
    return { code: shuffle([low, low + 4, low + 1, low + 5], x.source, y.source), half: x.lane % 2 };
  };
  const [left, right] = [pair(a, b), pair(c, d)];
  if (left === undefined || right === undefined) return undefined;
  const [i, j] = [2 * left.half, 4 + 2 * right.half];
  return shuffle([i, i + 1, j, j + 1], left.code, right.code);
}

interface Taken {
  readonly source: Code;
  readonly lane: number;
}
