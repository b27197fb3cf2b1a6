/** What the checker says: names, types, shapes, supports, densities, programs. */
import { error, note, warning } from './entry.ts';

export const checkMessages = {
  // ---- files and names -------------------------------------------------------------------------------------------
  'file-not-found': error(
    (p: { what: string; hint: string }) => `cannot read ${p.what}${p.hint || '; check the path'}`,
  ),
  'unusable-run': error((p: { path: string; problem: string }) => `cannot use the run "${p.path}": ${p.problem}`),
  'cyclic-use': error(
    (p: { path: string }) => `"${p.path}" uses itself through this file; remove one of the two 'use'`,
  ),
  'duplicate-name': error((p: { name: string }) => `'${p.name}' is declared twice; rename one of the two`),
  'import-clash': error(
    (p: { name: string; first: string; second: string }) =>
      `'${p.name}' comes from both ${p.first} and ${p.second}; declare it here or drop one 'use'`,
  ),
  'shadowed-import': note((p: { name: string; from: string }) => `'${p.name}' replaces the one from ${p.from}`),
  'unknown-name': error((p: { name: string; hint: string }) => `nothing here is called '${p.name}'${p.hint}`),
  'unknown-member': error((p: { name: string; of: string; hint: string }) => `${p.of} has no '${p.name}'${p.hint}`),
  'unused-hyper': error((p: { name: string }) => `the hyper '${p.name}' reaches no program; use it or remove it`),
  'unused-n': warning(
    (p: { name: string; given: number; n: number }) =>
      `nothing that '${p.name}' returns is drawn, so it gives ${p.given === 1 ? 'one value' : `${p.given} values`}, not ` +
      `n = ${p.n}; draw something, use 'n' in a list, '[… for i in 0..n-1]', or leave 'n' out`,
  ),
  unreached: warning(
    (p: { what: string; name: string }) =>
      `no program reaches the ${p.what} '${p.name}', so its shapes were not checked; use it or remove it`,
  ),
  'no-program': note(
    () => "there is no program here ('train', 'evaluate' or 'sample'), so names were checked and shapes were not",
  ),
  'unknown-hyper': error((p: { name: string; hint: string }) => `--set: the spec has no hyper '${p.name}'${p.hint}`),
  'invalid-hyper-value': error(
    (p: { name: string; value: string; needed: string }) =>
      `--set: '${p.value}' is no value for the hyper '${p.name}'; give ${p.needed}`,
  ),
  // ---- arguments -------------------------------------------------------------------------------------------------
  'missing-argument': error((p: { of: string; name: string }) => `${p.of} needs '${p.name}'`),
  'unknown-argument': error(
    (p: { of: string; name: string; hint: string }) => `${p.of} has no argument '${p.name}'${p.hint}`,
  ),
  'too-many-arguments': error(
    (p: { of: string; limit: number }) => `${p.of} takes at most ${p.limit} argument${p.limit === 1 ? '' : 's'}`,
  ),
  'repeated-argument': error((p: { name: string }) => `the argument '${p.name}' is given twice; remove one`),
  'not-callable': error(
    (p: { found: string }) => `${p.found} cannot be called; write '*' to multiply, or the name of a function`,
  ),
  'recursive-call': error((p: { name: string }) => `'${p.name}' calls itself; a spec has no recursion`),
  // ---- types and shapes ------------------------------------------------------------------------------------------
  'wrong-type': error((p: { expected: string; found: string }) => `expected ${p.expected}, found ${p.found}`),
  'unknown-type': error((p: { name: string; hint: string }) => `'${p.name}' is no type${p.hint}`),
  'not-static': error(
    (p: { what: string }) => `${p.what} must be known when compiling; write a number or a hyper with a fixed value`,
  ),
  'not-positive-integer': error(
    (p: { what: string; least: number; found: string }) =>
      `${p.what} must be a whole number of at least ${p.least}, not ${p.found}`,
  ),
  'shape-mismatch': error(
    (p: { left: string; right: string; of: string }) =>
      `the shapes ${p.left} and ${p.right} do not match in ${p.of}; give both one shape`,
  ),
  'layer-input': error((p: { message: string }) => p.message),
  'optimizer-arguments': error((p: { message: string }) => p.message),
  'net-reshaped': error(
    (p: { path: string; first: string; second: string }) =>
      `${p.path} is ${p.first} in one call of its net and ${p.second} in another; give both inputs one shape`,
  ),
  'missing-return': error((p: { name: string }) => `'${p.name}' returns nothing; end it with 'return …'`),
  'unknown-result': error((p: { name: string; of: string; hint: string }) => `${p.of} returns no '${p.name}'${p.hint}`),
  'assigned-twice': error((p: { name: string }) => `'${p.name}' is assigned twice; names are assigned once`),
  'division-by-zero': error(() => 'this divides by a fixed zero; divide by another number'),
  'non-finite-constant': error((p: { value: string }) => `this is ${p.value}, which no kernel can compute with`),
  // ---- supports --------------------------------------------------------------------------------------------------
  'outside-support': error(
    (p: { value: string; found: string; of: string; expected: string; hint: string }) =>
      `${p.value} is ${p.found}, but ${p.of} lies in ${p.expected}${p.hint}`,
  ),
  'grey-bernoulli': warning(
    () =>
      'grey values under a Bernoulli: the bound is not comparable with one on binary data; binarize the field to compare',
  ),
  'parameter-support': error(
    (p: { name: string; of: string; found: string; expected: string; hint: string }) =>
      `'${p.name}' of ${p.of} must be ${p.expected}, found ${p.found}${p.hint}`,
  ),
  'guide-support': error(
    (p: { variable: string; q: string; p: string }) =>
      `the guide's ${p.q} may draw '${p.variable}' where the model's ${p.p} has no density; choose a family within it`,
  ),
  // ---- densities -------------------------------------------------------------------------------------------------
  'bare-density': error((p: { text: string }) => `a density is not a number; write 'log ${p.text}' for its logarithm`),
  'unknown-variable': error(
    (p: { name: string; model: string; hint: string }) => `${p.model} draws no '${p.name}'${p.hint}`,
  ),
  'intractable-marginal': error(
    (p: { text: string; latent: string }) =>
      `${p.text} integrates over '${p.latent}', which has no closed form; bound it instead, as elbo(p, q) or iwelbo(p, q) do`,
  ),
  'intractable-posterior': error(
    (p: { text: string; latent: string; observed: string }) =>
      `${p.text} is a posterior: '${p.observed}' depends on '${p.latent}' in the model; use a guide, as elbo(p, q) does`,
  ),
  'missing-observation': error(
    (p: { model: string; name: string }) => `${p.model} needs '${p.name}'; give it behind the bar`,
  ),
  'unobserved-variable': error(
    (p: { name: string; model: string; data: string }) =>
      `${p.model} draws '${p.name}', which the guide does not draw and ${p.data} does not hold; add it to one of them`,
  ),
  'nothing-drawn': error(
    (p: { text: string; model: string }) => `${p.text} speaks of no variable: ${p.model} draws none in this role`,
  ),
  'draw-name-mismatch': error(
    (p: { names: string; density: string; drawn: string }) =>
      `${p.names} stands before '~', where ${p.density} draws ${p.drawn}; write what it draws`,
  ),
  'undrawn-latent': error(
    (p: { name: string; model: string }) =>
      `${p.model} draws '${p.name}', which the guide does not; add '${p.name} ~ …' to the guide`,
  ),
  'estimate-under-nonlinearity': error(
    (p: { of: string; function: string; advice: string }) => `${p.of} inside ${p.function} is biased; ${p.advice}`,
  ),
  'unreduced-index': error(
    (p: { index: string }) => `this still varies with '${p.index}'; reduce it, as logmeanexp[${p.index}](…) does`,
  ),
  'index-unused': error((p: { index: string; instead: string }) => `this does not vary with ${p.index}; ${p.instead}`),
  'no-pathwise-gradient': error(
    (p: { variable: string; family: string }) =>
      `'${p.variable}' is drawn from a ${p.family}, whose draws have no pathwise gradient; a continuous family such as Normal has one`,
  ),
  'coupled-draw': error((p: { why: string }) => `'coupled' pairs the draws of a batch with its rows, ${p.why}`),
  'spread-draw': error((p: { by: string; why: string }) => `'by ${p.by}' spreads the draws of a batch, ${p.why}`),
  'batch-mean-inside': error(
    () => "'batch_mean' inside a nonlinear function of each example; take it outside, or average there first",
  ),
  'derived-field': error(
    (p: { name: string; but: string }) =>
      `the derived field '${p.name}' is computed once, from its row, before training; ${p.but}`,
  ),
  // ---- programs --------------------------------------------------------------------------------------------------
  'not-an-objective': error((p: { found: string }) => `an objective is a number for each example, found ${p.found}`),
  'missing-clause': error((p: { clause: string; of: string }) => `${p.of} needs '${p.clause}'`),
  'repeated-clause': error((p: { clause: string }) => `'${p.clause}' stands twice; remove one`),
  'data-made-unlikely': warning(
    (p: { sense: 'maximize' | 'minimize'; other: 'maximize' | 'minimize' }) =>
      `to ${p.sense} this makes the data less likely: it ${p.sense === 'minimize' ? 'rises' : 'falls'} with their log-density; write '${p.other}', unless that is meant`,
  ),
  'nothing-to-train': error(() => 'this objective reaches no parameter; put a net or a param into the model or guide'),
  'unknown-split': error(
    (p: { name: string; set: string; hint: string }) => `the data set ${p.set} has no part '${p.name}'${p.hint}`,
  ),
  'loop-carries-nothing': error(
    () => "this loop changes nothing that is read after it; write 'carry' before what it gives anew, 'carry x ~ …'",
  ),
  'no-result': error(
    (p: { found: string }) =>
      `a sample returns numbers, not ${p.found}; return a draw, or a mean as 'mean p(x | z)' is`,
  ),
  'not-supported': error((p: { what: string; instead: string }) => `${p.what} is not supported yet${p.instead}`),
} as const;
