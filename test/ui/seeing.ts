/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** What is on screen beside the lines: the status bar, the actions of the hover, the marks of lines that can be traced, the walkthrough. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { contrast } from '../builders/contrast';
import type { Workbench } from './workbench';

const statusItem = ({ page }: Workbench): Locator => page.locator('.statusbar-item[id$="sourcetap.status"]');

/** While a session runs. */
export async function readStatusBar(workbench: Workbench): Promise<void> {
  const texts = (): Promise<string[]> => statusItem(workbench).allInnerTexts();
  await workbench.until('the status bar', texts, ([text = '']) =>
    /^\s*\d+ probes? · [\d.]+k?\/s/.test(text.replace(/\u00a0/g, ' ')),
  );
}

export async function assertNoStatus(workbench: Workbench): Promise<void> {
  await workbench.until(
    'no word in the status bar',
    () => statusItem(workbench).count(),
    (found) => found === 0,
  );
}

/** WCAG 2.1, 1.4.3: letters on what is behind them. */
const LEAST_CONTRAST = 4.5;

/** One line has a tracepoint with hits: in the theme that the workbench has, its badge and the text at its end stand out. */
export async function assertReadable(workbench: Workbench): Promise<void> {
  await workbench.until(
    'a badge and a text that stand out',
    async () => ({ badges: await workbench.gutterLabels(), ratios: await contrasts(workbench) }),
    ({ badges, ratios }) =>
      badges.length === 1 &&
      [ratios.badges, ratios.texts].every((found) => found.length === 1 && found[0]! >= LEAST_CONTRAST),
  );
}

/** Whatever the texts at the lines' ends say. */
export async function assertTextsStandOut(workbench: Workbench): Promise<void> {
  const { texts } = await contrasts(workbench);
  assert.ok(texts.length > 0 && texts.every((ratio) => ratio >= LEAST_CONTRAST), texts.join());
}

/** Of the badges and the texts at the lines' ends to the editor's background. */
async function contrasts({ page }: Workbench): Promise<{ badges: number[]; texts: number[] }> {
  const { background, badges, texts } = await page.evaluate(() => ({
    background: getComputedStyle(document.querySelector('.monaco-editor .monaco-editor-background')!)
      .backgroundColor,
    badges: [...document.querySelectorAll('.monaco-editor .glyph-margin-widgets .cgmr')]
      .map((glyph) => getComputedStyle(glyph, '::after'))
      .filter(({ maskImage }) => maskImage.startsWith('url('))
      .map(({ backgroundColor }) => backgroundColor),
    texts: [...document.querySelectorAll('.monaco-editor .view-line span')]
      .map((span) => getComputedStyle(span, '::after'))
      .filter(({ content }) => content.startsWith('"') && content.length > 2)
      .map(({ color }) => color),
  }));
  const ratios = (colours: readonly string[]): number[] =>
    colours.map((colour) => contrast(hexadecimal(colour), hexadecimal(background)));
  return { badges: ratios(badges), texts: ratios(texts) };
}

/** `#rrggbb` of `rgb(r, g, b)`. */
const hexadecimal = (colour: string): string =>
  `#${/^rgb\((\d+), (\d+), (\d+)\)$/
    .exec(colour)!
    .slice(1)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`;

/** A click on an action of the hover does it: the counts begin anew. */
export async function resetByHover(workbench: Workbench, line: Locator): Promise<void> {
  // A paint may be under way: a line's end is not there for a moment.
  const hits = async (atLeast: number): Promise<number> => {
    const counted = (texts: readonly string[]): number => {
      const [count] = texts.flatMap((text) => /^\d[\d ]*(?= hits?\b)/.exec(text) ?? []);
      return Number(count?.replaceAll(' ', ''));
    };
    const texts = await workbench.until(
      'the count at the end of the line',
      () => workbench.lineEnds(),
      (texts) => counted(texts) >= atLeast,
    );
    return counted(texts);
  };
  const before = await hits(100);
  const link = workbench.page.locator('.monaco-hover:not(.hidden) a', { hasText: 'Reset Counts' }).first();
  await workbench.insist(
    async () => {
      await workbench.hover(line);
      await link.click({ timeout: 3000 });
    },
    async () => {
      await workbench.page.waitForTimeout(500);
      const now = await hits(0);
      assert.ok(now < before, `${now} hits after the reset of ${before}`);
    },
  );
  await workbench.page.keyboard.press('Escape');
}

/**
 * The other actions of the hover: one edits the tracepoint, one disables it, in whose place is then one that enables it, and one removes it.
 * @param line with one of two tracepoints that have hits
 */
export async function setByHover(workbench: Workbench, line: Locator): Promise<void> {
  const { page } = workbench;
  const act = async (action: string, done: () => Promise<unknown>): Promise<void> => {
    const link = page.locator('.monaco-hover:not(.hidden) a', { hasText: action }).first();
    await workbench.insist(
      async () => {
        await workbench.hover(line);
        await link.click({ timeout: 3000 });
      },
      async () => {
        await done();
      },
    );
    await page.keyboard.press('Escape');
  };
  const lines = (what: string, count: number): Promise<string[]> =>
    workbench.until(
      what,
      () => workbench.lineEnds(),
      (texts) => texts.filter((text) => text.includes(' hits · ')).length === count,
    );
  await lines('hits at both lines', 2);
  await act('Edit...', () =>
    page.locator('.quick-input-titlebar', { hasText: /^Edit Tracepoint, .*: Message$/ }).waitFor(),
  );
  await act('Disable', () => lines('hits at the other line alone', 1));
  await page.locator('.glyph-margin-widgets .codicon-debug-breakpoint-disabled').waitFor();
  await act('Enable', () => lines('hits at both lines again', 2));
  await act('Remove', () => lines('hits at the line that is left', 1));
  await workbench.breakpoints(1);
}

/** A stroke before each line with code that is in view, until they are hidden. */
export async function showProbeableLines(workbench: Workbench): Promise<void> {
  const marks = (): Promise<number> =>
    workbench.page.evaluate(
      () =>
        [...document.querySelectorAll('.monaco-editor .view-overlays .cdr')].filter(
          (mark) =>
            getComputedStyle(mark).borderLeftStyle === 'solid' &&
            getComputedStyle(mark).borderLeftWidth === '2px',
        ).length,
    );
  await workbench.run('Show Probeable Lines');
  await workbench.until('marks before lines with code', marks, (found) => found >= 5);
  await workbench.run('Hide Probeable Lines');
  await workbench.until('no marks', marks, (found) => found === 0);
}

/** @param steps their titles */
export async function openWalkthrough(
  workbench: Workbench,
  title: string,
  steps: readonly string[],
): Promise<void> {
  const { page } = workbench;
  await workbench.run('Open Walkthrough...');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
  await workbench.until(
    'the steps of the walkthrough',
    () => page.locator('.getting-started-step .step-title').allInnerTexts(),
    (titles) => titles.join() === steps.join(),
  );
  await workbench.run('View: Close Editor');
}
