/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * A running program whose strings, names, arguments and thread names would do harm if they were taken for more than text: wherever the workbench
 * shows them there are no elements that they asked for, no links, no icons, no character that is not seen.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { FIXTURES, probeLine } from '../fixtures/build';
import { giveHostileNames } from '../fixtures/hostileNames';
import type { Workbench } from './workbench';

const CODE = 'calls += hostile_variable';
const ARGUMENTS = [
  '$(bug) \u001b[31m\u202e',
  '[run](command:workbench.action.quit)',
  '<img src=x>',
  'x'.repeat(20_000),
];

/** Source and program, in the folder that is going to be opened. */
export function makeHostile(folder: string): void {
  copyFileSync(join(FIXTURES, 'hostile.c'), join(folder, 'hostile.c'));
  execFileSync('gcc', ['-g', '-O0', '-o', 'hostile', 'hostile.c'], { cwd: folder });
  giveHostileNames(join(folder, 'hostile'));
}

/** @param attach name of the configuration that asks for a process */
export async function traceHostile(workbench: Workbench, folder: string, attach: string): Promise<void> {
  const { page } = workbench;
  const child = spawn(join(folder, 'hostile'), ARGUMENTS, { stdio: 'ignore' });
  try {
    await workbench.openByName('hostile.c');
    await workbench.goTo(probeLine('hostile.c', 'hostile'));
    await workbench.chooseAt(workbench.codeLine(CODE), 'Add Tracepoint');
    await workbench.startByName(attach);
    const process = page.locator('.quick-input-list .monaco-list-row', { hasText: '$(bug)' }).first();
    await page.getByPlaceholder('Process to trace').fill(String(child.pid));
    await assertInert(process.locator('.quick-input-list-rows'), 'a process to choose');
    // What the pointer happens to be on has a hover, which takes the click.
    await page.keyboard.press('Enter');
    await workbench.until(
      'hits',
      () => workbench.lineEnds(),
      ([text = '']) => text.includes(' hits · '),
    );
    for (const text of await workbench.lineEnds()) assertSeen(text);
    await lookAtHover(workbench);
    await lookAtList(workbench);
    await lookAtConsole(workbench);
    await lookAtNotification(workbench);
    await workbench.stopDebugging();
    await workbench.run('Clear Tracepoint Results');
  } finally {
    child.kill('SIGKILL');
  }
}

/** Four links, which are the actions, and the values in blocks of code. */
async function lookAtHover(workbench: Workbench): Promise<void> {
  const text = await workbench.hover(workbench.codeLine(CODE));
  assert.match(text, /\\u001b\[32m.*: long = \d+/, 'a name of a variable');
  assert.match(text, /Last hit .* in \\u001b\[31m<command:/, 'the name of a function');
  const hover = workbench.page.locator('.monaco-hover:not(.hidden) .monaco-hover-content').first();
  assert.deepEqual(await hover.locator('a').evaluateAll((links) => links.map((link) => link.textContent)), [
    'Edit...',
    'Disable',
    'Reset Counts',
    'Remove',
  ]);
  assert.deepEqual(await hover.locator('strong').allTextContents(), ['Sourcetap']);
  await assertInert(hover, 'the hover', LINKS, 'strong');
  await workbench.page.keyboard.press('Escape');
}

async function lookAtList({ page }: Workbench): Promise<void> {
  const row = page.locator('.pane-body .monaco-list-row[aria-level="2"]').first();
  // A click where the list is open closes it.
  if (!(await row.isVisible()))
    await page.locator('.activitybar .action-item [aria-label^="Sourcetap"]').first().click();
  await row.waitFor();
  assertSeen((await row.getAttribute('aria-label')) ?? '');
  // Its icon has the colour of its state.
  await assertInert(row.locator('.monaco-icon-label'), 'a row of the list', '[style*="color"]');
}

/** Addresses in it become links, as in all output; they have to be clicked with a key held. */
async function lookAtConsole(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.locator('.panel .composite-bar [aria-label^="Debug Console"]').first().click();
  const lines = await workbench.until(
    'the strings in the debug console',
    () => workbench.consoleLines(),
    (all) => all.some((line) => line.includes('onerror')) && all.some((line) => line.includes('_text')),
  );
  for (const line of lines) assertSeen(line.trim());
  const rows = page.locator('.repl .monaco-list-row');
  // VS Code colours rows itself; escapes that are seen as text colour nothing.
  await assertInert(rows.first().locator('xpath=..'), 'the debug console', LINKS, '[style*="color"]');
  for (const address of await rows
    .locator('a')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href'))))
    assert.doesNotMatch(address ?? '', /^command:/);
}

async function lookAtNotification(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const message = page.locator('.notification-list-item-message', { hasText: 'line ' }).first();
  // Each of the strings comes in its turn.
  await workbench.insist(
    async () => {
      await workbench.run('Read Tracepoint at Line');
    },
    () => message.filter({ hasText: '[run] (command:' }).waitFor({ timeout: 2000 }),
  );
  await assertInert(message, 'a notification');
  await workbench.run('Notifications: Clear All Notifications');
}

/** Links: those of toolbars are not of the text, and labels of rows lead nowhere. */
const LINKS = 'a:not(.action-label):not(.label-name)';

/** @param allowed elements that VS Code makes of any text, or that are ours */
async function assertInert(place: Locator, what: string, ...allowed: readonly string[]): Promise<void> {
  const { elements, text } = await place.evaluate((root) => ({
    elements: [
      'a:not(.action-label):not(.label-name)',
      'img',
      'script',
      'b',
      'strong',
      'em',
      'h1',
      '[onerror]',
      '.codicon-bug',
      '.codicon-sync',
      '[style*="color"]',
    ].flatMap((selector) => [...root.querySelectorAll(selector)].map(() => selector)),
    text: root.textContent,
  }));
  assert.deepEqual(
    elements.filter((selector) => !allowed.includes(selector)),
    [],
    `${what} has elements: ${text}`,
  );
  assertSeen(text);
  assert.equal(await place.page().evaluate(() => 'hacked' in window), false);
}

/** No character goes unseen. VS Code's own texts have joiners for lines to break at. */
function assertSeen(text: string): void {
  assert.doesNotMatch(text.replace(/[\n\u200b]/g, ''), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
  assert.ok(text.length < 20_000, `${text.length} characters`);
}
