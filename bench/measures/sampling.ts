/** The time to draw 10,000 pictures from the prior: the same latents decoded by everyone, the pictures read. */
import { comparisons } from '../harness/compare.ts';
import { wantedContenders, withField } from '../harness/contestants.ts';
import { withFixture } from '../harness/fixture.ts';
import { meanPixels, samplesChecked } from '../harness/protocol.ts';
import { race } from '../harness/race.ts';
import { openSubject } from '../harness/reference.ts';
import { dataOf, type Found, textOf } from '../harness/results.ts';
import { digits } from '../harness/table.ts';
import { mnistVae as workload } from '../workloads/mnist-vae/workload.ts';
import type { Measure } from './measure.ts';
import { secondsOfRace } from './step.ts';

const draws = 10_000;
/** How often a turn draws all of them, at most. */
const most = 5;
/** The spec's sample program. */
const program = 'prior';

export const sampling: Measure = {
  seconds(options) {
    const { length } = wantedContenders(options, 'sampling', workload.name);
    return length === 0 ? 0 : secondsOfRace(options, length);
  },

  async run(options, tell) {
    const entries = wantedContenders(options, 'sampling', workload.name);
    if (entries.length === 0) return undefined;
    tell(`sampling: ${workload.title}`);
    const { data, rounds } = options;
    const found = await withFixture(workload, { data, sampling: { program, draws } }, async ({ folder, spec }) => {
      // A draw does not depend on how many there are, so the first few tell for all.
      const few = await openSubject(workload, spec, data, { [program]: samplesChecked });
      const [pictures] = few.valuesAt(0, few.sampled(program), new Map());
      const right = meanPixels(pictures!, samplesChecked);
      const setting = { folder, data, question: { ask: 'pixels', right } } as const;
      return withField(entries, setting, tell, async ({ contestants, leftOut }): Promise<Found> => {
        const { timed, lost } = await race(contestants, rounds, { ask: 'images', most }, tell);
        return {
          workload: 'sampling',
          head: `sampling: ${draws} pictures of the ${workload.title}, rounds: ${rounds}`,
          times: 'milliseconds for all',
          rate: ['a second', (milliseconds) => digits((1000 * draws) / milliseconds)],
          right,
          timed,
          compared: comparisons(timed, false),
          leftOut: [...leftOut, ...lost],
        };
      });
    });
    return { measure: 'sampling', text: textOf(found), data: [dataOf(found)] };
  },
};
