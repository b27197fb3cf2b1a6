/** What a writer holds under names: each value of a block once, and anew wherever it may have become another. */
import { expect, test } from 'vitest';
import * as b from '../../compiler/6-emit/wasm/build.ts';
import type { Code, Instruction } from '../../compiler/6-emit/wasm/ir.ts';
import { Writer } from '../../compiler/6-emit/wasm/writer.ts';

const x = { name: 'x', type: 'i32' } as const;
const doubled = (): Code => b.apply('i32.shl', b.get(x), b.i32(1));
const changed: Instruction = { kind: 'set', local: x, value: b.i32(5) };

/** The names of two values held one after the other, with `between` in between. */
function held(between: (writer: Writer) => void, value = doubled) {
  const writer = new Writer();
  const first = writer.hold('twice', value());
  between(writer);
  const second = writer.hold('other', value());
  return [first, second].map((code) => (code.kind === 'get' ? code.local.name : undefined));
}

test('the same value has the same name', () => {
  expect(held(() => undefined)).toEqual(['twice', 'twice']);
  expect(held((writer) => writer.set({ name: 'y', type: 'i32' }, b.i32(5)))).toEqual(['twice', 'twice']);
});

test('a value is another once what it reads is set', () => {
  expect(held((writer) => writer.push(changed))).toEqual(['twice', 'other']);
});

test('a loop or a choice in between may set it too', () => {
  const loop: Instruction = { kind: 'loop', label: 'again', body: [changed] };
  expect(held((writer) => writer.push(loop))).toEqual(['twice', 'other']);
  expect(held((writer) => writer.splice(() => writer.push(changed)))).toEqual(['twice', 'other']);
});

test('what memory holds may have changed', () => {
  const loaded = (): Code => b.load('i32.load', b.get(x), 0);
  expect(held(() => undefined, loaded)).toEqual(['twice', 'other']);
});

test('a name of an inner block does not reach past it', () => {
  const writer = new Writer();
  writer.splice(() => writer.hold('twice', doubled()));
  expect(writer.hold('twice', doubled())).toMatchObject({ kind: 'get' });
  expect(writer.instructions.map(({ kind }) => kind)).toEqual(['set', 'set']);
});
