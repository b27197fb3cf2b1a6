/** The layers point one way, and the rule that says so sees every module and finds a breach. */
import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseOptions, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';
import { expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  readonly forbidden: IFlattenedRuleSet['forbidden'];
  readonly options: ICruiseOptions;
};
const layers = ['grammar', 'compiler', 'runtime', 'cli'];

async function cruised(folder: string): Promise<ICruiseResult> {
  const { tsConfig: _, ...options } = config.options;
  const ruleSet = { forbidden: config.forbidden } as NonNullable<ICruiseOptions['ruleSet']>;
  const { output } = await cruise(layers, { ...options, validate: true, ruleSet, baseDir: folder });
  return output as ICruiseResult;
}

function broken(result: ICruiseResult): readonly string[] {
  return [...new Set(result.summary.violations.map(({ rule }) => rule.name))].sort();
}

test('the modules of the project keep to the layers', async () => {
  const result = await cruised(root);
  expect(result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  for (const layer of layers) {
    const modules = result.modules.filter(({ source }) => source.startsWith(`${layer}/`));
    expect(modules.length, `modules cruised in ${layer}`).toBeGreaterThan(5);
  }
});

test('a breach of each rule is found', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vaec-layers-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  try {
    write('cli/main.ts', "import '../runtime/index.ts';\nexport const main = 1;\n");
    write(
      'runtime/index.ts',
      "import { one } from './two.ts';\nexport type Index = number;\nexport const two = one;\n",
    );
    write('runtime/two.ts', "import { two } from './index.ts';\nexport const one = () => two;\n");
    write('compiler/compile.ts', "import type { Index } from '../runtime/index.ts';\nexport const a: Index = 1;\n");
    write('compiler/files.ts', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n");
    write('compiler/op.ts', "import type { Builder } from './builder.ts';\nexport const op = (b: Builder) => b;\n");
    write('compiler/builder.ts', "import { op } from './op.ts';\nexport class Builder { readonly op = op }\n");
    write('grammar/parser.ts', "import { a } from '../compiler/compile.ts';\nexport const b = a;\n");
    expect(broken(await cruised(folder))).toEqual([
      'compiler-imports-nothing-above',
      'compiler-runs-anywhere',
      'grammar-imports-nothing-above',
      'no-cycles',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
