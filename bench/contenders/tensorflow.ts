/** TensorFlow.js as a contender: `tensorflow.ts FIXTURE DEVICE`; DEVICE is wasm or webgpu. A step is one tf.tidy. */
import { cpus } from 'node:os';
import type { Tensor } from '@tensorflow/tfjs';
import { provideWebGpu } from './dawn.ts';
import type { FixtureDraw, FixtureTensor } from '../harness/fixture.ts';
import { ofStep, readFixture } from './fixture.ts';
import { type Contender, Missing, ReadPace, serve } from './serve.ts';

const [, , fixture = '', device = ''] = process.argv;

/** Tensors by name. */
type Parameters = Readonly<Record<string, Tensor>>;

/** A workload's. */
interface Mathematics {
  loss(p: Parameters, x: Tensor, draws: Parameters): Tensor;
  /** What is drawn from latents. */
  pictures?(p: Parameters, z: Tensor): Tensor;
  /** How a parameter of the fixture is kept, where it is in another way. */
  kept?(name: string, value: Tensor): Tensor;
}

await serve(async (): Promise<Contender> => {
  const { index, values } = readFixture(fixture);
  const adapter = device === 'webgpu' ? await provideWebGpu() : undefined;
  const tf = await import('@tensorflow/tfjs');
  await (device === 'webgpu' ? import('@tensorflow/tfjs-backend-webgpu') : import('@tensorflow/tfjs-backend-wasm'));
  if (!(await tf.setBackend(device))) throw new Missing(`TensorFlow.js has no ${device} here`);
  await tf.ready();
  const { loss, pictures, kept } = (await import(`../workloads/${index.mathematics}/tensorflow.ts`)) as Mathematics;
  const tensor = (one: FixtureTensor): Tensor => tf.tensor(values(one), [...one.shape]);
  const parameters = Object.fromEntries(
    index.parameters.map((one) => [one.name, tf.variable(kept?.(one.name, tensor(one)) ?? tensor(one))]),
  );
  const variables = Object.values(parameters);
  const batch = tensor(ofStep(index.batches, 0));
  const optimizer = tf.train.adam(index.learningRate, 0.9, 0.999, 1e-8);
  let last: Tensor | undefined;
  const drawn = (make: (one: FixtureDraw) => Tensor): Parameters =>
    Object.fromEntries(index.draws.map((one) => [one.name, make(one)]));
  const fresh = ({ kind, shape }: FixtureDraw): Tensor =>
    kind === 'standard_normal' ? tf.randomNormal(shape.slice(1)) : tf.randomUniform(shape.slice(1));
  const advance = (x: Tensor, make: (one: FixtureDraw) => Tensor): void => {
    last?.dispose();
    last = tf.tidy(() => {
      const draws = drawn(make);
      return optimizer.minimize(() => loss(parameters, x, draws), true, variables)!;
    });
  };
  const read = async (): Promise<number> => (await last!.data())[0]!;
  const pace = new ReadPace();
  const latents = index.sampling && tensor(index.sampling.latents);
  const images = async (): Promise<Float32Array> => {
    const drawn = tf.tidy(() => pictures!(parameters, latents!));
    const numbers = await drawn.data();
    drawn.dispose();
    return numbers;
  };
  return {
    version: tf.version.tfjs,
    device: adapter ?? cpus()[0]!.model,
    notes: device === 'wasm' ? ['SIMD, one thread: TensorFlow.js has no threads under Node'] : [],
    async losses() {
      const losses: number[] = [];
      for (let i = 0; i < index.batches.shape[0]!; i++) {
        advance(tensor(ofStep(index.batches, i)), (one) => tensor(ofStep(one, i)));
        losses.push(await read());
      }
      return losses;
    },
    ...(pictures && latents && { sampling: { draws: latents.shape[0]!, images } }),
    steps: (count) => pace.run(count, () => advance(batch, fresh), read),
  };
});
