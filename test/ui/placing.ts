/// <reference lib="dom" />
/** The form, the list of tracepoints, and counting, as a person uses them while the program runs. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
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
  await row('amount').click();
  await workbench.until(
    'the completion in the field',
    () => input.inputValue(),
    (value) => value === 'order->amount',
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

/** The list tells of both; a checkbox disables one, a key removes it. */
export async function useList(workbench: Workbench, message: string): Promise<void> {
  const { page } = workbench;
  await page.locator('.activitybar .action-item [aria-label^="Sourcetap"]').first().click();
  const rows = page.locator('.pane-body .monaco-list-row[aria-level="2"]');
  const spoken = (): Promise<string[]> =>
    rows.evaluateAll((all) =>
      all.map((one) => (one.getAttribute('aria-label') ?? '').replace(/\u00a0/g, ' ')),
    );
  const before = await workbench.until(
    'both in the list',
    spoken,
    (labels) => labels.length === 2 && labels.every((label) => /[\d ]+ hits/.test(label)),
  );
  assert.ok(before[0]!.includes(`logs ${message}`), before[0]);
  assert.match(before[1]!, /if order->amount > 12, .* filtered by the condition/);
  const second = rows.nth(1).locator('[role=checkbox]').first();
  // A click in the moment in which the row is painted anew is lost.
  await workbench.insist(
    async () => {
      if ((await second.getAttribute('aria-checked')) === 'true') await second.click();
    },
    () => rows.nth(1).and(page.locator('[aria-label*=", disabled"]')).waitFor({ timeout: 5000 }),
  );
  await workbench.until(
    'one line with values',
    () => workbench.lineEnds(),
    (ends) => ends.length === 1,
  );
  await rows.nth(1).click();
  await page.keyboard.press('Delete');
  await workbench.until('the first alone', spoken, (labels) => labels.length === 1);
}

/** Counts of all lines stand before the code, and go. */
export async function countFile(workbench: Workbench): Promise<void> {
  const counts = (): Promise<string[]> => workbench.lineStarts();
  await workbench.run('Count This File');
  await workbench.until(
    'counts before the code',
    counts,
    (texts) => texts.filter((text) => /^[1-9][\d.]*[kM]?$/.test(text)).length >= 4,
  );
  await workbench.run('Stop Counting Lines');
  await workbench.until('no counts', counts, (texts) => texts.length === 0);
}
