/**
 * `npm run demo`: the example program in a real VS Code with Sourcetap and two tracepoints, ready for F5.
 * The user's own `code`, in a profile of its own, if there is one; otherwise code-server on loopback.
 * `--headless` presses F5 itself, in headless Chromium, waits for hits and writes a screenshot.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kernelGap } from '../test/kernel/available';
import { launchBrowser, VIEWPORT } from '../test/ui/browser';
import { packageExtension } from '../test/ui/extensionPackage';
import { VscodeServer } from '../test/ui/vscodeServer';
import { Workbench } from '../test/ui/workbench';

const OUT = resolve(__dirname, '../out/demo');
const WORKSPACE = join(OUT, 'inventory');
const PROFILE = 'Sourcetap Demo';

async function main(headless: boolean): Promise<void> {
  const gap = kernelGap();
  if (gap)
    throw new Error(
      `${gap}. The demo puts real probes into a program: run it as root, such as by sudo npm run demo.`,
    );
  buildExample();
  const extensions = [packageExtension('.', OUT), packageExtension('examples/tracepoints', OUT)];
  if (headless) return drive(extensions);
  if (spawnSync('code', ['--version']).status === 0) {
    openDesktop(extensions);
    return;
  }
  const server = await startServer(extensions);
  console.log(`\nOpen ${server.url(WORKSPACE)}\nand press F5. Ctrl+C ends the demo.`);
  await new Promise((interrupted) => process.once('SIGINT', interrupted));
  await server.stop();
}

/** A fresh copy of the example, compiled with debug information. */
function buildExample(): void {
  rmSync(WORKSPACE, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  cpSync(join(__dirname, 'inventory'), WORKSPACE, { recursive: true });
  execFileSync('gcc', ['-g', '-O1', '-o', 'inventory', 'inventory.c'], { cwd: WORKSPACE, stdio: 'inherit' });
}

const startServer = (extensions: readonly string[]): Promise<VscodeServer> =>
  VscodeServer.start({ dir: join(OUT, 'server'), extensions });

function openDesktop(extensions: readonly string[]): void {
  // VS Code does not run as root without these.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox', '--user-data-dir', join(OUT, 'code')] : [];
  const code = (...args: string[]): void => {
    execFileSync('code', [...asRoot, '--profile', PROFILE, ...args], { stdio: 'inherit' });
  };
  code(...extensions.flatMap((vsix) => ['--install-extension', vsix]));
  code(WORKSPACE);
  console.log(`VS Code opens ${WORKSPACE} in the profile "${PROFILE}": press F5 there.`);
}

async function drive(extensions: readonly string[]): Promise<void> {
  const server = await startServer(extensions);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    const workbench = new Workbench(page);
    await workbench.open(server.url(WORKSPACE));
    await workbench.breakpoints(2);
    await workbench.startDebugging();
    const hasHits = (texts: readonly string[]): boolean =>
      texts.filter((text) => /[1-9]\d* hits/.test(text.replace(/\D(?=\d)/g, '')) && text.includes(' = '))
        .length === 2;
    await workbench.until('two tracepoints with hits', () => workbench.lineEnds(), hasHits);
    await page.waitForTimeout(3000); // rates are over the last second
    const texts = await workbench.until('two tracepoints with hits', () => workbench.lineEnds(), hasHits);
    const screenshot = join(OUT, 'sourcetap.png');
    await page.screenshot({ path: screenshot });
    await workbench.stopDebugging();
    for (const text of texts) console.log(plainCount(text));
    console.log(screenshot);
  } catch (error) {
    await browser
      .contexts()[0]
      ?.pages()[0]
      ?.screenshot({ path: join(OUT, 'failure.png') });
    throw error;
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** `1 819 hits` as `1819 hits`. */
const plainCount = (text: string): string =>
  text.replace(/^[\d\s]+/, (count) => `${count.replace(/\s/g, '')} `);

main(process.argv.includes('--headless')).catch((error: unknown) => {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
