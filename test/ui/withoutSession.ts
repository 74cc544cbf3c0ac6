/**
 * What a person does before anything runs: trusts the folder (Sourcetap runs what folders name, and stays off until then), writes
 * tracepoints with the form's help, and sorts them in the list by keys and by the pointer.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeUnhelped, writeWithHelp } from './placing';
import { showProbeableLines } from './seeing';
import type { ThemeName } from './themes';
import { TracepointList } from './tracepointList';
import { inWindow } from './window';
import type { Workbench } from './workbench';

const ROOT = resolve(__dirname, '../..');
const [STOCK, DELIVERY, TAKEN] = ['p->stock -= n;', 'p->stock += 200;', 'int taken = take('].map(lineNumber);

/** Throws where the window does not do what it should. */
export async function useWithoutSession(theme: ThemeName): Promise<void> {
  const out = join(ROOT, 'out/withoutSession', theme);
  const workspace = join(out, 'inventory');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  cpSync(join(ROOT, 'examples/inventory'), workspace, { recursive: true });
  await inWindow({ out, workspace, theme, asksForTrust: true }, async (workbench) => {
    await trust(workbench);
    await writeBeforeRun(workbench, workspace);
    await setTracepoints(workbench);
    const list = await TracepointList.open(workbench);
    await useKeys(workbench, list);
    await useGroups(workbench, list);
  });
}

/** Where the folder is not trusted, there is nothing of Sourcetap but the reason. */
async function trust(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.openFile('inventory.c');
  const menu = (): Promise<string[]> => workbench.menuAt(workbench.codeLine('struct item {'));
  await workbench.until(
    'a menu without tracepoints',
    menu,
    (items) => items.includes('Copy') && !items.some((item) => item.includes('Tracepoint')),
  );
  await workbench.run('Show Installed Extensions');
  await page.locator('.extensions-viewlet .monaco-list-row', { hasText: 'Sourcetap' }).click();
  await page.locator('.extension-editor', { hasText: 'so it works in trusted workspaces only' }).waitFor();
  await workbench.openByName('inventory.c');
  const question = page.locator('.monaco-dialog-box', { hasText: 'Do you trust the authors' });
  await workbench.insist(
    () => page.keyboard.press('F5'),
    () => question.waitFor({ timeout: 5000 }),
  );
  await question.locator('.monaco-button', { hasText: 'Trust Folder' }).click();
  // It goes on at once, and there is nothing to run yet.
  await page.locator('.monaco-dialog-box', { hasText: 'There is no program' }).waitFor();
  await page.keyboard.press('Escape');
  await workbench.until('a menu with tracepoints', menu, (items) => items.includes('Add Tracepoint'));
}

/** What is written is checked and completed as soon as there is a program, and lines that can be traced are marked. */
async function writeBeforeRun(workbench: Workbench, workspace: string): Promise<void> {
  const line = workbench.codeLine('int taken = take(');
  await workbench.goTo(TAKEN!);
  await writeUnhelped(workbench, line);
  execFileSync('gcc', ['-g', '-O1', '-o', 'inventory', 'inventory.c'], { cwd: workspace });
  await writeWithHelp(workbench, line);
  await workbench.breakpoints(1);
  await showProbeableLines(workbench);
  await workbench.run('Remove Tracepoint');
  await workbench.breakpoints(0);
}

async function setTracepoints(workbench: Workbench): Promise<void> {
  for (const [index, line] of [STOCK, DELIVERY, TAKEN].entries()) {
    await workbench.goTo(line!);
    await workbench.run('Add Tracepoint');
    await workbench.breakpoints(index + 1);
  }
}

/** Arrows go through the list, Space disables and enables, Enter goes to the line, Delete removes; the place in the list is kept. */
async function useKeys({ page }: Workbench, list: TracepointList): Promise<void> {
  const others = [
    new RegExp(`^2 line ${STOCK}, .* no session$`),
    new RegExp(`^2 line ${TAKEN}, .* no session$`),
  ];
  const [stock, taken] = others as [RegExp, RegExp];
  const delivery = (state: string): RegExp => new RegExp(`^2 line ${DELIVERY}, .* ${state}$`);
  await list.reads('all three', /^1 inventory\.c, 3 tracepoints$/, stock, delivery('no session'), taken);
  await list.focus(`line ${DELIVERY}`);
  await page.keyboard.press('Space');
  const oneDisabled = /^1 inventory\.c, 3 tracepoints, 1 disabled$/;
  await list.reads('one disabled', oneDisabled, stock, delivery('disabled'), taken);
  await page.keyboard.press('Space');
  await list.reads('none disabled', /^1 inventory\.c, 3 tracepoints$/, stock, delivery('no session'), taken);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.statusbar-item', { hasText: `Ln ${TAKEN}, Col 1` }).waitFor();
  await list.focus(`line ${DELIVERY}`);
  await page.keyboard.press('Delete');
  await list.reads('two', /^1 inventory\.c, 2 tracepoints$/, stock, taken);
}

/** One is made by a command, filled by dragging, disabled as a whole, there after a reload, and left by dragging. */
async function useGroups(workbench: Workbench, list: TracepointList): Promise<void> {
  const [stock, taken] = [STOCK, TAKEN].map((line) => `inventory.c, line ${line}`) as [string, string];
  const row = (text: string, state = 'no session'): RegExp => new RegExp(`^2 ${text}, .* ${state}$`);
  await workbench.goTo(STOCK!);
  await workbench.run('Move to Group...');
  await workbench.answer('orders');
  await list.reads(
    'a group of one',
    /^1 group orders, 1 tracepoint$/,
    row(stock),
    /^1 inventory\.c, 1 tracepoint$/,
    row(`line ${TAKEN}`),
  );
  await list.drag(`2 line ${TAKEN}`, '1 group orders');
  await list.reads('a group of two', /^1 group orders, 2 tracepoints$/, row(stock), row(taken));
  await list.check('1 group orders', false);
  const disabled = [
    /^1 group orders, 2 tracepoints, 2 disabled$/,
    row(stock, 'disabled'),
    row(taken, 'disabled'),
  ];
  await list.reads('a group that is disabled', ...disabled);
  await workbench.page.reload();
  await (await TracepointList.open(workbench)).reads('the same after a reload', ...disabled);
  await list.check('1 group orders', true);
  await list.reads('a group that is enabled', /^1 group orders, 2 tracepoints$/, row(stock), row(taken));
  await list.drag(`2 ${stock}`, undefined);
  await list.reads(
    'one that is out of its group',
    /^1 group orders, 1 tracepoint$/,
    row(taken),
    /^1 inventory\.c, 1 tracepoint$/,
    row(`line ${STOCK}`),
  );
}

function lineNumber(text: string): number {
  const source = readFileSync(join(ROOT, 'examples/inventory/inventory.c'), 'utf8');
  return source.split('\n').findIndex((line) => line.includes(text)) + 1;
}
