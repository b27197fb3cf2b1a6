/**
 * vaec as a contender: `vaec.ts FIXTURE DATA DEVICE THREADS [timed]`; DEVICE is webgpu or cpu, THREADS of no consequence on
 * webgpu. Timed, it can tell the time of each kernel, and is slower.
 */
import { version } from '../../cli/version.ts';
import { compile } from '../../compiler/compile.ts';
import type { Plan } from '../../compiler/5-kernel/plan.ts';
import { EnvironmentError, openModel } from '../../runtime/index.ts';
import { diskSources } from '../../runtime/spec-sources.ts';
import { readFixture } from './fixture.ts';
import { type Contender, Missing, serve } from './serve.ts';
import { openTarget, type Target } from './vaec-target.ts';

const [, , fixture = '', data = '', place = '', threads = '1', timed] = process.argv;

/** Steps that a profile is the mean of. */
const profiled = 40;

await serve(async (): Promise<Contender> => {
  const { spec, index } = readFixture(fixture);
  const { hypers, sampling, seed } = index;
  const target = await open();
  const { report } = target.device;
  const { compiled } = compile({
    entry: spec,
    host: diskSources(),
    profile: report.profile,
    hypers,
    ...(sampling && { samples: { [sampling.program]: sampling.latents.shape[0]! } }),
  });
  if (compiled === undefined) throw new Error(`${index.workload} does not compile`);
  const { kernels: sources, modules } = compiled;
  const plan = withoutTracking(compiled.plan);
  const training = plan.programs.find((program) => program.kind === 'train')!;
  const model = await openModel({
    plan,
    sources,
    ...(modules && { modules }),
    data: { folder: data },
    device: target.device,
    seed,
  });
  const objectives: number[] = [];
  const train = (steps: number) =>
    model.train({
      steps: model.step + steps,
      onEvent: (event) => event.kind === 'progress' && objectives.push(event.objective),
    });
  return {
    version: version(),
    device: report.description,
    notes: [
      `profile ${plan.profile}`,
      `${training.dispatches.length} dispatches a step`,
      ...(report.target === 'cpu' ? [`SIMD ${report.simd}`] : []),
    ],
    async losses() {
      for (let step = 0; step < index.batches.shape[0]!; step++) await train(1);
      return objectives.map((objective) => (training.sense === 'maximize' ? -objective : objective));
    },
    async steps(count) {
      await train(count);
    },
    // What is drawn is the fixture's latents: they are drawn again in the kernels, by the same seed.
    ...(sampling && {
      sampling: {
        draws: sampling.latents.shape[0]!,
        images: async () => (await model.sample(`sample.${sampling.program}`)).values,
      },
    }),
    profile: () => target.times(training, train, profiled),
  };
});

async function open(): Promise<Target> {
  try {
    return await openTarget(place, Number(threads), timed === 'timed');
  } catch (error) {
    if (error instanceof EnvironmentError) throw new Missing(error.message);
    throw error;
  }
}

/** Evaluations have no place in a step's time. */
function withoutTracking(plan: Plan): Plan {
  return { ...plan, programs: plan.programs.map((one) => (one.kind === 'train' ? { ...one, track: [] } : one)) };
}
