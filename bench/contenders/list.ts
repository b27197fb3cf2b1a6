/** Every contender there is, and the process that stands for it. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from '../harness/child.ts';

export type Family = 'vaec' | 'PyTorch' | 'JAX' | 'jax-js' | 'TensorFlow.js';

export const places = ['cpu', 'webgpu', 'cuda'] as const;
export type Place = (typeof places)[number];

export interface Entry {
  /** `vaec cpu, 2 threads`. */
  readonly name: string;
  readonly family: Family;
  /** What computes. */
  readonly place: Place;
  /** Threads that it may compute with, where that is for us to say. */
  readonly threads?: number;
  /** Seconds that its start and its first answer may take, where it compiles for longer than others. */
  readonly patience?: number;
  /** `fixture` is a folder of exportFixture, `data` the folder of the data files. */
  command(fixture: string, data: string): Command;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export interface Choice {
  /** The numbers of threads to compare. */
  readonly threads: readonly number[];
  /** The Python that has PyTorch. */
  readonly python: string;
  /** The kernels that OpenBLAS is to use; those it finds best where absent. */
  readonly coretype?: string;
}

export function allContenders({ threads, ...python }: Choice): readonly Entry[] {
  return [
    ...vaec(threads),
    ...threads.flatMap((count) => pyTorch(count, python)),
    ...pyTorchOnCuda(python),
    ...jax(python),
    ...jaxJs(threads),
    ...tensorFlow(),
  ];
}

function vaec(threads: readonly number[]): readonly Entry[] {
  const entry = (name: string, place: Place, count?: number): Entry => ({
    name,
    family: 'vaec',
    place,
    ...(count !== undefined && { threads: count }),
    command: (fixture, data) => script('vaec.ts', [fixture, data, place, `${count ?? 1}`]),
  });
  return [entry('vaec webgpu', 'webgpu'), ...threads.map((n) => entry(`vaec cpu, ${counted(n, 'thread')}`, 'cpu', n))];
}

/**
 * The fastest of these is the peer. Its threads must not spin against each other, and its BLAS shall choose its own
 * kernels for the processor, whatever the environment says of either.
 */
function pyTorch(threads: number, { python, coretype }: Omit<Choice, 'threads'>): readonly Entry[] {
  // One thread runs the same in both builds of OpenBLAS; with several, the one that shares PyTorch's own pool may win.
  const builds = threads === 1 ? [undefined] : [undefined, ...openMpBuilds()];
  return builds.flatMap((build) =>
    [[], ['foreach'], ['jit'], ['jit', 'foreach']].map((modes): Entry => ({
      name: ['PyTorch', counted(threads, 'thread'), ...modes, ...(build ? ['openmp'] : [])].join(', '),
      family: 'PyTorch',
      place: 'cpu',
      threads,
      command: (fixture) => ({
        file: python,
        args: [here('pytorch.py'), fixture, here('../workloads'), 'cpu', `${threads}`, ...modes],
        env: {
          OMP_WAIT_POLICY: 'passive',
          OMP_NUM_THREADS: `${threads}`,
          OPENBLAS_NUM_THREADS: `${threads}`,
          OPENBLAS_CORETYPE: coretype,
          ...(build !== undefined && { LD_LIBRARY_PATH: build }),
        },
      }),
    })),
  );
}

function pyTorchOnCuda({ python }: Omit<Choice, 'threads'>): readonly Entry[] {
  return [[], ['fused'], ['compile', 'fused'], ['graph', 'fused'], ['compile', 'graph', 'fused']].map(
    (modes): Entry => ({
      name: ['PyTorch cuda', ...(modes.length === 0 ? ['eager'] : modes)].join(', '),
      family: 'PyTorch',
      place: 'cuda',
      ...(modes.includes('compile') && { patience: 300 }),
      command: (fixture) => ({
        file: python,
        args: [here('pytorch.py'), fixture, here('../workloads'), 'cuda', '1', ...modes],
      }),
    }),
  );
}

function jax({ python }: Omit<Choice, 'threads'>): readonly Entry[] {
  return (['cpu', 'cuda'] as const).map((place): Entry => ({
    name: `JAX ${place}`,
    family: 'JAX',
    place,
    command: (fixture) => ({ file: python, args: [here('jax_jit.py'), fixture, here('../workloads'), place] }),
  }));
}

/** Folders of Debian's OpenBLAS that is built on OpenMP, where it is installed beside another. */
function openMpBuilds(): readonly string[] {
  try {
    const folders = readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`);
    return folders.flatMap((folder) => {
      const names = folder.endsWith('-linux-gnu') ? readdirSync(folder) : [];
      return names.includes('openblas-openmp') && names.includes('openblas-pthread')
        ? [`${folder}/openblas-openmp`]
        : [];
    });
  } catch {
    return [];
  }
}

function jaxJs(threads: readonly number[]): readonly Entry[] {
  const entry = (name: string, place: Place, args: readonly string[]): Entry => ({
    name,
    family: 'jax-js',
    place,
    command: (fixture) => script('jax-js.ts', [fixture, ...args]),
  });
  const workers = threads.filter((count) => count > 1);
  return [
    entry('jax-js wasm', 'cpu', ['wasm']),
    ...workers.map((count) => entry(`jax-js wasm, ${count} workers`, 'cpu', ['wasm', `${count}`])),
    entry('jax-js webgpu', 'webgpu', ['webgpu']),
  ];
}

function tensorFlow(): readonly Entry[] {
  return (['wasm', 'webgpu'] as const).map((backend) => ({
    name: `TensorFlow.js ${backend}`,
    family: 'TensorFlow.js',
    place: backend === 'wasm' ? 'cpu' : 'webgpu',
    command: (fixture) => script('tensorflow.ts', [fixture, backend]),
  }));
}

function script(name: string, args: readonly string[]): Command {
  return { file: process.execPath, args: ['--import', 'tsx', here(name), ...args] };
}

function counted(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
