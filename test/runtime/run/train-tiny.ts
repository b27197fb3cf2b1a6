/** A process of its own that trains the tiny plan into a folder: `train-tiny.ts OUT STEPS`, to be killed and resumed. */
import { openModel } from '../../../runtime/model.ts';
import { tinyCompiled, tinyData } from '../../support/tiny-plan.ts';

const [out = '', steps = ''] = process.argv.slice(2);
const model = await openModel({ ...tinyCompiled, sets: tinyData() });
await model.train({
  out,
  resume: true,
  steps: Number(steps),
  checkpointSeconds: 0.02,
  onEvent: ({ kind }) => {
    if (kind === 'begin') process.stdout.write('begun\n');
  },
});
model.close();
