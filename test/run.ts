/**
 * Runs the tests: `npm test` all of them, `npm test -- unit kernel` those sections. The last line counts them:
 * `N passed, N failed, N skipped`; before it stands what failed. A section that dies without counts is one failure.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const TSX = ['--import', 'tsx'];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Their names, where the section tells them. */
  failures?: string[];
}

interface Section {
  readonly command: readonly [string, ...string[]];
  /** Mocha, or any command that writes its counts to the file in SOURCETAP_COUNTS; the others pass or fail as a whole. */
  readonly counted: boolean;
}
const check = (...command: [string, ...string[]]): Section => ({ command, counted: false });
const counted = (...command: [string, ...string[]]): Section => ({ command, counted: true });
const mocha = (...args: string[]): [string, ...string[]] => [
  'mocha',
  '--reporter',
  'test/setup/reporter.cjs',
  ...args,
];

const SECTIONS: Readonly<Record<string, Section>> = {
  types: check('tsc', '-p', '.'),
  format: check('prettier', '--check', '--log-level', 'warn', '.'),
  lint: check('eslint', '--max-warnings', '0', '.'),
  arrows: check('depcruise', '--config', '.dependency-cruiser.cjs', 'adapter', 'src', 'media'),
  unused: check('knip'),
  unit: counted(...mocha('--ignore', 'test/unit/dwarf/**', 'test/unit/**/*.test.ts')),
  /** The unit tests of dwarf/, beside the others. */
  dwarf: counted(
    'c8',
    ...'--reporter text-summary --include adapter/dwarf'.split(' '),
    ...mocha('test/unit/dwarf/**/*.test.ts'),
  ),
  /** Of the lines of dwarf/, by those of its tests that ran last. */
  coverage: check(
    'c8',
    ...'report --include adapter/dwarf --reporter text-summary --check-coverage --lines 85'.split(' '),
  ),
  kernel: counted(...mocha('test/kernel/**/*.test.ts')),
  fuzz: counted('node', ...TSX, 'test/fuzz/run.ts', '60'),
  /** What ui runs, which takes a while to come. */
  editor: check('test/setup/vscode'),
  ui: counted('node', ...TSX, 'test/ui/run.ts'),
  /** The flows of the packaged extension in the other kinds of themes: three minutes for each. */
  themes: counted('node', ...TSX, 'test/ui/run.ts', 'light', 'high-contrast'),
  long: counted(...mocha('--timeout', '3600000', 'test/long/**/*.test.ts')),
  corpus: counted(...mocha('--timeout', '3600000', 'test/corpus/**/*.test.ts')),
};

/**
 * What runs when: the rows one after another, the lists of a row at the same time. Probes and the editor are alone, since
 * their tests wait for what a busy machine does late.
 */
const ORDER: readonly (readonly (readonly string[])[])[] = [
  [['unit'], ['dwarf', 'coverage', 'types', 'format', 'lint', 'arrows', 'unused', 'fuzz'], ['editor']],
  [['kernel']],
  [['ui']],
];
/** Not part of `npm test`: minutes and more. */
const LONG: typeof ORDER = [[['themes']], [['long']], [['corpus']]];

interface Ran {
  readonly name: string;
  readonly counts: Counts;
}

/** @param beside whether others run at the same time: what it prints is then kept, and printed at its end */
async function run(name: string, beside: boolean): Promise<Ran> {
  const { command, counted: hasCounts } = SECTIONS[name]!;
  const file = resolve(ROOT, `out/counts-${name}.json`);
  rmSync(file, { force: true });
  const started = Date.now();
  const head = `\n== ${name}\n`;
  if (!beside) process.stdout.write(head);
  const child = spawn(command[0], command.slice(1), {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: `${resolve(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
      SOURCETAP_COUNTS: file,
      SOURCETAP_CLI: resolve(ROOT, 'dist/cli.js'),
    },
    stdio: beside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => printed.push(data));
  child.on('error', (error) => printed.push(Buffer.from(`${error.message}\n`)));
  const [status] = (await once(child, 'close').catch(() => [null])) as [number | null];
  process.stdout.write(`${beside ? head : ''}${Buffer.concat(printed).toString()}`);
  const counts = hasCounts ? countsOf(file, status === 0) : wholeOf(status === 0);
  console.log(`== ${name}: ${summary(counts)} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  return { name, counts };
}

const wholeOf = (ok: boolean): Counts => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

function countsOf(file: string, ok: boolean): Counts {
  try {
    const counts = JSON.parse(readFileSync(file, 'utf8')) as Counts;
    return !ok && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function runRow(lists: readonly (readonly string[])[]): Promise<Ran[]> {
  const beside = lists.length > 1;
  const ran = lists.map(async (names) => {
    const done: Ran[] = [];
    for (const name of names) done.push(await run(name, beside));
    return done;
  });
  return (await Promise.all(ran)).flat();
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !SECTIONS[name]);
  if (unknown !== undefined)
    throw new Error(`no section "${unknown}"; there are: ${Object.keys(SECTIONS).join(' ')}`);
  mkdirSync(resolve(ROOT, 'out'), { recursive: true });
  const wanted = (name: string): boolean => names.includes(name);
  const order =
    names.length === 0 ? ORDER : [...ORDER, ...LONG].map((row) => row.map((list) => list.filter(wanted)));
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  for (const row of order)
    for (const { name, counts } of await runRow(row.filter((list) => list.length > 0))) {
      for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key];
      if (counts.failed > 0)
        failures.push(...(counts.failures ?? ['']).map((test) => `${name} ${test}`.trim()));
    }
  console.log('');
  for (const failure of failures) console.log(`failed: ${failure}`);
  console.log(summary(total));
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

const summary = ({ passed, failed, skipped }: Counts): string =>
  `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;

void main(process.argv.slice(2));
