/// <reference lib="dom" />
/**
 * A program in the integrated terminal, where one types into it, and a line of it at so many machine addresses that one gives up waiting
 * for it, and then waits after all.
 */
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { writeLaunch } from './launchFile';
import { assertTextsStandOut } from './seeing';
import type { Workbench } from './workbench';

const NAME = 'In a Terminal';
const TYPED = 'abc';
const TICK = probeLine('instances.cc', 'tick');
/** At 999 machine addresses. */
const LONG = probeLine('instances.cc', 'first');
/** At each of them some hundred expressions are to be worked out, which takes many times as long as to cancel it. */
const LONG_MESSAGE = Array.from({ length: 350 }, (_, i) => `{total*${i}}`).join('');

/** The source, in the folder that is going to be opened. */
export function copyInstances(folder: string): void {
  // No newer than the program.
  cpSync(join(FIXTURES, 'instances.cc'), join(folder, 'instances.cc'), { preserveTimestamps: true });
}

/** @param folder with the source */
export async function traceInTerminal(workbench: Workbench, folder: string): Promise<void> {
  const { page } = workbench;
  const program = fixture('instances.cc');
  writeLaunch(folder, {
    type: 'sourcetap',
    request: 'launch',
    name: NAME,
    program,
    console: 'integratedTerminal',
    internalConsoleOptions: 'neverOpen',
    sourceFileMap: { [FIXTURES]: folder },
  });
  await workbench.openByName('instances.cc');
  await workbench.goTo(TICK);
  await workbench.run('Add Tracepoint');
  await workbench.breakpoints(1);
  await workbench.startByName(NAME);
  await printed(workbench, 'ready');
  await workbench.focusTerminal();
  await page.keyboard.type(TYPED);
  await page.keyboard.press('Enter');
  await workbench.until(
    'a hit for each character',
    () => workbench.lineEnds(),
    (texts) => texts.some((text) => /^4 hits · .*n = 3 \(0–3\)/.test(text)),
  );
  // Keys have other meanings in the terminal.
  await workbench.codeLine('return n + 1').click();
  await giveUp(workbench);
  await takeItAfterAll(workbench);
  await workbench.focusTerminal();
  await page.keyboard.press('Control+D');
  const [, sum] = execFileSync(program, { input: `${TYPED}\n`, encoding: 'utf8' }).split('\n');
  await printed(workbench, sum!);
  await workbench.until(
    'what was counted to the end of the program',
    () => workbench.lineEnds(),
    // The instance that adds 0 has no code for it.
    (texts) => texts.length === 1 && texts[0]!.startsWith('999 hits · total = 999 (1–999'),
  );
  await workbench.run('Clear Tracepoint Results');
}

/** While it is looked for, the line says so, and a notification how far it is; where that is cancelled, the line says so. */
async function giveUp(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const notification = page.locator('.notification-list-item', { hasText: 'Reading debug information' });
  await workbench.goTo(LONG);
  await workbench.run('Add Tracepoint with Message...');
  await workbench.answer(LONG_MESSAGE);
  await notification.filter({ hasText: `1 of 1: instances.cc:${LONG}` }).waitFor();
  await workbench.until(
    'the line that is being looked for',
    () => workbench.lineEnds(),
    (texts) => texts.includes('its machine code is being looked for'),
  );
  await assertTextsStandOut(workbench);
  await notification.locator('.monaco-button', { hasText: 'Cancel' }).click();
  await workbench.until(
    'the line that was given up',
    () => workbench.lineEnds(),
    (texts) => texts.some((text) => text.startsWith('Cancelled before it was in: set it again')),
  );
  await notification.waitFor({ state: 'hidden' });
  await assertTextsStandOut(workbench);
}

async function takeItAfterAll(workbench: Workbench): Promise<void> {
  await workbench.run('Remove Tracepoint');
  await workbench.run('Add Tracepoint');
  await workbench.until(
    'the line as it is in',
    () => workbench.lineEnds(),
    (texts) => texts.some((text) => text.startsWith('0 hits')),
  );
}

async function printed(workbench: Workbench, text: string): Promise<void> {
  await workbench.until(
    `"${text}" in the terminal`,
    () => workbench.terminalLines(),
    (lines) => lines.some((line) => line.startsWith(text)),
  );
}
