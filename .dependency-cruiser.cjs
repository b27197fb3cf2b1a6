/** The layers point one way: grammar <- compiler <- runtime <- cli. */
const layers = ['grammar', 'compiler', 'runtime', 'cli'];

/** A rule for each layer: nothing in it imports a layer above, not even a type. */
const upward = layers.slice(0, -1).map((layer, i) => ({
  name: `${layer}-imports-nothing-above`,
  severity: 'error',
  comment: `${layer} is imported by ${layers[i + 1]}, never the other way round`,
  from: { path: `^${layer}/` },
  to: { path: `^(${layers.slice(i + 1).join('|')})/` },
}));

/** Phases of the compiler, and which of them each may read: `4-tensor` and `5-kernel` are also languages of later ones. */
const reads = {
  '1-syntax': [],
  '2-check': ['1-syntax', '4-tensor'],
  '3-model': ['1-syntax', '2-check', '4-tensor'],
  '4-tensor': [],
  '5-kernel': ['4-tensor'],
  '6-emit': ['4-tensor', '5-kernel'],
};
const phases = Object.entries(reads).map(([phase, allowed]) => ({
  name: `${phase}-reads-only-what-comes-before`,
  severity: 'error',
  comment: `${phase} reads ${['itself', ...allowed].join(', ')}`,
  from: { path: `^compiler/${phase}/` },
  to: { path: '^compiler/[1-6]-', pathNot: `^compiler/(${[phase, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...upward,
    ...phases,
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { path: `^(${layers.join('|')})/` },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'compiler-runs-anywhere',
      severity: 'error',
      comment: 'sources are handed in and text is handed out, so that the compiler runs in a browser too',
      from: { path: '^(grammar|compiler)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'compiler-knows-no-device',
      severity: 'error',
      from: { path: '^(grammar|compiler)/' },
      to: { path: 'node_modules/(webgpu|@webgpu|commander|csv-parse)/' },
    },
    {
      name: 'ts-morph-only-in-the-emitter',
      severity: 'error',
      comment: 'it costs a third of a second to load: only where model.ts is written, and there lazily',
      from: { pathNot: '^(compiler/6-emit/glue\\.ts$|node_modules/)' },
      to: { path: 'node_modules/ts-morph/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'a cycle that types alone close (an op and the builder that its rule calls) costs nothing and is fine',
      from: { path: `^(${layers.join('|')})/` },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    progress: { type: 'none' },
  },
};
