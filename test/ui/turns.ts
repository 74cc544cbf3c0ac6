/**
 * A folder without launch.json, and a program that runs its lines as often as it is told, and stays: what it takes to trace it, what stands at the
 * lines, what the Debug Console answers, and what two of them come to together.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { gutterIcon } from '../../src/model/gutterIcon';
import type { Look } from '../../src/model/look';
import { FIXTURES, probeLine } from '../fixtures/build';
import { writeLaunch } from './launchFile';
import type { VscodeServer } from './vscodeServer';
import type { Workbench } from './workbench';

/** Turns that the program takes unless it is told. */
const TURNS = 20;
const OTHERS = 5;
const [TURN, AFTER, CALL] = ['turn', 'after', 'call'].map((name) => probeLine('turns.c', name)) as [
  number,
  number,
  number,
];

/** Sources, a program to trace, and one that cannot be traced, in a new folder. */
export function makeTurns(folder: string): void {
  mkdirSync(folder);
  copyFileSync(join(FIXTURES, 'turns.c'), join(folder, 'turns.c'));
  writeFileSync(join(folder, 'other.c'), 'int other(int n) {\n  return n + 1;\n}\n');
  execFileSync('gcc', ['-g', '-O0', '-o', 'turns', 'turns.c'], { cwd: folder });
  execFileSync('gcc', ['-O0', '-o', 'stripped', 'turns.c'], { cwd: folder });
}

/** @param folder as made */
export async function traceTurns(workbench: Workbench, server: VscodeServer, folder: string): Promise<void> {
  await workbench.open(server.url(folder));
  await setTracepoints(workbench);
  await startTheOneProgram(workbench);
  await seeLines(workbench);
  await askConsole(workbench);
  await startAnother(workbench, folder);
}

/** By the menu of a line's number and by keys; one that is disabled, one whose condition names nothing, one that is not in the program. */
async function setTracepoints(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.openFile('turns.c');
  await workbench.chooseAtNumber(TURN, 'Add Tracepoint');
  await workbench.breakpoints(1);
  await workbench.goTo(AFTER);
  await page.keyboard.press('Control+K');
  await page.keyboard.press('F9');
  await workbench.breakpoints(2);
  await workbench.insist(
    () => workbench.run('Enable or Disable Tracepoint'),
    () => page.locator('.monaco-editor .codicon-debug-breakpoint-disabled').waitFor({ timeout: 5000 }),
  );
  await workbench.goTo(CALL);
  await workbench.run('Add Conditional Tracepoint...');
  await setNevertheless(workbench, 'n > wanted');
  await workbench.breakpoints(3);
  await workbench.openFile('other.c');
  await workbench.goTo(2);
  await workbench.run('Add Tracepoint');
  await workbench.breakpoints(1);
}

/** Into the form, which warns before there is a session. */
async function setNevertheless(workbench: Workbench, condition: string): Promise<void> {
  const { page } = workbench;
  const widget = page.locator('.quick-input-widget');
  const row = (text: string): Locator => widget.locator('.monaco-list-row.focused', { hasText: text });
  await widget.locator('input').first().fill(condition);
  await row('no variable wanted here (column 5)').waitFor();
  await page.keyboard.press('ArrowDown');
  await row('Set It Nevertheless').waitFor();
  await workbench.insist(
    () => page.keyboard.press('Enter'),
    () => widget.waitFor({ state: 'hidden', timeout: 2000 }),
  );
}

/** F5 offers what can be traced here, and nothing has to be written for it. */
async function startTheOneProgram(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const offers = page.locator('.quick-input-list .monaco-list-row .label-name');
  await workbench.insist(
    () => page.keyboard.press('F5'),
    () => page.getByPlaceholder('What shall Sourcetap trace?').waitFor({ timeout: 5000 }),
  );
  await workbench.until(
    'what can be traced',
    () => offers.allInnerTexts(),
    (texts) => texts.join() === 'turns,Choose a program…,Attach to a running process…',
  );
  await offers.first().click();
}

const badge = (label: string, look: Look): string => gutterIcon({ label, look, colour: undefined });

/** Each line says what became of its tracepoint, and so does its badge. */
async function seeLines(workbench: Workbench): Promise<void> {
  const shows = async (badges: readonly string[], ...ends: readonly RegExp[]): Promise<void> => {
    await workbench.until(
      'badges and texts of the lines',
      async () => ({ badges: await workbench.badges(), texts: await workbench.lineEnds() }),
      (found) =>
        found.badges.join() === badges.join() &&
        found.texts.length === ends.length &&
        ends.every((end) => found.texts.some((text) => end.test(text))),
    );
  };
  await shows([badge('…', 'pending')], /^The program has no source file .*\/other\.c\. /);
  await workbench.openByName('turns.c');
  await shows(
    [badge(String(TURNS), 'armed'), badge('', 'disabled'), badge('!', 'failed')],
    new RegExp(`^${TURNS} hits · n = ${TURNS} \\(1–${TURNS}\\)`),
    /no variable wanted here \(column 5\)/,
  );
}

/** Commands are completed and answered. */
async function askConsole(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.typeInConsole('hi');
  await workbench.until(
    'the commands that begin so',
    () => page.locator('.suggest-widget .monaco-list-row .label-name').allInnerTexts(),
    (names) => names.includes('hist') && names.includes('hits'),
  );
  await page.keyboard.type('st n');
  await page.keyboard.press('Enter');
  const answer = (what: string, of: RegExp): Promise<string[]> =>
    workbench.until(
      what,
      () => workbench.consoleLines(),
      (lines) => lines.some((line) => of.test(line)),
    );
  await answer(
    'a histogram',
    new RegExp(`n: ${TURNS} hits of turns\\.c:${TURN}[^]*least 1, greatest ${TURNS}`),
  );
  await workbench.typeInConsole('count');
  await page.keyboard.press('Enter');
  await answer('counts', new RegExp(`turns\\.c:${TURN} +${TURNS} [^]*armed`));
  await workbench.typeInConsole('help');
  await page.keyboard.press('Enter');
  await answer('the commands', /hist EXPRESSION +a histogram/);
}

/** Two programs run, and the line has what both come to, after their ends as well. */
async function startAnother(workbench: Workbench, folder: string): Promise<void> {
  const { page } = workbench;
  const name = 'Some More Turns';
  const program = join(folder, 'turns');
  writeLaunch(folder, { type: 'sourcetap', request: 'launch', name, program, args: [String(OTHERS)] });
  const sum = [
    () => workbench.lineEnds(),
    (texts: readonly string[]) => texts.some((text) => text.startsWith(`${TURNS + OTHERS} hits · n = `)),
  ] as const;
  await workbench.startByName(name);
  await workbench.until('the hits of both', ...sum);
  await workbench.insist(
    () => page.keyboard.press('Shift+F5'),
    () => page.locator('.activitybar .badge-content', { hasText: /^1$/ }).waitFor({ timeout: 5000 }),
  );
  await workbench.stopDebugging();
  await workbench.until('the same after their ends', ...sum);
}
