// mocha's spec reporter, which also leaves the counts and the names of failures in the file that SOURCETAP_COUNTS names.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class Counting extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      if (process.env.SOURCETAP_COUNTS) {
        const names = this.failures.map((test) => test.fullTitle());
        writeFileSync(
          process.env.SOURCETAP_COUNTS,
          JSON.stringify({ passed: passes, failed: failures, skipped: pending, failures: names }),
        );
      }
    });
  }
};
