/**
 * The extension's tests, run inside a real extension host: of code-server in headless Chromium, or of the desktop VS Code
 * in VSCODE_EXECUTABLE.
 */
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kernelGap } from '../kernel/available';
import { launchBrowser, VIEWPORT } from './browser';
import { writeLaunch } from './launchFile';
import type { Report } from './suite/index';
import { VscodeServer } from './vscodeServer';

const ROOT = resolve(__dirname, '../..');
const SUITE = join(__dirname, 'suite');
const OUT = join(ROOT, 'out/test');
const BUNDLE = join(OUT, 'suite');
const REPORT = join(BUNDLE, 'report.json');
const WORKSPACE = join(OUT, 'workspace');
/** Milliseconds for the whole suite. */
const TIMEOUT = 300_000;

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** @throws if the host ended without a report of at least one test. */
export async function runExtensionSuite(): Promise<Counts> {
  await bundle();
  makeWorkspace();
  const executable = process.env['VSCODE_EXECUTABLE'];
  const log = await (executable ? runInDesktop(executable) : runInServer());
  if (!existsSync(REPORT)) throw new Error(`the extension host ended without a report\n${log}`);
  return shown(JSON.parse(readFileSync(REPORT, 'utf8')) as Report);
}

/** mocha and ffi-rs come from node_modules, which is found from out/. */
async function bundle(): Promise<void> {
  rmSync(BUNDLE, { recursive: true, force: true });
  const tests = readdirSync(SUITE).filter((file) => file.endsWith('.test.ts'));
  await build({
    entryPoints: ['index.ts', ...tests].map((file) => join(SUITE, file)),
    outdir: BUNDLE,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha', 'ffi-rs'],
  });
}

/** Not relocated, so that addresses in the file are those in memory. */
function makeWorkspace(): void {
  rmSync(WORKSPACE, { recursive: true, force: true });
  writeLaunch(WORKSPACE);
  writeFileSync(join(WORKSPACE, 'foreign.c'), 'int other(int n) {\n  return n + 1;\n}\n');
  copyFileSync(join(ROOT, 'examples/inventory/inventory.c'), join(WORKSPACE, 'inventory.c'));
  execFileSync('gcc', ['-g', '-O0', '-no-pie', '-o', 'inventory', 'inventory.c'], { cwd: WORKSPACE });
}

/** Gives what the editor logged. */
async function runInServer(): Promise<string> {
  const server = await VscodeServer.start({ dir: join(OUT, 'server'), testDriver: true });
  try {
    return await runInPage(server);
  } finally {
    await server.stop();
  }
}

async function runInPage(server: VscodeServer): Promise<string> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    const log: string[] = [];
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      log.push(`${type}: ${args.map(String).join(' ')}`);
    });
    const ended = new EventEmitter();
    await page.exposeFunction('codeAutomationExit', () => ended.emit('ended'));
    const end = once(ended, 'ended', { signal: AbortSignal.timeout(TIMEOUT) }).catch(() => {
      log.push(`no end of the suite within ${TIMEOUT} ms`);
    });
    await page.goto(
      server.url(WORKSPACE, [
        ['extensionDevelopmentPath', server.uri(ROOT)],
        ['extensionTestsPath', server.uri(join(BUNDLE, 'index.js'))],
        ['skipWelcome', 'true'],
      ]),
    );
    await end;
    return log.join('\n');
  } finally {
    await browser.close();
  }
}

/** Its log goes to our output. */
async function runInDesktop(vscodeExecutablePath: string): Promise<string> {
  const state = join(OUT, 'desktop');
  rmSync(state, { recursive: true, force: true });
  const own = ['--user-data-dir', join(state, 'user'), '--extensions-dir', join(state, 'extensions')];
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: join(BUNDLE, 'index.js'),
    launchArgs: [WORKSPACE, ...own],
  });
  return '';
}

/** Prints the report and counts it. */
function shown({ stats, passes, failures, pending }: Report): Counts {
  for (const { fullTitle } of passes) console.log(`  ok       ${fullTitle}`);
  for (const { fullTitle } of pending)
    console.log(`  skipped  ${fullTitle}: ${kernelGap() ?? 'by the test'}`);
  for (const { fullTitle, err } of failures) {
    console.log(
      `  FAILED   ${fullTitle}\n${(err.stack ?? err.message ?? '').replace(/^/gm, ' '.repeat(11))}`,
    );
  }
  if (stats.passes + stats.failures + stats.pending === 0) throw new Error('the suite has no tests');
  return { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
}
