/// <reference lib="dom" />
/**
 * `npm run bench -- editor`: real VS Code with twenty tracepoints in view and a program that hits them 100 000 times a second in all: how late the
 * extension host is, how often the editor paints, how much memory grows, and how long a typed key takes to the screen. Beside it the same without a
 * session, with and without the program, and in the session while nobody types: paints wait for keys. And how long the extension took to activate.
 * Writes editor.md; asserts nothing. SOURCETAP_EDITOR_SECONDS: how long somebody types.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { table } from '../setup/results';
import { writeLaunch } from '../ui/launchFile';
import { inWindow } from '../ui/window';
import type { Workbench } from '../ui/workbench';
import { BENCH, OUT, ROOT } from './files';

const EDITOR_OUT = join(OUT, 'editor');
const WORKSPACE = join(EDITOR_OUT, 'flood');
/** Written by editorProbe. */
const LAGS = join(WORKSPACE, 'lags.json');
const RATE = 100_000;
const SECONDS = Number(process.env['SOURCETAP_EDITOR_SECONDS'] ?? 300);
/** For what is beside it. */
const SHORT_SECONDS = Math.min(SECONDS, 30);
/** Milliseconds between keys. */
const KEY_PAUSE = 150;

/** Lines of the twenty that fit beside the Debug Console. */
const MOST_IN_VIEW = 10;

interface Measured {
  /** Milliseconds. */
  readonly lags: readonly number[];
  readonly keys: readonly number[];
  readonly paintsPerSecond: number;
  /** Bytes. */
  readonly growth: { readonly host: number; readonly adapter: number };
}

export async function editor(): Promise<void> {
  rmSync(EDITOR_OUT, { recursive: true, force: true });
  mkdirSync(WORKSPACE, { recursive: true });
  copyFileSync(join(BENCH, 'flood.c'), join(WORKSPACE, 'flood.c'));
  execFileSync('gcc', ['-g', '-O1', '-o', 'flood', 'flood.c'], { cwd: WORKSPACE });
  const program = join(WORKSPACE, 'flood');
  writeLaunch(WORKSPACE, {
    type: 'sourcetap',
    request: 'launch',
    name: 'Flood',
    program,
    args: [String(RATE)],
  });
  writeFileSync(join(WORKSPACE, 'notes.txt'), '\n');
  const extensions = ['.', 'test/bench/editorProbe'];
  await inWindow({ out: EDITOR_OUT, workspace: WORKSPACE, extensions }, async (workbench) => {
    const { page } = workbench;
    await workbench.openFile('flood.c');
    await workbench.goTo(30);
    await workbench.breakpoints(20);
    await openBeside(workbench);
    await workbench.until('the first lags', () => Promise.resolve(existsSync(LAGS)), Boolean);
    const idle = await measure(page, SHORT_SECONDS);
    const probed = await measureProbed(page);
    await workbench.startDebugging();
    await workbench.until(
      'hits',
      () => workbench.lineEnds(),
      (texts) => texts.length >= MOST_IN_VIEW,
    );
    await typeThere(workbench);
    const flooded = await measure(page, SECONDS);
    const watched = await measure(page, SHORT_SECONDS, false);
    const ends = await workbench.lineEnds();
    await page.screenshot({ path: join(EDITOR_OUT, 'flood.png') });
    await workbench.stopDebugging();
    write({ idle, probed, flooded, watched }, ends[0] ?? '', await activationTime(workbench));
  });
}

/** The same program, its lines counted from outside: what the machine has left for typing when the session does nothing. */
async function measureProbed(page: Page): Promise<Measured> {
  const flood = spawn(join(WORKSPACE, 'flood'), [String(RATE)]);
  const count = spawn(
    process.execPath,
    [join(ROOT, 'dist/cli.js'), 'count', 'flood.c', '--pid', String(flood.pid)],
    { stdio: 'ignore' },
  );
  try {
    await page.waitForTimeout(2000);
    return await measure(page, SHORT_SECONDS);
  } finally {
    count.kill('SIGINT');
    await once(count, 'exit');
    flood.kill();
  }
}

/** Milliseconds, as VS Code tells them of each extension. */
async function activationTime(workbench: Workbench): Promise<number> {
  const { page } = workbench;
  await workbench.run('Developer: Show Running Extensions');
  const rows = page.locator('.monaco-list-row').filter({ has: page.locator('.activation-time') });
  const row = rows.filter({ has: page.getByText('Sourcetap', { exact: true }) });
  // The slowest are first, and only those in view are in the document.
  await rows.first().hover();
  await workbench.insist(
    () => page.mouse.wheel(0, 300),
    () => row.waitFor({ timeout: 500 }),
  );
  const text = await row.locator('.activation-time').innerText();
  return Number(/(\d+)\s*ms/.exec(text)?.[1] ?? NaN);
}

/** The file that is typed in, in a second group. */
async function openBeside(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.run('View: Split Editor Right');
  await page.locator('.editor-group-container').nth(1).waitFor();
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'notes.txt' }).first().dblclick();
  await page.locator('.editor-group-container').nth(1).locator('.tab', { hasText: 'notes.txt' }).waitFor();
  await typeThere(workbench);
}

/** A click on its tab, until keys go there. */
async function typeThere(workbench: Workbench): Promise<void> {
  const group = workbench.page.locator('.editor-group-container').nth(1);
  await workbench.insist(
    () => group.locator('.tab', { hasText: 'notes.txt' }).click(),
    () => group.locator('.monaco-editor.focused').waitFor({ timeout: 1000 }),
  );
}

async function measure(page: Page, seconds: number, types = true): Promise<Measured> {
  const before = memory();
  const skipped = lags().length;
  await page.evaluate(watchPage);
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (types) await page.keyboard.type('x');
    await page.waitForTimeout(KEY_PAUSE);
  }
  const seen = await page.evaluate(() => {
    const { keys, paints } = window.sourcetapBench;
    return { keys, paints };
  });
  await page.waitForTimeout(1100);
  const after = memory();
  return {
    lags: lags().slice(skipped),
    keys: seen.keys,
    paintsPerSecond: seen.paints / seconds,
    growth: { host: after.host - before.host, adapter: after.adapter - before.adapter },
  };
}

declare global {
  interface Window {
    sourcetapBench: { keys: number[]; paints: number };
  }
}

/** In the page: the time from a key to the frame that shows it, and the frames in which the traced editor changed. */
function watchPage(): void {
  const [traced, typed] = [...document.querySelectorAll('.editor-group-container .view-lines')];
  const bench = (window.sourcetapBench = { keys: [] as number[], paints: 0 });
  let isPainted = false;
  new MutationObserver(() => {
    if (isPainted) return;
    isPainted = true;
    requestAnimationFrame(() => {
      bench.paints++;
      isPainted = false;
    });
  }).observe(traced!, { subtree: true, childList: true, characterData: true, attributes: true });
  document.addEventListener(
    'keydown',
    () => {
      const pressed = performance.now();
      const shown = new MutationObserver(() => {
        shown.disconnect();
        requestAnimationFrame(() => bench.keys.push(performance.now() - pressed));
      });
      shown.observe(typed!, { subtree: true, childList: true, characterData: true });
    },
    true,
  );
}

const probed = (): { lags: number[]; rss: number } =>
  JSON.parse(readFileSync(LAGS, 'utf8')) as { lags: number[]; rss: number };
const lags = (): number[] => probed().lags;

/** Resident bytes of the extension host and of the adapter, if there is one. */
function memory(): Measured['growth'] {
  const adapter = readdirSync('/proc').find((pid) => {
    try {
      const command = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : '';
      return command.includes(EDITOR_OUT) && command.includes('dist/adapter.js');
    } catch {
      return false; // it has just ended
    }
  });
  const pages =
    adapter === undefined ? 0 : Number(readFileSync(`/proc/${adapter}/statm`, 'utf8').split(' ')[1]);
  return { host: probed().rss, adapter: pages * 4096 };
}

/** The share `part` of the values is at most this. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

interface Runs {
  readonly idle: Measured;
  readonly probed: Measured;
  readonly flooded: Measured;
  /** Flooded, and nobody types. */
  readonly watched: Measured;
}

function write({ idle, probed, flooded, watched }: Runs, lineEnd: string, activation: number): void {
  const row = (what: string, of: (one: Measured) => string, wanted: string): string[] => [
    what,
    of(idle),
    of(probed),
    of(flooded),
    of(watched),
    wanted,
  ];
  const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20) + 0} MiB`;
  writeFileSync(
    join(BENCH, 'editor.md'),
    [
      '# The editor under load: `npm run bench -- editor`',
      '',
      `Linux ${release()}, ${cpus().length} CPUs for the program, the adapter, VS Code's server, its extension host and a headless Chromium together. ` +
        `Twenty tracepoints in view, ${RATE.toLocaleString('en')} hits a second in all, ${SECONDS} s of typing; beside it, ${SHORT_SECONDS} s each, the same window without the program, with the program counted by \`sourcetap count\` outside of the window, and in the session while nobody types.`,
      '',
      ...table(
        ['', 'no program', 'probed, no session', 'session', 'session, no typing', 'wanted'],
        [
          row(
            'timers late in the extension host, p99',
            ({ lags: all }) => `${quantile(all, 0.99).toFixed(0)} ms`,
            '50 ms',
          ),
          row(
            'frames a second that changed the traced editor',
            (one) => one.paintsPerSecond.toFixed(1),
            '10',
          ),
          row(
            'from a key to its frame, p95',
            ({ keys }) => (keys.length > 0 ? `${quantile(keys, 0.95).toFixed(0)} ms` : ''),
            '100 ms',
          ),
          row('keys', ({ keys }) => String(keys.length), ''),
          row('growth of the extension host', ({ growth }) => megabytes(growth.host), '64 MiB'),
          row('growth of the adapter', ({ growth }) => megabytes(growth.adapter), '64 MiB'),
        ],
      ),
      '',
      `Activation of the extension, its code loaded and run: ${activation} ms; wanted: 100 ms.`,
      '',
      `A line's end then: ${lineEnd}`,
      '',
    ].join('\n'),
  );
  console.log(readFileSync(join(BENCH, 'editor.md'), 'utf8'));
}
