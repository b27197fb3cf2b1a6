import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../runtime/errors.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../../runtime/formats/safetensors.ts';

const tensors: ReadonlyMap<string, Tensor> = new Map([
  ['mask', { shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['encoder.weight', { shape: [2, 2], data: Float32Array.of(0.1, -0, NaN, 3e38) }],
  ['trouble', { shape: [2], data: Uint32Array.of(0, 4294967295) }],
  ['empty', { shape: [0, 4], data: new Float32Array(0) }],
  ['scalar', { shape: [], data: Float32Array.of(2.5) }],
]);
const metadata = new Map([
  ['step', '17'],
  ['format', 'vaec 1'],
]);
const whole = encodeSafetensors({ tensors, metadata });

describe('safetensors', () => {
  it('lays the file out as the format says', () => {
    const bytes = encodeSafetensors({
      tensors: new Map([['a', { shape: [1], data: Float32Array.of(1) }]]),
      metadata: new Map(),
    });
    const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
    expect(Buffer.from(bytes).toString('latin1')).toBe(
      `${String.fromCharCode(padded.length)}${'\0'.repeat(7)}${padded}\0\0\u0080?`,
    );
  });

  it('round trips bit for bit, wherever the bytes lie', () => {
    const shifted = new Uint8Array(whole.length + 1).subarray(1);
    shifted.set(whole);
    for (const bytes of [whole, shifted, Buffer.from(whole)]) {
      const read = decodeSafetensors(bytes, 'c');
      expect(Object.fromEntries(read.metadata)).toEqual(Object.fromEntries(metadata));
      expect(new Set(read.tensors.keys())).toEqual(new Set(tensors.keys()));
      for (const [name, { shape, data }] of tensors) {
        expect(read.tensors.get(name)!.shape).toEqual(shape);
        expect(Buffer.from(read.tensors.get(name)!.data.buffer)).toEqual(Buffer.from(data.buffer));
      }
    }
  });

  it('does not depend on the order in which tensors and metadata are handed in', () => {
    const turned = { tensors: new Map([...tensors].reverse()), metadata: new Map([...metadata].reverse()) };
    expect(Buffer.from(encodeSafetensors(turned))).toEqual(Buffer.from(whole));
  });

  it('refuses every truncation, and bytes too many', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeSafetensors(whole.subarray(0, length), 'cut')).toThrow(UserError);
    }
    expect(() => decodeSafetensors(Uint8Array.of(...whole, 0), 'long')).toThrow(
      '"long" is not a whole safetensors file: 1 bytes at its end belong to no tensor',
    );
  });

  it('fails with a UserError or not at all, whatever bytes are changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          decodeSafetensors(bytes, 'bad');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('refuses headers that lie', () => {
    const withHeader = (header: string, body = 4) => {
      const bytes = new Uint8Array(8 + header.length + body);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
      bytes.set(new TextEncoder().encode(header), 8);
      return () => decodeSafetensors(bytes, 'f');
    };
    expect(withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}')).not.toThrow();
    expect(withHeader('[]')).toThrow(/its header is not JSON/);
    expect(withHeader('{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}', 8)).toThrow(/not F32, U32 or U8/);
    expect(withHeader('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}')).toThrow(/tensor "a" wrongly/);
    expect(withHeader('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[4,0]}}')).toThrow(/tensor "a" wrongly/);
    expect(withHeader('{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}')).toThrow(/overlap or leave holes/);
    expect(withHeader('{"__metadata__":3}', 0)).toThrow(/metadata is not a record/);
  });
});
