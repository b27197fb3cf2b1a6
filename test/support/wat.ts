/**
 * A small assembler: WebAssembly text with folded instructions, as far as the tests' kernels need it, to bytes. Written
 * from the core specification alone, so that what it makes does not lean on the compiler's own emitter.
 */

type Form = string | readonly Form[];

const valueTypes: Readonly<Record<string, number>> = { i32: 0x7f, f32: 0x7d };

const codes: Readonly<Record<string, number>> = {
  unreachable: 0x00,
  select: 0x1b,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ge_u': 0x4f,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'f32.sqrt': 0x91,
  'f32.add': 0x92,
  'f32.sub': 0x93,
  'f32.mul': 0x94,
  'f32.convert_i32_u': 0xb3,
  'i32.reinterpret_f32': 0xbc,
};

const memoryCodes: Readonly<Record<string, number>> = {
  'i32.load': 0x28,
  'f32.load': 0x2a,
  'i32.load8_u': 0x2d,
  'i32.store': 0x36,
  'f32.store': 0x38,
};

/** The bytes of a module: functions that import the memory `vaec.memory`, each exported under its own name. */
export function assemble(text: string): Uint8Array {
  const functions = (parse(`(${text})`) as readonly Form[]).map((form) => assembleFunction(form as readonly Form[]));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(functions.map(({ type }) => type))),
    // One shared memory, of at least a page and at most 65536.
    ...section(2, vector([[...string('vaec'), ...string('memory'), 0x02, 0x03, ...unsigned(1), ...unsigned(65536)]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map(({ name }, i) => [...string(name), 0x00, ...unsigned(i)]))),
    ...section(10, vector(functions.map(({ code }) => [...unsigned(code.length), ...code]))),
  ]);
}

/** `(func $name (param $a i32)… (local $b f32)… instruction…)`. */
function assembleFunction([, name, ...rest]: readonly Form[]) {
  const declared = rest.filter(
    (form) => headOf(form) === 'param' || headOf(form) === 'local',
  ) as unknown as readonly string[][];
  const parameters = declared.filter(([kind]) => kind === 'param').map(([, , type]) => valueTypes[type!]!);
  const locals = declared.filter(([kind]) => kind === 'local').map(([, , type]) => [1, valueTypes[type!]!]);
  const names = declared.map(([, local]) => local!);
  const body = rest.slice(declared.length).flatMap((form) => assembleInstruction(form, names, []));
  return {
    name: (name as string).slice(1),
    type: [0x60, ...vector(parameters.map((type) => [type])), ...vector([])],
    code: [...vector(locals), ...body, 0x0b],
  };
}

function assembleInstruction(form: Form, locals: readonly string[], labels: readonly string[]): number[] {
  const [head, ...rest] = (typeof form === 'string' ? [form] : form) as readonly [string, ...Form[]];
  const all = (forms: readonly Form[], within = labels) =>
    forms.flatMap((inner) => assembleInstruction(inner, locals, within));
  const local = () => unsigned(locals.indexOf(rest[0] as string));
  const label = () => unsigned(labels.indexOf(rest[0] as string));
  switch (head) {
    case 'i32.const':
      return [0x41, ...signed(Number(rest[0]))];
    case 'f32.const':
      return [0x43, ...new Uint8Array(Float32Array.of(Number(rest[0])).buffer)];
    case 'local.get':
      return [0x20, ...local()];
    case 'local.set':
      return [...all(rest.slice(1)), 0x21, ...local()];
    case 'block':
    case 'loop':
      return [head === 'block' ? 0x02 : 0x03, 0x40, ...all(rest.slice(1), [rest[0] as string, ...labels]), 0x0b];
    case 'if':
      return [...all([rest[0]!]), 0x04, 0x40, ...all(rest.slice(1), ['', ...labels]), 0x0b];
    case 'br':
      return [0x0c, ...label()];
    case 'br_if':
      return [...all(rest.slice(1)), 0x0d, ...label()];
  }
  if (head === 'i32.atomic.load') return [...all(rest), 0xfe, 0x10, 0x02, 0x00];
  const memory = memoryCodes[head];
  if (memory !== undefined) return [...all(rest), memory, 0x00, 0x00];
  const code = codes[head];
  if (code === undefined) throw new Error(`the assembler has no "${head}"`);
  return [...all(rest), code];
}

function headOf(form: Form): Form | undefined {
  return typeof form === 'string' ? form : form[0];
}

function parse(text: string): Form {
  const open: Form[][] = [[]];
  for (const token of text.match(/[()]|[^\s()]+/g) ?? []) {
    if (token === '(') open.push([]);
    else if (token === ')') open.at(-2)!.push(open.pop()!);
    else open.at(-1)!.push(token);
  }
  return open[0]![0]!;
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function string(text: string): number[] {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...unsigned(Math.floor(value / 128))];
}

function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
