// Packages that ship only ES modules, which Jest must compile (Node itself loads them with require).
const esModules = [
  'execa',
  'human-signals',
  'figures',
  'get-stream',
  'is-plain-obj',
  'is-stream',
  'is-unicode-supported',
  'npm-run-path',
  'parse-ms',
  'path-key',
  'pretty-ms',
  'strip-final-newline',
  'unicorn-magic',
  'yoctocolors',
  '@sindresorhus/merge-streams',
  '@sec-ant/readable-stream',
];

const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
};

const project = (displayName, options = {}) => ({
  displayName,
  rootDir: `${__dirname}/${displayName}`,
  runtime: `${__dirname}/tools/test/runtime.cjs`,
  testEnvironment: `${__dirname}/tools/test/environment.cjs`,
  // The default wraps what execa's signal-exit keeps on `process` once a file, until setting it recurses without end.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  setupFilesAfterEnv: [`${__dirname}/tools/test/compare-bytes.cjs`],
  testMatch: ['<rootDir>/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/\\.compiled/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.compiled/'],
  moduleFileExtensions: ['ts', 'js', 'json'],
  transform: { '^.+\\.(?:[tj]s|mjs)$': ['@swc/jest', swc] },
  // Its exports name only `import`, which Jest's require does not ask for.
  moduleNameMapper: { '^unicorn-magic$': require.resolve('./node_modules/unicorn-magic/node.js') },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esModules.join('|')})/)`],
  ...options,
});

// A folder for what one run makes once and all workers share: sealed worlds, the packed package, an installed Nx.
const withRunFolder = {
  globalSetup: `${__dirname}/testing/run/setup.ts`,
  globalTeardown: `${__dirname}/testing/run/teardown.ts`,
};

// Specs look for whole sentences; how lines are broken is said by fit-lines.spec.ts.
process.env.COLUMNS = '1000';

module.exports = {
  testSequencer: `${__dirname}/tools/test/sequencer.cjs`,
  // Not a measure of anything: on a busy machine whatever starts programs may take its time.
  testTimeout: 120_000,
  projects: [
    project('plugin', withRunFolder),
    project('tools'),
    project('testing'),
    project('faults', withRunFolder),
    project('e2e', withRunFolder),
  ],
};
