/**
 * Runs the tests: `npm test` all of them, `npm test -- unit kernel` those sections. The last line counts them:
 * `N passed, N failed, N skipped`; before it stands what failed. A section that dies without counts is one failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const COUNTS = resolve(ROOT, 'out/counts.json');
const TSX = ['--import', 'tsx'];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Their names, where the section tells them. */
  failures?: string[];
}
type Section = () => Counts;

/** A check that passes or fails as a whole. */
const check = (command: string, ...args: string[]): Counts => {
  const ok = run(command, args) === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
};

/** A mocha run, or any command that writes its counts to the file in SOURCETAP_COUNTS. */
const counted = (command: string, ...args: string[]): Counts => {
  rmSync(COUNTS, { force: true });
  const status = run(command, args);
  try {
    const counts = JSON.parse(readFileSync(COUNTS, 'utf8')) as Counts;
    return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
};
const mocha = (...globs: string[]): string[] => ['mocha', '--reporter', 'test/setup/reporter.cjs', ...globs];

const SECTIONS: Record<string, Section> = {
  types: () => check('tsc', '-p', '.'),
  format: () => check('prettier', '--check', '--log-level', 'warn', '.'),
  lint: () => check('eslint', '--max-warnings', '0', '.'),
  arrows: () => check('depcruise', '--config', '.dependency-cruiser.cjs', 'adapter', 'src', 'media'),
  unused: () => check('knip'),
  unit: () =>
    counted(
      'c8',
      '--reporter',
      'text-summary',
      '--include',
      'adapter',
      '--include',
      'src',
      ...mocha('test/unit/**/*.test.ts'),
    ),
  /** Of the lines of dwarf/, by the unit tests that ran last. */
  coverage: () =>
    check(
      'c8',
      'report',
      '--include',
      'adapter/dwarf',
      ...'--reporter text-summary --check-coverage --lines 85'.split(' '),
    ),
  kernel: () => counted(mocha()[0]!, ...mocha('test/kernel/**/*.test.ts').slice(1)),
  fuzz: () => counted('node', ...TSX, 'test/fuzz/run.ts', '60'),
  ui: () => counted('node', ...TSX, 'test/ui/run.ts'),
};
/** Not part of `npm test`: minutes and more. */
const LONG: Record<string, Section> = {
  long: () => counted(mocha()[0]!, ...mocha('--timeout', '3600000', 'test/long/**/*.test.ts').slice(1)),
  corpus: () => counted(mocha()[0]!, ...mocha('--timeout', '3600000', 'test/corpus/**/*.test.ts').slice(1)),
};

function run(command: string, args: readonly string[]): number {
  const path = `${resolve(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  const env = {
    ...process.env,
    PATH: path,
    SOURCETAP_COUNTS: COUNTS,
    SOURCETAP_CLI: resolve(ROOT, 'dist/cli.js'),
  };
  return spawnSync(command, args, { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1;
}

function main(names: readonly string[]): void {
  mkdirSync(resolve(ROOT, 'out'), { recursive: true });
  const all = { ...SECTIONS, ...LONG };
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  for (const name of names.length > 0 ? names : Object.keys(SECTIONS)) {
    const section = all[name];
    if (!section) throw new Error(`no section "${name}"; there are: ${Object.keys(all).join(' ')}`);
    const started = Date.now();
    console.log(`\n== ${name}`);
    const counts = section();
    for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key];
    if (counts.failed > 0)
      failures.push(...(counts.failures ?? ['']).map((test) => `${name} ${test}`.trim()));
    console.log(`== ${name}: ${summary(counts)} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  }
  console.log('');
  for (const failure of failures) console.log(`failed: ${failure}`);
  console.log(summary(total));
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

const summary = ({ passed, failed, skipped }: Counts): string =>
  `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;

main(process.argv.slice(2));
