/**
 * A plan written by hand, small enough to check on paper: linear regression, y = a · x + b with x in bytes [rows, 2],
 * trained by gradient descent with momentum, a row's squared error for its loss. It has what plans of the compiler
 * have: a table of bytes, an arena, vectors, the trouble flag, scalars of the host and of the clock, three programs.
 */
import {
  type CompiledKernels,
  type Plan,
  type PlanBinding,
  type PlanBuffer,
  type PlanKernel,
  type PlanProgram,
  planVersion,
} from '../../compiler/5-kernel/plan.ts';
import type { HostExpr, Uniform } from '../../compiler/4-tensor/program.ts';
import type { DataSet, LoadedSplit } from '../../runtime/data/dataset.ts';
import { activeFeatures } from './active-features.ts';

export const batch = 4;
const scale = 1 / 255;

/** Rows are taken in order, position after position: what a shuffle's kernel does, without the shuffle. */
const rowsKernel = `
struct Scalars { offset: u32, rows: u32 }
@group(0) @binding(0) var<uniform> scalars: Scalars;
@group(0) @binding(1) var<storage, read_write> chosen: array<u32>;
@compute @workgroup_size(4)
fn rows(@builtin(local_invocation_index) lane: u32) {
  let position = scalars.offset + lane;
  chosen[lane] = select(position, position - scalars.rows, position >= scalars.rows);
}`;

/** The loss, its gradient in a flat vector (a at 0, b at 64), and the flag. */
const gradientKernel = `
struct Scalars { step: u32, weight: f32 }
@group(0) @binding(0) var<uniform> scalars: Scalars;
@group(0) @binding(1) var<storage, read> chosen: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;
@group(0) @binding(3) var<storage, read> y: array<f32>;
@group(0) @binding(4) var<storage, read> parameters: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(6) var<storage, read_write> scores: array<f32>;
@group(0) @binding(7) var<storage, read_write> trouble: array<u32>;
fn byte(i: u32) -> f32 { return f32((x[i / 4u] >> (8u * (i % 4u))) & 0xffu) * ${scale}; }
@compute @workgroup_size(1)
fn loss_and_gradient() {
  var fit = 0.0;
  var g = vec3f();
  for (var i = 0u; i < 4u; i++) {
    let row = chosen[i];
    let features = vec3f(byte(2u * row), byte(2u * row + 1u), 1.0);
    let error = dot(features, vec3f(parameters[0], parameters[1], parameters[64])) - y[row];
    fit += error * error / 4.0;
    g += 2.0 * error * features / 4.0;
  }
  let weighted = scalars.weight * fit;
  gradient[0] = g.x; gradient[1] = g.y; gradient[64] = g.z;
  scores[0] = weighted;
  scores[64] = fit;
  scores[128] = length(g);
  let bad = (bitcast<u32>(fit) & 0x7f800000u) == 0x7f800000u;
  if (trouble[0] == 0u && bad) { trouble[0] = scalars.step + 1u; trouble[1] = 0u; }
}`;

const updateKernel = `
struct Scalars { rate: f32, momentum: f32 }
@group(0) @binding(0) var<uniform> scalars: Scalars;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> trouble: array<u32>;
@group(0) @binding(3) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> velocity: array<f32>;
@compute @workgroup_size(64)
fn update(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= 128u || trouble[0] != 0u) { return; }
  let v = scalars.momentum * velocity[id.x] + gradient[id.x];
  velocity[id.x] = v;
  parameters[id.x] = parameters[id.x] - scalars.rate * v;
}`;

/** A row's squared error and its two features; rows past the last read the last. */
const evaluateKernel = `
struct Scalars { first: u32, rows: u32 }
@group(0) @binding(0) var<uniform> scalars: Scalars;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> errors: array<f32>;
@group(0) @binding(5) var<storage, read_write> features: array<f32>;
fn byte(i: u32) -> f32 { return f32((x[i / 4u] >> (8u * (i % 4u))) & 0xffu) * ${scale}; }
@compute @workgroup_size(4)
fn row_errors(@builtin(local_invocation_index) lane: u32) {
  let row = min(scalars.first + lane, scalars.rows - 1u);
  let f = vec2f(byte(2u * row), byte(2u * row + 1u));
  let error = dot(f, vec2f(parameters[0], parameters[1])) + parameters[64] - y[row];
  errors[lane] = error * error;
  features[2u * lane] = f.x; features[2u * lane + 1u] = f.y;
}`;

/** Sample number n of seed s: (n, s mod 1000 + b). */
const sampleKernel = `
struct Scalars { first: u32, seed: u32 }
@group(0) @binding(0) var<uniform> scalars: Scalars;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> points: array<f32>;
@compute @workgroup_size(4)
fn draw(@builtin(local_invocation_index) lane: u32) {
  points[2u * lane] = f32(scalars.first + lane);
  points[2u * lane + 1u] = f32(scalars.seed % 1000u) + parameters[64];
}`;

const at = (buffer: string, bytes: number, offset = 0): PlanBinding => ({ kind: 'buffer', buffer, offset, bytes });
const table = (set: string, field: string): PlanBinding => ({ kind: 'table', set, field });
const number = (value: number): HostExpr => ({ kind: 'number', value });
const hyper = (name: string): HostExpr => ({ kind: 'hyper', name });

function kernel(
  name: string,
  bindings: readonly (readonly [string, 'read' | 'read_write'])[],
  scalars: readonly string[],
  size: number,
): PlanKernel {
  return {
    name,
    file: `${name}.wgsl`,
    bindings: bindings.map(([binding, access]) => ({ name: binding, access, shape: [] })),
    scalars,
    features: [],
    workgroupSize: [size, 1, 1],
    flops: 0,
    bytes: 0,
  };
}

const kernels: readonly PlanKernel[] = [
  kernel('rows', [['chosen', 'read_write']], ['clock_offset', 'clock_rows'], 4),
  kernel(
    'loss_and_gradient',
    [
      ['chosen', 'read'],
      ['x', 'read'],
      ['y', 'read'],
      ['parameters', 'read'],
      ['gradient', 'read_write'],
      ['scores', 'read_write'],
      ['trouble', 'read_write'],
    ],
    ['clock_step', 'weight'],
    1,
  ),
  kernel(
    'update',
    [
      ['gradient', 'read'],
      ['trouble', 'read'],
      ['parameters', 'read_write'],
      ['velocity', 'read_write'],
    ],
    ['rate', 'momentum'],
    64,
  ),
  kernel(
    'row_errors',
    [
      ['x', 'read'],
      ['y', 'read'],
      ['parameters', 'read'],
      ['errors', 'read_write'],
      ['features', 'read_write'],
    ],
    ['clock_first', 'clock_rows'],
    4,
  ),
  kernel(
    'draw',
    [
      ['parameters', 'read'],
      ['points', 'read_write'],
    ],
    ['clock_first', 'clock_seed'],
    4,
  ),
];

const buffers: readonly PlanBuffer[] = [
  { name: 'parameters', bytes: 512, role: 'vector', storage: 'f32' },
  { name: 'sgd.velocity', bytes: 512, role: 'vector', storage: 'f32' },
  { name: 'trouble', bytes: 8, role: 'state', storage: 'u32' },
  { name: 'chosen_rows', bytes: 16, role: 'arena', storage: 'u32' },
  { name: 'gradient', bytes: 512, role: 'packed', storage: 'f32' },
  { name: 'scores', bytes: 768, role: 'result', storage: 'f32' },
  { name: 'evaluation', bytes: 512, role: 'result', storage: 'f32' },
  { name: 'points', bytes: 32, role: 'result', storage: 'f32' },
];

const uniforms: readonly Uniform[] = [
  ...(['step', 'offset', 'rows', 'first', 'seed'] as const).map((name): Uniform => ({
    name: `clock_${name}`,
    dtype: 'u32',
    value: { kind: 'clock', name },
  })),
  { name: 'weight', dtype: 'f32', value: { kind: 'host', expression: hyper('weight') } },
  { name: 'rate', dtype: 'f32', value: { kind: 'host', expression: hyper('rate') } },
  { name: 'momentum', dtype: 'f32', value: { kind: 'host', expression: number(0.9) } },
];

const trainProgram: PlanProgram = {
  kind: 'train',
  name: 'train',
  dispatches: [
    { kernel: 'rows', bindings: [at('chosen_rows', 16)], workgroups: [1, 1, 1] },
    {
      kernel: 'loss_and_gradient',
      bindings: [
        at('chosen_rows', 16),
        table('lines.train', 'x'),
        table('lines.train', 'y'),
        at('parameters', 512),
        at('gradient', 512),
        at('scores', 768),
        at('trouble', 8),
      ],
      workgroups: [1, 1, 1],
    },
    {
      kernel: 'update',
      bindings: [at('gradient', 512), at('trouble', 8), at('parameters', 512), at('sgd.velocity', 512)],
      workgroups: [2, 1, 1],
    },
  ],
  results: [
    { name: 'objective', buffer: 'scores', offset: 0, shape: [], dtype: 'f32' },
    { name: 'fit', buffer: 'scores', offset: 256, shape: [], dtype: 'f32' },
    { name: 'gradient_norm', buffer: 'scores', offset: 512, shape: [], dtype: 'f32' },
  ],
  sense: 'minimize',
  set: 'lines.train',
  batch,
  duration: { unit: 'epochs', value: number(20) },
  seed: number(3),
  terms: [{ name: 'fit', text: 'mean_square(y - line(x))' }],
  vectors: [{ name: 'sgd.velocity', initial: 'zeros' }],
  limits: [],
  trained: 'parameters',
  track: [{ every: 5, unit: 'epoch', evaluate: 'evaluate' }],
};

const evaluateProgram: PlanProgram = {
  kind: 'evaluate',
  name: 'evaluate',
  dispatches: [
    {
      kernel: 'row_errors',
      bindings: [
        table('lines.test', 'x'),
        table('lines.test', 'y'),
        at('parameters', 512),
        at('evaluation', 16),
        at('evaluation', 32, 256),
      ],
      workgroups: [1, 1, 1],
    },
  ],
  results: [
    { name: 'errors', buffer: 'evaluation', offset: 0, shape: [batch], dtype: 'f32' },
    { name: 'features', buffer: 'evaluation', offset: 256, shape: [batch, 2], dtype: 'f32' },
  ],
  set: 'lines.test',
  batch,
  reports: [
    { name: 'error', text: 'mean_square(y - line(x))', unit: 'square', result: 'errors', finish: { kind: 'mean' } },
    { name: 'centre', text: 'mean(x)', unit: '', result: 'features', finish: { kind: 'mean-vector' } },
    activeFeatures(),
  ],
};

const sampleProgram: PlanProgram = {
  kind: 'sample',
  name: 'points',
  dispatches: [{ kernel: 'draw', bindings: [at('parameters', 512), at('points', 32)], workgroups: [1, 1, 1] }],
  results: [{ name: 'sample', buffer: 'points', offset: 0, shape: [4, 2], dtype: 'f32' }],
  n: 4,
  shape: [2],
  display: 'points',
  sets: [],
  parts: [],
};

export const tinyPlan: Plan = {
  format: 'vaec-plan',
  version: planVersion,
  spec: { name: 'lines', hash: '0'.repeat(64) },
  target: 'webgpu',
  profile: 'portable',
  layout: {
    parameters: [
      {
        path: 'line.weight',
        shape: [2],
        initialiser: { kind: 'fan-in', fanIn: 2 },
        constraint: 'real',
        offset: 0,
      },
      { path: 'line.bias', shape: [], initialiser: { kind: 'constant', value: 0.5 }, constraint: 'real', offset: 64 },
    ],
    length: 128,
  },
  hypers: [
    { name: 'rate', value: number(0.1), static: false },
    { name: 'weight', value: number(1), static: false },
    { name: 'width', value: number(2), static: true },
  ],
  uniforms,
  data: [
    {
      name: 'lines',
      fields: [
        {
          name: 'x',
          support: { kind: 'unit' },
          shape: [2],
          table: { field: 'x', storage: 'u8', rowShape: [2], scale },
          standardize: false,
        },
        {
          name: 'y',
          support: { kind: 'real' },
          shape: [],
          table: { field: 'y', storage: 'f32', rowShape: [], scale: 1 },
          standardize: false,
        },
      ],
      source: { kind: 'csv', args: {} },
      split: [],
      where: [],
      from: [],
    },
  ],
  buffers,
  kernels,
  programs: [trainProgram, evaluateProgram, sampleProgram],
};

export const tinyCompiled: CompiledKernels = {
  plan: tinyPlan,
  sources: new Map([
    ['rows', rowsKernel],
    ['loss_and_gradient', gradientKernel],
    ['update', updateKernel],
    ['row_errors', evaluateKernel],
    ['draw', sampleKernel],
  ]),
};

/** y = 2 x0 - x1 + 0.25 exactly, x on a grid of bytes: 13 training rows and 6 test rows, which 4 divides neither. */
export function tinyData(): ReadonlyMap<string, DataSet> {
  const train = tinySplit('train', 13, 0);
  const test = tinySplit('test', 6, 100);
  return new Map([
    [
      'lines',
      {
        name: 'lines',
        rows: 19,
        splits: new Map([
          ['train', train],
          ['test', test],
        ]),
        notes: [],
      },
    ],
  ]);
}

function tinySplit(name: string, rows: number, start: number): LoadedSplit {
  const x = new Uint8Array(rows * 2);
  const y = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    x[2 * row] = (37 * (row + start)) % 256;
    x[2 * row + 1] = (101 * (row + start) + 50) % 256;
    y[row] = 2 * x[2 * row]! * scale - x[2 * row + 1]! * scale + 0.25;
  }
  return {
    name,
    rows,
    fields: new Map([
      ['x', { name: 'x', storage: 'u8', values: x, rowShape: [2], scale }],
      ['y', { name: 'y', storage: 'f32', values: y, rowShape: [], scale: 1 }],
    ]),
    indices: Uint32Array.from({ length: rows }, (_, i) => i),
  };
}
