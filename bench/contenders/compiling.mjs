/**
 * `compiling.mjs DIST SPEC PROFILE TIMES` compiles a spec that often in one process by the built compiler, and prints the
 * milliseconds of each as a list: from the spec's text to kernels and plan, without loading the compiler. The process is
 * set as that of a command.
 */
import { performance } from 'node:perf_hooks';

const [, , dist, spec, profile, times] = process.argv;
const { optimiseLate } = await import(`${dist}/cli/engine.js`);
const { compile } = await import(`${dist}/compiler/index.js`);
const { diskSources } = await import(`${dist}/runtime/spec-sources.js`);
optimiseLate();
const taken = [];
for (let i = 0; i < Number(times); i++) {
  const begin = performance.now();
  const { compiled } = compile({ entry: spec, host: diskSources(), profile });
  taken.push(performance.now() - begin);
  if (compiled === undefined) throw new Error(`${spec} does not compile`);
}
console.log(JSON.stringify(taken));
