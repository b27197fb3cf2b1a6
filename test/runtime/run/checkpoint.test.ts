/** Checkpoints as files: their layout, their refusals. */
import { describe, expect, test } from 'vitest';
import type { ParameterLayout } from '../../../compiler/4-tensor/program.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../runtime/formats/safetensors.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../../runtime/run/checkpoint.ts';
import { tinyPlan } from '../../support/tiny-plan.ts';

const { layout } = tinyPlan;
const vector = (start: number) => {
  const values = new Float32Array(128);
  values.set([start, start + 1]);
  values[64] = start + 2;
  return values;
};
const checkpoint: Checkpoint = {
  head: {
    spec: tinyPlan.spec,
    program: 'train',
    step: 7,
    steps: 65,
    batch: 4,
    rows: 13,
    seed: 3,
    window: { count: 2, sums: { objective: 0.1 + 0.2 } },
  },
  vectors: new Map([
    ['parameters', vector(1)],
    ['sgd.velocity', vector(10)],
  ]),
  states: new Map([['trouble', new Uint32Array(2)]]),
};
const bytes = encodeCheckpoint(checkpoint, layout);
const changed = (change: (tensors: Map<string, { shape: readonly number[]; data: Float32Array }>) => void) => {
  const { tensors, metadata } = decodeSafetensors(bytes, 'x');
  change(tensors as Map<string, { shape: readonly number[]; data: Float32Array }>);
  return encodeSafetensors({ tensors, metadata });
};

describe('a checkpoint', () => {
  test('comes back as it was, to the bit', () => {
    expect(decodeCheckpoint(bytes, 'x', layout)).toEqual(checkpoint);
    expect(encodeCheckpoint(decodeCheckpoint(bytes, 'x', layout), layout)).toEqual(bytes);
  });

  test('holds parameters by path, without padding, as any reader of safetensors finds them', () => {
    const { tensors } = decodeSafetensors(bytes, 'x');
    expect(Object.fromEntries([...tensors].map(([name, { shape, data }]) => [name, [shape, [...data]]]))).toEqual({
      'line.bias': [[], [3]],
      'line.weight': [[2], [1, 2]],
      'sgd.velocity/line.bias': [[], [12]],
      'sgd.velocity/line.weight': [[2], [10, 11]],
      'state/trouble': [[2], [0, 0]],
    });
  });

  test('of another spec is refused with the parameter that differs', () => {
    const other = (parameters: ParameterLayout['parameters']) => ({ ...layout, parameters });
    const [weight, bias] = layout.parameters;
    expect(() => decodeCheckpoint(bytes, 'a.safetensors', other([{ ...weight!, shape: [3] }, bias!]))).toThrow(
      /"a\.safetensors" is a checkpoint of another spec: its "line\.weight" is \[2\], and here it is \[3\]/,
    );
    expect(() => decodeCheckpoint(bytes, 'x', other([{ ...weight!, path: 'net.weight' }]))).toThrow(
      /has no "net\.weight"/,
    );
    expect(() =>
      decodeCheckpoint(
        changed((tensors) => tensors.delete('sgd.velocity/line.bias')),
        'x',
        layout,
      ),
    ).toThrow(/has no "sgd\.velocity\/line\.bias"/);
  });

  test('with parameters that are not needed here is taken: a spec may use a part', () => {
    const part = { ...layout, parameters: layout.parameters.slice(1) };
    expect(decodeCheckpoint(bytes, 'x', part).vectors.get('parameters')![64]).toBe(3);
  });

  test('of a newer format, or no checkpoint at all, is refused', () => {
    const { tensors, metadata } = decodeSafetensors(bytes, 'x');
    const newer = encodeSafetensors({ tensors, metadata: new Map(metadata).set('version', '2') });
    expect(() => decodeCheckpoint(newer, 'x', layout)).toThrow(
      /of format 2, and this vaec reads format 1: use the vaec that wrote it/,
    );
    const none = encodeSafetensors({ tensors, metadata: new Map() });
    expect(() => decodeCheckpoint(none, 'x', layout)).toThrow(/not a checkpoint that vaec wrote/);
    const headless = encodeSafetensors({ tensors, metadata: new Map(metadata).set('head', '{') });
    expect(() => decodeCheckpoint(headless, 'x', layout)).toThrow(/head is missing or damaged/);
  });
});
