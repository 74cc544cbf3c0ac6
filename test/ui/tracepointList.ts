/** The list of tracepoints in the workbench, by keys and by the pointer. Rows are told as they are read aloud, their level first. */
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench';

export class TracepointList {
  private constructor(private readonly workbench: Workbench) {}

  static async open(workbench: Workbench): Promise<TracepointList> {
    const list = new TracepointList(workbench);
    await workbench.run('Focus on Tracepoints View');
    await list.#tree.waitFor();
    return list;
  }

  /** Waits until the list has these rows. */
  async reads(what: string, ...rows: readonly RegExp[]): Promise<void> {
    await this.workbench.until(
      what,
      () => this.#spoken(),
      (spoken) => spoken.length === rows.length && rows.every((row, index) => row.test(spoken[index]!)),
    );
  }

  /** By the arrow keys. */
  async focus(text: string): Promise<void> {
    const { page } = this.workbench;
    await this.#tree.focus();
    await page.keyboard.press('Home');
    const at = (await this.#spoken()).findIndex((row) => row.includes(text));
    for (let down = 0; down < at; down++) await page.keyboard.press('ArrowDown');
    await this.#rows
      .and(page.locator('.focused'))
      .and(page.locator(`[aria-label*="${text}"]`))
      .waitFor();
  }

  /** @param onto undefined: below the last row */
  async drag(from: string, onto: string | undefined): Promise<void> {
    const row = await this.#row(from);
    if (onto !== undefined) return row.dragTo(await this.#row(onto));
    const { height } = (await this.#tree.boundingBox())!;
    await row.dragTo(this.#tree, { targetPosition: { x: 60, y: height - 20 } });
  }

  /** A click in the moment in which the row is painted anew is lost. */
  async check(text: string, on: boolean): Promise<void> {
    const checkbox = (await this.#row(text)).locator('[role=checkbox]').first();
    const { page } = this.workbench;
    await this.workbench.insist(
      async () => {
        if ((await checkbox.getAttribute('aria-checked')) !== String(on)) await checkbox.click();
      },
      () => checkbox.and(page.locator(`[aria-checked="${on}"]`)).waitFor({ timeout: 5000 }),
    );
  }

  get #tree(): Locator {
    return this.workbench.page.locator('.pane-body [role=tree][aria-label="Tracepoints"]');
  }

  get #rows(): Locator {
    return this.#tree.locator('.monaco-list-row');
  }

  async #row(text: string): Promise<Locator> {
    const at = (await this.#spoken()).findIndex((row) => row.startsWith(text));
    if (at < 0) throw new Error(`the list has no row "${text}"`);
    return this.#rows.nth(at);
  }

  async #spoken(): Promise<string[]> {
    const rows = await this.#rows.evaluateAll((all) =>
      all.map((row) => [row.getAttribute('aria-level') ?? '', row.getAttribute('aria-label') ?? '']),
    );
    return rows.map((row) => row.join(' ').replaceAll('\u00a0', ' '));
  }
}
