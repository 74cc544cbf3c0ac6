/** The tests inside an extension host, of code-server or of a desktop VS Code. Each file of tests is a bundle beside this one. */
import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds for one test. */
const TIMEOUT = 25_000;

/** What mocha's JSON reporter writes. */
export interface Report {
  stats: { passes: number; failures: number; pending: number };
  passes: { fullTitle: string }[];
  pending: { fullTitle: string }[];
  failures: { fullTitle: string; err: { message?: string; stack?: string } }[];
}

/**
 * Called by the extension host. The results go to report.json beside the bundle: to the host, a test that ends the process
 * looks like success.
 * @public
 */
export function run(): Promise<void> {
  const mocha = new Mocha({
    timeout: TIMEOUT,
    reporter: 'json',
    reporterOptions: { output: join(__dirname, 'report.json') },
  });
  for (const file of readdirSync(__dirname)) {
    if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));
  }
  return new Promise((done) => {
    const runner = mocha.run(() => {
      done();
    });
    // For the log, in case the report is never written.
    runner.on('fail', (test, error: Error) => {
      console.error(`FAILED ${test.fullTitle()}: ${error.message}`);
    });
  });
}
