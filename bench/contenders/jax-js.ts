/**
 * jax-js as a contender: `jax-js.ts FIXTURE DEVICE [THREADS]`; DEVICE is wasm or webgpu, THREADS gives wasm a browser's
 * workers. The whole step, noise and Adam included, is one function under jit.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Array } from '@jax-js/jax';
import { provideWorkers } from './browser-worker.ts';
import { provideWebGpu } from './dawn.ts';
import type { FixtureTensor } from '../harness/fixture.ts';
import { ofStep, readFixture } from './fixture.ts';
import { type Contender, Missing, ReadPace, serve } from './serve.ts';

const [, , fixture = '', device = '', threads] = process.argv;

/** Arrays by name. */
type Parameters = Record<string, Array>;
/** A training step under jit: the loss and the next state. */
type Step<Drawn> = (state: State, x: Array, drawn: Drawn, rate: Array) => unknown;
type State = { parameters: Parameters; m: Parameters; v: Parameters };

/** A workload's. */
interface Mathematics {
  loss(p: Parameters, x: Array, draws: Parameters): Array;
  /** What is drawn from latents. */
  pictures?(p: Parameters, z: Array): Array;
  /** How a parameter of the fixture is kept, where it is in another way. */
  kept?(name: string, value: Array): Array;
}

await serve(async (): Promise<Contender> => {
  const { index, values } = readFixture(fixture);
  const adapter = device === 'webgpu' ? await provideWebGpu() : undefined;
  if (threads !== undefined) provideWorkers(Number(threads));
  const { defaultDevice, init, jit, numpy: np, random, valueAndGrad } = await import('@jax-js/jax');
  const { loss, pictures, kept } = (await import(`../workloads/${index.mathematics}/jax-js.ts`)) as Mathematics;
  if (!(await init(device as 'wasm')).includes(device as 'wasm')) throw new Missing(`jax-js has no ${device} here`);
  defaultDevice(device as 'wasm');

  const tensor = (one: FixtureTensor): Array => np.array(values(one)).reshape([...one.shape]);
  const batch = tensor(ofStep(index.batches, 0));
  const parameters: Parameters = Object.fromEntries(
    index.parameters.map((one) => [one.name, kept?.(one.name, tensor(one)) ?? tensor(one)]),
  );
  const zeros = (): Parameters =>
    Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, np.zeros([...shape])]));
  let state: State = { parameters, m: zeros(), v: zeros() };
  let step = 0;
  let last: Array | undefined;

  /** `rate`: [step size, root of the second moment's correction], as the host computes them for every step. */
  const update = (gradient: Parameters, { parameters, m, v }: State, rate: Array): State => {
    const [size, root] = np.split(rate, 2) as [Array, Array];
    const next: State = { parameters: {}, m: {}, v: {} };
    for (const name of Object.keys(parameters)) {
      const g = gradient[name]!;
      const mean = m[name]!.mul(0.9).add(g.ref.mul(0.1));
      const square = v[name]!.mul(0.999).add(np.square(g).mul(0.001));
      const change = mean.ref.div(np.sqrt(square.ref).div(root.ref).add(1e-8)).mul(size.ref);
      next.parameters[name] = parameters[name]!.sub(change);
      next.m[name] = mean;
      next.v[name] = square;
    }
    size.dispose();
    root.dispose();
    return next;
  };
  const shared = (arrays: Parameters): Parameters =>
    Object.fromEntries(Object.entries(arrays).map(([name, value]) => [name, value.ref]));
  const train = (state: State, x: Array, draws: Parameters, rate: Array): [Array, State] => {
    const [value, gradient] = valueAndGrad(loss)(shared(state.parameters), x, draws);
    return [value, update(gradient, state, rate)];
  };
  const given = jit(train);
  const drawing = jit((state: State, x: Array, seed: Array, rate: Array) => {
    const draws = index.draws.map(({ name, kind, shape }, i): [string, Array] => {
      const draw = kind === 'standard_normal' ? random.normal : random.uniform;
      // Seeds rise by as many as there are draws, so that no two of them share a key.
      return [name, draw(random.key(seed.ref.add(i)), shape.slice(1))];
    });
    seed.dispose();
    return train(state, x, Object.fromEntries(draws), rate);
  });
  const advance = <Drawn>(run: Step<Drawn>, x: Array, drawn: Drawn): void => {
    step++;
    last?.dispose();
    const size = index.learningRate / (1 - 0.9 ** step);
    const rate = np.array(Float32Array.of(size, Math.sqrt(1 - 0.999 ** step)));
    [last, state] = run(state, x, drawn, rate) as [Array, State];
  };
  const read = async (): Promise<number> => (await last!.ref.data())[0]!;
  const pace = new ReadPace();
  const decode = pictures && jit(pictures);
  const latents = index.sampling && tensor(index.sampling.latents);
  return {
    version: versionOf('@jax-js/jax'),
    device: adapter ?? cpus()[0]!.model,
    notes: threads === undefined ? [] : ['web workers lent to it, which Node does not have'],
    async losses() {
      const losses: number[] = [];
      for (let i = 0; i < index.batches.shape[0]!; i++) {
        const draws = index.draws.map((one): [string, Array] => [one.name, tensor(ofStep(one, i))]);
        advance(given, tensor(ofStep(index.batches, i)), Object.fromEntries(draws));
        losses.push(await read());
      }
      return losses;
    },
    ...(decode &&
      latents && {
        sampling: {
          draws: latents.shape[0]!,
          images: () => decode(shared(state.parameters), latents.ref).data(),
        },
      }),
    steps: (count) =>
      pace.run(
        count,
        () => advance(drawing, batch.ref, np.array(step * index.draws.length, { dtype: np.uint32 })),
        read,
      ),
  };
});

function versionOf(name: string): string {
  const path = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
