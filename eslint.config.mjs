import { fileURLToPath, URL } from 'node:url';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jsoncParser from 'jsonc-eslint-parser';
import nx from '@nx/eslint-plugin';
import typescript from 'typescript-eslint';
import borders from './tools/lint/borders.mjs';
import { nxRooms } from './tools/lint/rooms.mjs';
import words from './tools/lint/words.mjs';

// Who may import what: tools/lint/rooms.mjs has the list of rooms.
const source = fileURLToPath(new URL('plugin/src', import.meta.url));

const nxNotHere = {
  group: ['@nx/devkit', '@nx/devkit/*', 'nx', 'nx/*'],
  message: 'The domain does not know Nx.',
};
const noInternals = {
  group: ['**/plugin/src/**'],
  message: 'e2e judges the packed package by other programs and by files.',
};
const noProcesses = {
  group: ['node:child_process', 'execa'],
  message: 'Programs are started by system/process.ts only.',
};

// Whoever writes, reads whole files or opens one goes through system/, which follows no planted link, waits for no pipe,
// bounds what it reads and sets modes. There are no exceptions; specs and fixtures are no part of what is shipped.
const noFilesOfTheirOwn = ['node:fs', 'node:fs/promises', 'fs', 'fs/promises'].map((name) => ({
  name,
  importNames: [
    ...['appendFile', 'chmod', 'chown', 'copyFile', 'cp', 'createReadStream', 'createWriteStream', 'lchmod', 'link'],
    ...['mkdir', 'mkdtemp', 'open', 'openAsBlob', 'readFile', 'rename', 'rm', 'rmdir', 'symlink', 'truncate', 'unlink'],
    ...['utimes', 'writeFile', 'promises', 'default'],
    ...['appendFileSync', 'chmodSync', 'copyFileSync', 'cpSync', 'linkSync', 'mkdirSync', 'mkdtempSync', 'openSync'],
    ...['readFileSync', 'renameSync', 'rmSync', 'rmdirSync', 'symlinkSync', 'truncateSync', 'unlinkSync'],
    ...['utimesSync', 'writeFileSync', 'writeSync'],
  ],
  message:
    'Files are written by system/atomic-file.ts and change-folder.ts, and read by text-file.ts and regular-file.ts.',
}));

// JSON from elsewhere is read by system/strict-json.ts, which takes nothing that two programs could read differently.
const noParsing = {
  selector: "MemberExpression[object.name='JSON'][property.name='parse']",
  message: 'JSON is read by system/strict-json.ts, mostly through valueOfJson of system/json-text.ts.',
};
const parsers = [
  // The strict reader itself.
  'plugin/src/system/strict-json.ts',
  // Documents of catalogs, which Go reads into maps as JavaScript does, in gigabytes.
  'plugin/src/catalog/fbc/documents.ts',
  // Lines of inventories in the very words that we write; all others are read strictly.
  'plugin/src/sequence/inventory.ts',
  // What a MAC shows to be our own.
  'plugin/src/mirror/checked-records.ts',
  // Our own package.json.
  'plugin/src/system/package-version.ts',
  // A value of ours that was just made text.
  'plugin/src/mirror/seal-transaction/binding.ts',
];

export default [
  { ignores: ['**/dist/**', '**/.compiled/**', '**/node_modules/**', '.nx/**', '**/tmp/**'] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        exports: 'writable',
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
    files: ['**/*.spec.ts', 'tools/**/*.ts', 'testing/**/*.ts', 'e2e/**/*.ts', 'faults/**/*.ts'],
    rules: { 'max-lines': 'off', 'no-console': 'off' },
  },
  {
    files: ['e2e/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ ...noInternals, allowTypeImports: true }] }],
    },
  },
  {
    files: ['plugin/src/**/*.ts'],
    plugins: { seqmirror: borders },
    rules: { 'seqmirror/rooms': ['error', { source }], 'seqmirror/no-cycle': ['error', { source }] },
  },
  {
    files: ['plugin/src/**/*.ts'],
    ignores: ['plugin/src/system/**', '**/*.spec.ts', '**/*.fixture.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: noFilesOfTheirOwn, patterns: [nxNotHere, noProcesses] }] },
  },
  {
    files: nxRooms.map((room) => `plugin/src/${room}{.ts,/**/*.ts}`),
    ignores: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: noFilesOfTheirOwn, patterns: [noProcesses] }] },
  },
  {
    files: ['plugin/src/system/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [nxNotHere] }] },
  },
  {
    files: ['**/*.{ts,js,mjs,cjs}'],
    ignores: ['tools/lint/words.*'],
    plugins: { words },
    rules: { 'words/plain-words': 'error' },
  },
  {
    files: ['plugin/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts', ...parsers],
    rules: { 'no-restricted-syntax': ['error', noParsing] },
  },
  {
    // What executors.json and generators.json name is checked by plugin/src/nx.spec.ts: the rule would look into plugin/nx.js.
    files: ['plugin/package.json'],
    languageOptions: { parser: jsoncParser },
    plugins: { '@nx': nx },
    rules: { '@nx/nx-plugin-checks': 'error' },
  },
  prettier,
];
