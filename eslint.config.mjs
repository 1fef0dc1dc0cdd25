import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jsoncParser from 'jsonc-eslint-parser';
import nx from '@nx/eslint-plugin';
import typescript from 'typescript-eslint';

// Imports go down this list only: a folder may import from those after it, and from itself.
const layers = [
  ['index.ts'],
  ['graph', 'generators', 'executors', 'far-side'],
  ['api.ts'],
  ['report'],
  ['adoption', 'repair', 'transfer'],
  ['validation'],
  ['mirroring'],
  ['sequence'],
  ['engine'],
  ['cluster-resources'],
  ['imageset'],
  ['archive'],
  ['catalog', 'release'],
  ['registry'],
  ['system'],
];

const forbiddenFor = (layer) => [...layers.slice(0, layer).flat(), ...(layers[layer].length > 1 ? layers[layer] : [])];

const nodeOnlyWhere = {
  processes: ['node:child_process', 'execa'],
  nx: ['@nx/devkit', 'nx'],
};

const restrictions = (folder, layer) => {
  const above = forbiddenFor(layer)
    .filter((name) => name !== folder)
    .map((name) => name.replace(/\.ts$/, ''));
  const patterns = [];
  if (above.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(${above.join('|')})(/|$)`,
      message: `${folder} may only import from what stands below it in the list of layers (eslint.config.mjs).`,
    });
  }
  if (!['graph', 'generators', 'executors', 'index.ts'].includes(folder)) {
    patterns.push({
      group: nodeOnlyWhere.nx.flatMap((name) => [name, `${name}/*`]),
      message: 'The domain does not know Nx.',
    });
  }
  if (folder !== 'system') {
    patterns.push({ group: nodeOnlyWhere.processes, message: 'Programs are started by system/process.ts only.' });
  }
  return {
    files: [folder.endsWith('.ts') ? `plugin/src/${folder}` : `plugin/src/${folder}/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
};

export default [
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '**/tmp/**'] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.spec.ts', 'tools/**/*.ts', 'e2e/**/*.ts', 'faults/**/*.ts'],
    rules: { 'max-lines': 'off', 'no-console': 'off' },
  },
  ...layers.flatMap((folders, layer) => folders.map((folder) => restrictions(folder, layer))),
  {
    files: ['plugin/package.json', 'plugin/generators.json', 'plugin/executors.json'],
    languageOptions: { parser: jsoncParser },
    plugins: { '@nx': nx },
    rules: { '@nx/nx-plugin-checks': 'error' },
  },
  prettier,
];
