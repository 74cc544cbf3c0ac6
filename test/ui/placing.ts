/// <reference lib="dom" />
/** The form, the list of tracepoints, and counting, as a person uses them while the program runs. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { TracepointList } from './tracepointList';
import type { Workbench } from './workbench';

/** A condition of a tracepoint on `line`. */
export async function writeConditional(workbench: Workbench, line: Locator): Promise<void> {
  await writeWithHelp(workbench, line);
  const texts = await workbench.until(
    'hits of the conditional tracepoint',
    () => workbench.lineEnds(),
    (ends) => ends.length === 2 && ends[1]!.includes(' hits · '),
  );
  assert.match(texts[1]!, /order = 0x[0-9a-f]+/);
}

/** Writes it with the form's help: a completion, an error with its column, and then what is right. */
export async function writeWithHelp(workbench: Workbench, line: Locator): Promise<void> {
  const { page } = workbench;
  const input = page.locator('.quick-input-widget input').first();
  const row = (text: string | RegExp): Locator => formRow(workbench, text);
  await workbench.chooseAt(line, 'Add Conditional Tracepoint');
  await input.waitFor();
  await input.pressSequentially('order->am');
  // A click in the moment in which the rows are painted anew is lost.
  await workbench.insist(
    () => row('amount').click({ timeout: 5000 }),
    async () => {
      await page.waitForTimeout(500);
      assert.equal(await input.inputValue(), 'order->amount');
    },
  );
  await input.press('End');
  await input.pressSequentially(' > x');
  await row(/no variable x here \(column 17\)/).waitFor();
  await input.press('Backspace');
  await input.pressSequentially('12');
  await row('Done').waitFor();
  await input.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** Without a program that tells about the line, an error of the syntax is told all the same. */
export async function writeUnhelped(workbench: Workbench, line: Locator): Promise<void> {
  const { page } = workbench;
  const input = page.locator('.quick-input-widget input').first();
  await workbench.chooseAt(line, 'Add Conditional Tracepoint');
  await input.waitFor();
  await input.pressSequentially('order->amount >');
  await formRow(workbench, /\(column 16\)/).waitFor();
  await formRow(workbench, 'is known: names are not checked').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

const formRow = ({ page }: Workbench, text: string | RegExp): Locator =>
  page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();

/**
 * The list tells of both; a checkbox disables one, Space enables it, and Delete removes it. In a group, which one is dragged into, they are
 * disabled and enabled together.
 * @param lines of the two: the first logs `message`, the second has a condition
 */
export async function useList(
  workbench: Workbench,
  lines: readonly [number, number],
  message: string,
): Promise<void> {
  const { page } = workbench;
  const [first, second] = lines.map((line) => `line ${line}`) as [string, string];
  const tracepoints = (count: number): RegExp => new RegExp(`^1 inventory\\.c, ${count} tracepoints?$`);
  const row = (name: string, state: string): RegExp => new RegExp(`^2 .*${name}, .*${state}`);
  const logs = row(first, `logs ${message.replace(/[{}]/g, '\\$&')}, [\\d ]+ hits, .*hitting`);
  const shown = async (count: number): Promise<void> => {
    await workbench.until(
      `values at ${count} lines`,
      () => workbench.lineEnds(),
      (ends) => ends.length === count,
    );
  };
  const list = await TracepointList.open(workbench);
  const hitting = row(second, 'if order->amount > 12, [\\d ]+ hits, .*hitting, .* filtered by the condition');
  await list.reads('both', tracepoints(2), logs, hitting);
  await list.check(`2 ${second}`, false);
  await list.reads('one disabled', /, 2 tracepoints, 1 disabled/, logs, row(second, 'disabled'));
  await shown(1);
  await list.focus(second);
  await page.keyboard.press('Space');
  await list.reads('both again', tracepoints(2), logs, hitting);
  await shown(2);
  await workbench.goTo(lines[1]);
  await workbench.run('Move to Group...');
  await workbench.answer('orders');
  await list.reads('a group of one', /^1 group orders, 1 tracepoint, /, hitting, tracepoints(1), logs);
  await list.drag(`2 ${first}`, '1 group orders');
  await list.reads('a group of both', /^1 group orders, 2 tracepoints, [\d ]+ hits, .*\/s$/, logs, hitting);
  await list.check('1 group orders', false);
  await list.reads(
    'a group that is disabled',
    /^1 group orders, 2 tracepoints, 2 disabled/,
    row(first, 'disabled'),
    row(second, 'disabled'),
  );
  await shown(0);
  await list.check('1 group orders', true);
  await list.reads('a group that hits', /^1 group orders, 2 tracepoints, [\d ]+ hits, /, logs, hitting);
  await shown(2);
  await list.focus(second);
  await page.keyboard.press('Delete');
  await list.reads('the first alone', /^1 group orders, 1 tracepoint, /, logs);
}

/** Counts of all lines of a file, and of a function by its key, stand before the code, and go. */
export async function countLines(workbench: Workbench): Promise<void> {
  const { keyboard } = workbench.page;
  await workbench.run('Count This File');
  const ofFile = await countedLines(workbench, Infinity);
  await keyboard.press('Control+K');
  await keyboard.press('Control+F9');
  await countedLines(workbench, ofFile);
}

/** Gives how many are in view. @param below so many are not expected any more */
async function countedLines(workbench: Workbench, below: number): Promise<number> {
  const { page } = workbench;
  const counted = async (): Promise<number> =>
    (await workbench.lineStarts()).filter((text) => /^[1-9][\d.]*[kM]?$/.test(text)).length;
  const lines = await workbench.until(
    'counts before the code',
    counted,
    (found) => found >= 4 && found < below,
  );
  await workbench.run('Stop Counting Lines');
  await workbench.until(
    'no counts',
    async () => {
      const before = await counted();
      // While they are painted anew there are none for a moment.
      await page.waitForTimeout(300);
      return Math.max(before, await counted());
    },
    (found) => found === 0,
  );
  return lines;
}
