// Writes down what `run.mjs` says last. Jest's own summary comes after every reporter, so nothing is printed here.
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');

const marker = /^(?<suite>.*) \[skipped: (?<reason>.*)\]$/;

const withoutReason = (titles) => `${titles.join(' › ') || 'tests'} [skipped: without a reason]`;

module.exports = class SummaryWriter {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
  }

  onRunComplete(_contexts, results) {
    const file = process.env.SEQMIRROR_TEST_SUMMARY;
    if (!file) return;
    writeFileSync(
      file,
      JSON.stringify({
        passed: results.numPassedTests,
        // A spec that cannot even be loaded has no tests that could fail.
        failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
        skipped: results.numPendingTests + results.numTodoTests,
        suites: results.testResults.flatMap((spec) => this.skippedSuites(spec)),
      }),
    );
  }

  // The suites of a spec that `describeWith` of testing/lab/requirements.ts left out, with the reason in their titles; and
  // whatever else was skipped, which nobody gave a reason for.
  skippedSuites({ testFilePath, testResults }) {
    const suites = new Map();
    for (const { ancestorTitles, status } of testResults) {
      if (status !== 'pending' && status !== 'todo') continue;
      const title = ancestorTitles.find((ancestor) => marker.test(ancestor)) ?? withoutReason(ancestorTitles);
      suites.set(title, (suites.get(title) ?? 0) + 1);
    }
    const spec = relative(this.rootDir, testFilePath);
    return [...suites].map(([title, tests]) => ({ spec, tests, ...title.match(marker).groups }));
  }
};
