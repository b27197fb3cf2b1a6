/** The rules of the house that a machine can check. */
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What a browser does not have: the compiler runs there too. */
const nodeOnly = ['process', 'Buffer', 'global', '__dirname', '__filename', 'require', 'setImmediate', 'console'];

export default defineConfig(
  globalIgnores([
    'dist/',
    'coverage/',
    'runs/',
    '**/*.generated.*',
    'bench/node_modules/',
    'docs/compiled/',
    'test/**/fixtures/',
  ]),
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        URL: 'readonly',
        module: 'writable',
        process: 'readonly',
        console: 'readonly',
        WebAssembly: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // An index that was just checked reads better with `!` than with a branch that no test can reach.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
      'no-control-regex': 'off',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
    },
  },
  {
    files: ['grammar/**/*.ts', 'compiler/**/*.ts', 'runtime/**/*.ts', 'cli/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind="let"]',
          message: 'No module-level mutable state: ids, caches and counters belong to the session object.',
        },
      ],
    },
  },
  {
    files: ['grammar/**/*.ts', 'compiler/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...nodeOnly] },
  },
);
