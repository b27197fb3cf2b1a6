import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForInterrupt } from '../../cli/interrupt.ts';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

test('the first signal asks, the second ends the process, and after release neither is heard', () => {
  const target = new FakeProcess();
  let asked = 0;
  const { signal, release } = listenForInterrupt(() => asked++, target);
  target.emit('SIGINT');
  expect([signal.aborted, asked, target.exits]).toEqual([true, 1, []]);
  target.emit('SIGTERM');
  expect([asked, target.exits]).toEqual([1, [130]]);
  release();
  expect(target.listenerCount('SIGINT') + target.listenerCount('SIGTERM')).toBe(0);
});
