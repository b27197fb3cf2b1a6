/** Samples of which nothing is drawn: they give what they give, and more is refused with the reason. */
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../runtime/errors.ts';
import { openText } from '../../support/opened.ts';
import { openTestTargets } from '../../support/targets.ts';

const text = `
data d { x : real[2]  source gaussian_mixture(n: 1, seed: 1, centers: [[2, 4]], stds: [0]) }
sample row(a: d, n = 8) { return 2 * a.x }
sample line(n = 3) { z = [1, 2]  return [z * i for i in 0..n-1] }
`;
const targets = await openTestTargets();

describe.each(targets)('$target', ({ target, device }) => {
  test.skipIf(device === undefined)('a sample that draws nothing', async () => {
    const model = await openText(text, target, device!);
    const row = await model.sample('sample.row', { n: 1 });
    expect(row).toMatchObject({ shape: [1, 2], values: Float32Array.of(4, 8) });
    expect((await model.sample('sample.line')).values).toEqual(Float32Array.of(0, 0, 1, 2, 2, 4));
    const reason = 'nothing that it returns is drawn, so more would be the same';
    await expect(model.sample('sample.row', { n: 16 })).rejects.toThrow(
      new UsageError(
        `"row" gives 1 and cannot give 16: ${reason}; draw something, or compile with n = 16 if it returns a list that is n long`,
      ),
    );
    await expect(model.sample('sample.line', { n: 5 })).rejects.toThrow(`"line" gives 3 and cannot give 5: ${reason}`);
    model.close();
  });
});
