/** A module as text for people: the text format of WebAssembly, expressions folded, locals by name. */
import { markedLines } from '../wgsl/wrap.ts';
import { bytesOfLanes } from './binary.ts';
import { spelling } from './instructions.ts';
import { localsOf, type Code, type Instruction, type WasmFunction, type WasmModule } from './ir.ts';

const width = 120;

/** What the last function is for stands at the head, a comment a line. */
export function printModule({ functions }: WasmModule): string {
  const sections = [
    functions.at(-1)!.documentation.flatMap((line) => markedLines(';;', line)),
    ['(module', '  (import "vaec" "memory" (memory 1 65536 shared))'],
    ...functions.map((fn) => indented(functionText(fn), '  ')),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n)\n`;
}

function functionText(fn: WasmFunction): readonly string[] {
  const { name, exported, parameters, result, documentation, body } = fn;
  const declared = parameters.map((one) => ({ text: `(param $${one.name} ${one.type})`, comment: one.comment }));
  const column = Math.max(...declared.map(({ text }) => text.length));
  const commented = declared.some(({ comment }) => comment !== undefined);
  const params = commented
    ? declared.map(({ text, comment }) => (comment === undefined ? text : `${text.padEnd(column)}  ;; ${comment}`))
    : [declared.map(({ text }) => text).join(' ')];
  const gives = result === undefined ? [] : [`(result ${result.type})`];
  const inner = [
    ...params,
    ...gives,
    ...filled(localsOf(fn).map((local) => `(local $${local.name} ${local.type})`)),
    ...body.flatMap((instruction) => instructionText(instruction, 4)),
    ...(result === undefined ? [] : valueText(result, 4)),
  ];
  return [
    // What an exported function is for stands at the head of the module.
    ...(exported ? [] : documentation.flatMap((line) => markedLines(';;', line))),
    `(func $${name}${exported ? ` (export "${name}")` : ''}`,
    ...indented(inner, '  '),
    ')',
  ];
}

function instructionText(instruction: Instruction, at: number): readonly string[] {
  const block = (body: readonly Instruction[]): readonly string[] =>
    indented(
      body.flatMap((one) => instructionText(one, at + 2)),
      '  ',
    );
  switch (instruction.kind) {
    case 'comment':
      return markedLines(';;', instruction.text);
    case 'set':
      return form(`local.set $${instruction.local.name}`, [instruction.value], at);
    case 'store':
      return form(
        `${instruction.store}${offsetText(instruction.offset)}`,
        [instruction.address, instruction.value],
        at,
      );
    case 'clear': {
      const numbers = [0, instruction.bytes].map((value): Code => ({ kind: 'number', type: 'i32', value }));
      return form('memory.fill', [instruction.address, ...numbers], at);
    }
    case 'block':
    case 'loop':
      return [`(${instruction.kind} $${instruction.label}`, ...block(instruction.body), ')'];
    case 'break': {
      const { label, condition } = instruction;
      return condition === undefined ? [`(br $${label})`] : form(`br_if $${label}`, [condition], at);
    }
    case 'if': {
      const condition = valueText(instruction.condition, at + 4);
      const otherwise =
        instruction.otherwise.length === 0 ? [] : indented(['(else', ...block(instruction.otherwise), ')'], '  ');
      const [only] = condition;
      return [
        ...(condition.length === 1 ? [`(if ${only!}`] : ['(if', ...indented(condition, '  ')]),
        ...indented(['(then', ...block(instruction.then), ')'], '  '),
        ...otherwise,
        ')',
      ];
    }
  }
}

/** An expression on one line where it fits, else each argument on lines of its own. */
function valueText(code: Code, at: number): readonly string[] {
  const { head, args } = headOf(code);
  return form(head, args, at);
}

function form(head: string, args: readonly Code[], at: number): readonly string[] {
  const line = `(${[head, ...args.map(flat)].join(' ')})`;
  if (at + line.length <= width || args.length === 0) return [line];
  const inner = args.flatMap((arg) => indented(valueText(arg, at + 2), '  '));
  return [`(${head}`, ...inner.slice(0, -1), `${inner.at(-1)!})`];
}

function flat(code: Code): string {
  const { head, args } = headOf(code);
  return `(${[head, ...args.map(flat)].join(' ')})`;
}

function headOf(code: Code): { readonly head: string; readonly args: readonly Code[] } {
  switch (code.kind) {
    case 'number':
      return { head: `${code.type}.const ${numberText(code.value, code.type)}`, args: [] };
    case 'vector': {
      const type = code.lanes === 'f32x4' ? 'f32' : 'i32';
      return {
        head: `v128.const ${code.lanes} ${code.values.map((value) => numberText(value, type)).join(' ')}`,
        args: [],
      };
    }
    case 'get':
      return { head: `local.get $${code.local.name}`, args: [] };
    case 'apply': {
      const lane = code.lane === undefined ? '' : ` ${code.lane}`;
      return { head: `${spelling(code.operation)}${lane}`, args: code.args };
    }
    case 'shuffle':
      return { head: `i8x16.shuffle ${bytesOfLanes(code.lanes).join(' ')}`, args: code.args };
    case 'load':
      return { head: `${code.load}${offsetText(code.offset)}`, args: [code.address] };
    case 'call':
      return { head: `call $${code.callee.name}`, args: code.args };
  }
}

function offsetText(offset: number): string {
  return offset === 0 ? '' : ` offset=${offset}`;
}

/** Counts as they are, words of bits in hexadecimal; floats as the shortest decimal that is read as this very f32. */
export function numberText(value: number, type: 'i32' | 'f32'): string {
  if (type === 'i32') {
    const signed = value | 0;
    return Math.abs(signed) < 2 ** 24 ? `${signed}` : `0x${(value >>> 0).toString(16)}`;
  }
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return 'nan';
  if (!Number.isFinite(rounded)) return rounded > 0 ? 'inf' : '-inf';
  if (Object.is(rounded, -0)) return '-0';
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(rounded.toPrecision(digits));
    if (Math.fround(text) === rounded) return `${text}`;
  }
  return `${Number(rounded.toPrecision(9))}`;
}

/** Short words side by side, as many as fit a line. */
function filled(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 5 <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function indented(lines: readonly string[], by: string): readonly string[] {
  return lines.map((line) => (line === '' ? line : by + line));
}
