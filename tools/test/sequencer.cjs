// The longest specs start first, so that no worker ends long before the other. Jest knows how long each took the last time;
// in a fresh clone it goes by the sizes of files, and those that kill at every change of the file system are small and long.
const { createRequire } = require('node:module');

const core = createRequire(require.resolve('jest')).resolve('@jest/core');
const { default: TestSequencer } = createRequire(core)('@jest/test-sequencer');

const isLong = (path) => /crash|seal-transaction\.spec|from-bundle\.spec|kill|journey/.test(path);

module.exports = class LongestFirst extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const comesFirst = ({ path, duration }) => duration === undefined && isLong(path);
    return [...sorted.filter(comesFirst), ...sorted.filter((test) => !comesFirst(test))];
  }
};
