/**
 * The instructions of WebAssembly that kernels are made of: what each takes and gives, and its code. From the core
 * specification 2.0 (numbers, bulk memory, 128-bit vectors) and the relaxed-simd proposal.
 */
export const valueTypes = ['i32', 'f32', 'v128'] as const;
export type ValueType = (typeof valueTypes)[number];

/** Name, what it takes and gives by first letters, opcode behind its prefix. */
type Row = readonly [signature: string, code: number];

const core = {
  select_i32: ['iii:i', 0x1b],
  select_f32: ['ffi:f', 0x1b],
  'i32.eqz': ['i:i', 0x45],
  'i32.eq': ['ii:i', 0x46],
  'i32.ne': ['ii:i', 0x47],
  'i32.lt_s': ['ii:i', 0x48],
  'i32.lt_u': ['ii:i', 0x49],
  'i32.gt_s': ['ii:i', 0x4a],
  'i32.gt_u': ['ii:i', 0x4b],
  'i32.le_s': ['ii:i', 0x4c],
  'i32.le_u': ['ii:i', 0x4d],
  'i32.ge_s': ['ii:i', 0x4e],
  'i32.ge_u': ['ii:i', 0x4f],
  'f32.eq': ['ff:i', 0x5b],
  'f32.ne': ['ff:i', 0x5c],
  'f32.lt': ['ff:i', 0x5d],
  'f32.gt': ['ff:i', 0x5e],
  'f32.le': ['ff:i', 0x5f],
  'f32.ge': ['ff:i', 0x60],
  'i32.add': ['ii:i', 0x6a],
  'i32.sub': ['ii:i', 0x6b],
  'i32.mul': ['ii:i', 0x6c],
  'i32.div_u': ['ii:i', 0x6e],
  'i32.rem_u': ['ii:i', 0x70],
  'i32.and': ['ii:i', 0x71],
  'i32.or': ['ii:i', 0x72],
  'i32.xor': ['ii:i', 0x73],
  'i32.shl': ['ii:i', 0x74],
  'i32.shr_s': ['ii:i', 0x75],
  'i32.shr_u': ['ii:i', 0x76],
  'f32.abs': ['f:f', 0x8b],
  'f32.neg': ['f:f', 0x8c],
  'f32.ceil': ['f:f', 0x8d],
  'f32.floor': ['f:f', 0x8e],
  'f32.trunc': ['f:f', 0x8f],
  'f32.nearest': ['f:f', 0x90],
  'f32.sqrt': ['f:f', 0x91],
  'f32.add': ['ff:f', 0x92],
  'f32.sub': ['ff:f', 0x93],
  'f32.mul': ['ff:f', 0x94],
  'f32.div': ['ff:f', 0x95],
  'f32.min': ['ff:f', 0x96],
  'f32.max': ['ff:f', 0x97],
  'f32.copysign': ['ff:f', 0x98],
  'f32.convert_i32_s': ['i:f', 0xb2],
  'f32.convert_i32_u': ['i:f', 0xb3],
  'i32.reinterpret_f32': ['f:i', 0xbc],
  'f32.reinterpret_i32': ['i:f', 0xbe],
} as const satisfies Record<string, Row>;

/** Behind 0xfc. */
const saturating = {
  'i32.trunc_sat_f32_s': ['f:i', 0x00],
  'i32.trunc_sat_f32_u': ['f:i', 0x01],
} as const satisfies Record<string, Row>;

/** Behind 0xfd. */
const vector = {
  'i32x4.splat': ['i:v', 0x11],
  'f32x4.splat': ['f:v', 0x13],
  'i32x4.extract_lane': ['v:i', 0x1b],
  'i32x4.replace_lane': ['vi:v', 0x1c],
  'f32x4.extract_lane': ['v:f', 0x1f],
  'f32x4.replace_lane': ['vf:v', 0x20],
  'i32x4.eq': ['vv:v', 0x37],
  'i32x4.ne': ['vv:v', 0x38],
  'i32x4.lt_s': ['vv:v', 0x39],
  'i32x4.lt_u': ['vv:v', 0x3a],
  'i32x4.gt_s': ['vv:v', 0x3b],
  'i32x4.gt_u': ['vv:v', 0x3c],
  'i32x4.le_s': ['vv:v', 0x3d],
  'i32x4.le_u': ['vv:v', 0x3e],
  'i32x4.ge_s': ['vv:v', 0x3f],
  'i32x4.ge_u': ['vv:v', 0x40],
  'f32x4.eq': ['vv:v', 0x41],
  'f32x4.ne': ['vv:v', 0x42],
  'f32x4.lt': ['vv:v', 0x43],
  'f32x4.gt': ['vv:v', 0x44],
  'f32x4.le': ['vv:v', 0x45],
  'f32x4.ge': ['vv:v', 0x46],
  'v128.not': ['v:v', 0x4d],
  'v128.and': ['vv:v', 0x4e],
  'v128.andnot': ['vv:v', 0x4f],
  'v128.or': ['vv:v', 0x50],
  'v128.xor': ['vv:v', 0x51],
  'v128.bitselect': ['vvv:v', 0x52],
  'f32x4.ceil': ['v:v', 0x67],
  'f32x4.floor': ['v:v', 0x68],
  'f32x4.trunc': ['v:v', 0x69],
  'f32x4.nearest': ['v:v', 0x6a],
  'i16x8.extend_low_i8x16_u': ['v:v', 0x89],
  'i32x4.abs': ['v:v', 0xa0],
  'i32x4.neg': ['v:v', 0xa1],
  'i32x4.extend_low_i16x8_u': ['v:v', 0xa9],
  'i32x4.shl': ['vi:v', 0xab],
  'i32x4.shr_s': ['vi:v', 0xac],
  'i32x4.shr_u': ['vi:v', 0xad],
  'i32x4.add': ['vv:v', 0xae],
  'i32x4.sub': ['vv:v', 0xb1],
  'i32x4.mul': ['vv:v', 0xb5],
  'i32x4.min_s': ['vv:v', 0xb6],
  'i32x4.min_u': ['vv:v', 0xb7],
  'i32x4.max_s': ['vv:v', 0xb8],
  'i32x4.max_u': ['vv:v', 0xb9],
  'f32x4.abs': ['v:v', 0xe0],
  'f32x4.neg': ['v:v', 0xe1],
  'f32x4.sqrt': ['v:v', 0xe3],
  'f32x4.add': ['vv:v', 0xe4],
  'f32x4.sub': ['vv:v', 0xe5],
  'f32x4.mul': ['vv:v', 0xe6],
  'f32x4.div': ['vv:v', 0xe7],
  'f32x4.pmin': ['vv:v', 0xea],
  'f32x4.pmax': ['vv:v', 0xeb],
  'i32x4.trunc_sat_f32x4_s': ['v:v', 0xf8],
  'i32x4.trunc_sat_f32x4_u': ['v:v', 0xf9],
  'f32x4.convert_i32x4_s': ['v:v', 0xfa],
  'f32x4.convert_i32x4_u': ['v:v', 0xfb],
  'f32x4.relaxed_madd': ['vvv:v', 0x105],
  'f32x4.relaxed_nmadd': ['vvv:v', 0x106],
  'i32x4.relaxed_laneselect': ['vvv:v', 0x10b],
} as const satisfies Record<string, Row>;

export type Operation = keyof typeof core | keyof typeof saturating | keyof typeof vector;

/** Reads of memory; the number is the logarithm of the alignment that they expect. */
const loads = {
  'i32.load': ['i32', [0x28], 2],
  'f32.load': ['f32', [0x2a], 2],
  'i32.load8_u': ['i32', [0x2d], 0],
  'v128.load': ['v128', [0xfd, 0x00], 4],
  'v128.load32_splat': ['v128', [0xfd, 0x09], 2],
  'v128.load32_zero': ['v128', [0xfd, 0x5c], 2],
} as const satisfies Record<string, readonly [ValueType, readonly number[], number]>;
export type Load = keyof typeof loads;

const stores = {
  'i32.store': ['i32', [0x36], 2],
  'f32.store': ['f32', [0x38], 2],
  'v128.store': ['v128', [0xfd, 0x0b], 4],
} as const satisfies Record<string, readonly [ValueType, readonly number[], number]>;
export type Store = keyof typeof stores;

export interface Signature {
  readonly takes: readonly ValueType[];
  readonly gives: ValueType;
  /** The opcode: a prefix and a number in LEB128 behind it, or one byte. */
  readonly prefix?: 0xfc | 0xfd;
  readonly code: number;
}

const letters: Readonly<Record<string, ValueType>> = { i: 'i32', f: 'f32', v: 'v128' };

function signature([text, code]: Row, prefix?: 0xfc | 0xfd): Signature {
  const [takes, gives] = text.split(':') as [string, string];
  const types = [...takes].map((letter) => letters[letter]!);
  return { takes: types, gives: letters[gives]!, code, ...(prefix === undefined ? {} : { prefix }) };
}

const rows = (table: Readonly<Record<string, Row>>, prefix?: 0xfc | 0xfd): (readonly [string, Signature])[] =>
  Object.entries(table).map(([name, row]) => [name, signature(row, prefix)]);

const signatures: ReadonlyMap<string, Signature> = new Map([
  ...rows(core),
  ...rows(saturating, 0xfc),
  ...rows(vector, 0xfd),
]);

export const operations: readonly Operation[] = [...signatures.keys()] as Operation[];

export function signatureOf(operation: Operation): Signature {
  return signatures.get(operation)!;
}

export interface MemoryInstruction {
  readonly type: ValueType;
  readonly code: readonly number[];
  /** Logarithm of the alignment in bytes. */
  readonly align: number;
}

export function loadOf(load: Load): MemoryInstruction {
  const [type, code, align] = loads[load];
  return { type, code, align };
}

export function storeOf(store: Store): MemoryInstruction {
  const [type, code, align] = stores[store];
  return { type, code, align };
}

/** As the text format calls it: `select` has one name for both of its types. */
export function spelling(operation: Operation): string {
  return operation.startsWith('select_') ? 'select' : operation;
}
