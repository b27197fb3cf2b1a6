/** Writes model.ts: a compiled spec as a typed module, so that a program trains and draws without naming a string. */
import type { ClassDeclarationStructure, InterfaceDeclarationStructure, OptionalKind } from 'ts-morph';
import { evaluationsOf } from '../5-kernel/evaluations.ts';
import type { Plan, PlanProgram } from '../5-kernel/plan.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import { describeEvaluation, describeSample, describeTraining, rowArguments } from './glue-text.ts';

type ProgramOf<Kind extends PlanProgram['kind']> = Extract<PlanProgram, { kind: Kind }>;
type Interface = OptionalKind<InterfaceDeclarationStructure>;

/** A sample program of the plan is called `sample.NAME`. */
const samplePrefix = 'sample.';

/**
 * The text of model.ts. Its only import is `vaec/runtime`; it reads plan.json and the kernels from its own folder. Loads
 * ts-morph and Prettier, which take some time, when it is called. Equal plans give equal bytes.
 */
export async function emitModule(plan: Plan): Promise<string> {
  const [{ Project }, prettier, typescript, estree] = await Promise.all([
    import('ts-morph'),
    import('prettier/standalone'),
    import('prettier/plugins/typescript'),
    import('prettier/plugins/estree'),
  ]);
  const project = new Project({ useInMemoryFileSystem: true });
  const file = project.createSourceFile('model.ts');
  const className = classNameOf(plan.spec.name);
  const programs = programsOf(plan);
  file.addStatements(`/**
 * ${plan.spec.name}.vae, compiled for the profile ${plan.profile}. Written by \`vaec compile\`; an edit here is lost.
 */`);
  file.addImportDeclaration({ moduleSpecifier: 'vaec/runtime', namedImports: importsOf(programs) });
  file.addInterfaces([
    ...evaluationInterfaces(programs.evaluations),
    parametersInterface(plan),
    ...optionInterfaces(plan),
  ]);
  file.addClass(modelClass(className, plan, programs));
  file.addFunction({
    isExported: true,
    isAsync: true,
    name: 'open',
    docs: ['Opens the spec with freshly drawn parameters. Throws an EnvironmentError where no device is found.'],
    parameters: [{ name: 'options', type: 'Options', initializer: '{}' }],
    returnType: `Promise<${className}>`,
    statements: [
      "const { folder = new URL('.', import.meta.url), ...rest } = options;",
      `return new ${className}(await openModel({ ...(await readCompiled(folder)), ...rest }));`,
    ],
  });
  const plugins = [typescript, estree] as const;
  return prettier.format(file.getFullText(), {
    parser: 'typescript',
    plugins: [...plugins],
    printWidth: 120,
    singleQuote: true,
  });
}

interface Programs {
  readonly training: ProgramOf<'train'> | undefined;
  /** Those of the spec's `evaluate` blocks, then those that training tracks. */
  readonly evaluations: readonly ProgramOf<'evaluate'>[];
  readonly samples: readonly ProgramOf<'sample'>[];
}

function programsOf({ programs }: Plan): Programs {
  const of = <Kind extends PlanProgram['kind']>(kind: Kind) =>
    programs.filter((program): program is ProgramOf<Kind> => program.kind === kind);
  const [training] = of('train');
  const { own, tracked } = evaluationsOf({ programs });
  return { training, evaluations: [...own, ...tracked], samples: of('sample') };
}

function importsOf({ training, evaluations, samples }: Programs) {
  const types = [
    'Model',
    'ModelOptions',
    ...(training ? ['TrainOptions', 'TrainOutcome'] : []),
    ...(evaluations.length > 0 ? ['ReportValue'] : []),
    ...(samples.length > 0 ? ['Sample'] : []),
  ].sort();
  return [{ name: 'openModel' }, { name: 'readCompiled' }, ...types.map((name) => ({ name, isTypeOnly: true }))];
}

/** `export interface Evaluate { 'elbo(p, q)': …; 'kl_per_dim(q, p)': … }`. */
function evaluationInterfaces(evaluations: Programs['evaluations']): readonly Interface[] {
  return evaluations.map((program) => ({
    isExported: true,
    name: classNameOf(program.name),
    docs: [describeEvaluation(program)],
    properties: distinctReports(program).map(({ text, unit, finish }) => ({
      name: quoted(text),
      isReadonly: true,
      type: `Extract<ReportValue, { kind: '${isVector(finish) ? 'vector' : 'number'}' }>`,
      docs: unit === '' ? [] : [`${unit}.`],
    })),
  }));
}

type Report = ProgramOf<'evaluate'>['reports'][number];

/** Reports by their texts, which name them; a text that stands twice is the same report. */
function distinctReports({ reports }: ProgramOf<'evaluate'>): readonly Report[] {
  return reports.filter(({ text }, i) => reports.findIndex((other) => other.text === text) === i);
}

function isVector(finish: Report['finish']): boolean {
  return finish.kind === 'mean-vector' || (finish.kind === 'expression' && sizeOf(finish.output.shape) > 1);
}

function parametersInterface({ layout }: Plan): Interface {
  return {
    isExported: true,
    name: 'Parameters',
    docs: ['The trainable tensors by path, row major; a constrained one by its free numbers.'],
    properties: layout.parameters.map(({ path, shape, constraint }) => ({
      name: quoted(path),
      isReadonly: true,
      type: 'Float32Array',
      docs: [`[${shape.join(', ')}]${constraint === 'real' ? '' : `, kept ${constraint} by a bijection`}`],
    })),
  };
}

function optionInterfaces(plan: Plan): readonly Interface[] {
  const dynamic = plan.hypers.filter((hyper) => !hyper.static);
  const hypers: Interface = {
    isExported: true,
    name: 'Hypers',
    docs: ['Other values for the hypers that do not shape the kernels.'],
    properties: dynamic.map(({ name }) => ({ name, isReadonly: true, hasQuestionToken: true, type: 'number' })),
  };
  const options: Interface = {
    isExported: true,
    name: 'Options',
    extends: [`Omit<ModelOptions, 'plan' | 'sources' | 'hypers'>`],
    properties: [
      {
        name: 'folder',
        isReadonly: true,
        hasQuestionToken: true,
        type: 'string | URL',
        docs: ['Where plan.json and the kernels lie; beside this module where absent.'],
      },
      ...(dynamic.length > 0 ? [{ name: 'hypers', isReadonly: true, hasQuestionToken: true, type: 'Hypers' }] : []),
    ],
  };
  return dynamic.length > 0 ? [hypers, options] : [options];
}

function modelClass(
  name: string,
  plan: Plan,
  { training, evaluations, samples }: Programs,
): OptionalKind<ClassDeclarationStructure> {
  const methods: NonNullable<ClassDeclarationStructure['methods']> = [];
  if (training !== undefined) {
    methods.push({
      name: 'train',
      docs: [describeTraining(training)],
      parameters: [{ name: 'options', type: 'TrainOptions', initializer: '{}' }],
      returnType: 'Promise<TrainOutcome>',
      statements: ['return this.model.train(options);'],
    });
  }
  for (const program of evaluations) {
    const result = classNameOf(program.name);
    methods.push({
      name: program.name,
      isAsync: true,
      docs: [describeEvaluation(program)],
      parameters: [{ name: 'options', type: '{ readonly seed?: number }', initializer: '{}' }],
      returnType: `Promise<${result}>`,
      statements: [
        `const { reports } = await this.model.evaluate('${program.name}', options);`,
        `return Object.fromEntries(reports.map((report) => [report.text, report])) as unknown as ${result};`,
      ],
    });
  }
  methods.push(
    {
      name: 'parameters',
      isAsync: true,
      docs: ['Copies of the trainable tensors.'],
      returnType: 'Promise<Parameters>',
      statements: [
        'const tensors = [...(await this.model.parameters())].map(([path, { data }]) => [path, data]);',
        'return Object.fromEntries(tensors) as Parameters;',
      ],
    },
    {
      name: 'setParameters',
      docs: ['Replaces the tensors that are named; the others stay. Throws a UsageError for a wrong size.'],
      parameters: [{ name: 'values', type: 'Partial<Parameters>' }],
      returnType: 'Promise<void>',
      statements: ['return this.model.setParameters(new Map(Object.entries(values)));'],
    },
    {
      name: 'close',
      docs: ["Frees the device's memory, and closes the device unless it was handed in."],
      returnType: 'void',
      statements: ['this.model.close();'],
    },
  );
  return {
    isExported: true,
    name,
    docs: [`${plan.spec.name}.vae on a device. \`model\` does the same by the names of programs, and checkpoints.`],
    properties: [
      { name: 'model', isReadonly: true, type: 'Model' },
      ...(samples.length > 0 ? [sampleProperty(plan, samples)] : []),
    ],
    ctors: [{ parameters: [{ name: 'model', type: 'Model' }], statements: ['this.model = model;'] }],
    methods,
  };
}

/** `readonly sample = { prior: (options) => … }`. */
function sampleProperty(plan: Plan, samples: Programs['samples']) {
  const entries = samples.map((program) => {
    const name = program.name.slice(samplePrefix.length);
    const rows = rowArguments(plan, program);
    const rowType = rows.map((argument) => `readonly ${argument}?: number`).join('; ');
    const type = `{ readonly n?: number; readonly seed?: number${rows.length > 0 ? `; readonly rows?: { ${rowType} }` : ''} }`;
    return `/** ${describeSample(program, rows)} */
${name}: (options: ${type} = {}): Promise<Sample> => this.model.sample('${program.name}', options)`;
  });
  return { name: 'sample', isReadonly: true, initializer: `{ ${entries.join(',\n')} }` };
}

/** `mnist_grey` as `MnistGrey`; a name that is no identifier gets one. */
function classNameOf(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return /^[A-Z]/.test(joined) ? joined : `Spec${joined}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}
