import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/**
 * The arrows of docs/architecture.md, and no others. A package carries one `layer:` tag in its package.json.
 */
const arrows = {
  core: [],
  'cache-policy': ['core'],
  'model-catalog': [],
  adapters: ['core'],
  evaluation: ['core'],
  'demo-model': [],
  sidecar: ['core', 'cache-policy', 'model-catalog', 'adapters', 'evaluation', 'demo-model'],
  tool: [
    'core',
    'cache-policy',
    'model-catalog',
    'adapters',
    'evaluation',
    'demo-model',
    'sidecar',
  ],
};

const depConstraints = Object.entries(arrows).map(([layer, targets]) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: targets.map((target) => `layer:${target}`),
}));

export default tseslint.config(
  {
    ignores: [
      '**/dist',
      '**/out-tsc',
      '**/.venv',
      '**/coverage',
      '.nx',
      'packages/adapters/src/gen',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.recommended,
  ...nx.configs['flat/base'],
  {
    files: ['**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: [], depConstraints, enforceBuildableLibDependency: true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      eqeqeq: 'error',
      'no-else-return': ['error', { allowElseIf: false }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Only named exports.' },
        { selector: 'ExportAllDeclaration', message: 'List named exports; never `export *`.' },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' },
  },
  {
    files: ['packages/core/src/**/*.ts', 'packages/model-catalog/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'this package imports nothing' }] },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'Buffer',
        'console',
        'performance',
        'setTimeout',
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts', '**/jest.config.*'],
    rules: { 'no-restricted-imports': 'off' },
  },
  prettier,
);
