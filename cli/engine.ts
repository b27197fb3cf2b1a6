/** V8 as a command wants it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Lets V8 optimise a function only after it has run several times as long as by default. A command goes through
 * thousands of functions of the compiler a few times each: optimised as they are by default, they take as much processor
 * time again, of a core that the driver's compiler or our threads want. What runs for seconds is optimised all the same.
 * To be called before the work begins.
 */
export function optimiseLate(): void {
  setFlagsFromString('--interrupt-budget=500000');
}

/**
 * Gives back what is held no more. V8 collects when memory is asked for, and training asks for little: what the compiler and
 * the loader have left, the data among it, would stay resident as long as the run.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}
