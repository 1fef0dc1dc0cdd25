// The longest specs start first, so that no worker ends long before the other. Jest knows how long each took the last time;
// in a fresh clone it goes by the sizes of files, which say little: many specs that are short to read start Nx many times,
// or kill at every change of the file system.
const { createRequire } = require('node:module');

const core = createRequire(require.resolve('jest')).resolve('@jest/core');
const { default: TestSequencer } = createRequire(core)('@jest/test-sequencer');

// Longest first.
const long = [
  /e2e\/(scenarios|nx\/versions|upload-script\/upload|nx\/create-nx-workspace|nx\/chain|monorepo)/,
  /faults\/hostile\/(hostile|planted-links)|e2e\/(uploader|upload|kill|bad-input|next|bundle|upload-script)\//,
  /crash|seal-transaction\.spec|from-bundle\.spec|kill|journey/,
];

const rankOf = (path) => {
  const rank = long.findIndex((pattern) => pattern.test(path));
  return rank === -1 ? long.length : rank;
};

module.exports = class LongestFirst extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const comesFirst = ({ path, duration }) => duration === undefined && rankOf(path) < long.length;
    const first = sorted.filter(comesFirst).sort((one, other) => rankOf(one.path) - rankOf(other.path));
    return [...first, ...sorted.filter((test) => !comesFirst(test))];
  }
};
