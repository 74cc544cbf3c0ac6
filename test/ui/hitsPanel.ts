/// <reference lib="dom" />
/** The hits panel in the workbench, as a person uses it while a program runs, and after its end. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { accessibilityViolations } from './accessibility';
import type { Workbench } from './workbench';

/** What is looked at in a line of NDJSON. */
interface ExportedHit {
  readonly message: string;
  readonly values: Readonly<Record<string, { readonly value: string }>>;
}

export class HitsPanel {
  private constructor(
    private readonly workbench: Workbench,
    private readonly frame: Frame,
  ) {}

  static async open(workbench: Workbench): Promise<HitsPanel> {
    await workbench.run('Focus on Hits View');
    const frame = await workbench.until('the page of the panel', () => gridFrame(workbench), Boolean);
    return new HitsPanel(workbench, frame!);
  }

  /** Filters by a condition; every row that then is there meets it. */
  async filter(): Promise<void> {
    await this.frame.getByLabel('Condition on the values').fill('n > 5 && p->name != "bolt"');
    await this.#isFiltered();
    await this.#rowsWhere('n > 5', (message) => {
      const { n, name } = /^n=(?<n>\d+) name="(?<name>\w+)"$/.exec(message)!.groups!;
      return Number(n) > 5 && name !== 'bolt';
    });
  }

  /** The line's end shows the values of the hit that is clicked, and after Escape those of the last one again. */
  async goBack(): Promise<void> {
    await this.frame.getByRole('button', { name: 'Pause' }).click();
    const row = this.frame.locator('.rows .row').nth(2);
    const message = await row.locator('[role=gridcell]').nth(3).innerText();
    await row.click();
    const { n, name } = /n=(?<n>\d+) name="(?<name>\w+)"/.exec(message)!.groups!;
    const wanted = new RegExp(`hits · chosen hit · n = ${n!} · p->name = "${name!}"`);
    await this.workbench.until(
      'the values of the chosen hit at its line',
      () => this.workbench.lineEnds(),
      (texts) => texts.some((text) => wanted.test(text)),
    );
    await this.frame.locator('[role=tree]').waitFor();
  }

  /** A page that was hidden is made anew: with its choice the values of that hit go. */
  async hide(): Promise<HitsPanel> {
    await this.workbench.run('Debug Console: Focus on Debug Console View');
    const panel = await HitsPanel.open(this.workbench);
    await panel.#live();
    return panel;
  }

  /** A hit of one tracepoint, with all of its values open. */
  async chooseOf(tracepoint: string): Promise<void> {
    await this.frame.getByLabel('Tracepoint', { exact: true }).selectOption(tracepoint);
    await this.frame.getByRole('button', { name: 'Pause' }).click();
    await this.frame.locator('.rows .row').nth(3).click();
    await this.frame.locator('[role=tree]').waitFor();
    const closed = this.frame.locator('[role=treeitem][aria-level="1"][aria-expanded=false] > .line');
    while ((await closed.count()) > 0) await closed.first().click();
  }

  async drawHistogram(value: string): Promise<void> {
    const field = this.frame.getByLabel('Value for the histogram');
    await field.fill(value);
    await field.press('Enter');
    await this.frame.locator('.note', { hasText: 'hits: ' }).waitFor();
  }

  async goLive(): Promise<void> {
    await this.frame.locator('[role=grid]').press('Escape');
    await this.#live();
  }

  async #live(): Promise<void> {
    await this.workbench.until(
      'live values',
      () => this.workbench.lineEnds(),
      (texts) => texts.every((text) => !text.includes('chosen hit')),
    );
  }

  /** Both files, with the hits that the filter lets through. */
  async export(folder: string): Promise<void> {
    const [header, ...lines] = await this.#exported('CSV', join(folder, 'hits.csv'));
    assert.match(header!, /^tracepoint,time_ns,pid,tid,function,file,line,address,message,n,p->name$/);
    assert.ok(lines.length > 0);
    for (const line of lines) assert.match(line, /,"n=(6|7|8|9|1\d) name=""(?!bolt)\w+""",/);
    const objects = await this.#exported('NDJSON', join(folder, 'hits.ndjson'));
    assert.ok(objects.length >= lines.length);
    for (const object of objects) {
      const { message, values } = JSON.parse(object) as ExportedHit;
      assert.match(message, /^n=(6|7|8|9|1\d) name="(?!bolt)\w+"$/);
      assert.equal(message, `n=${values['n']!.value} name=${values['p->name']!.value}`);
    }
  }

  /** Its lines. */
  async #exported(format: string, path: string): Promise<string[]> {
    await this.frame.getByRole('button', { name: format }).click();
    await this.workbench.answer(path);
    // It is said when all is written.
    await this.frame.locator('[role=status]', { hasText: path }).waitFor();
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  }

  /** The program has ended: its hits can still be searched. */
  async search(): Promise<void> {
    await this.frame.getByLabel('Condition on the values').fill('n < 3');
    await this.#isFiltered();
    await this.#rowsWhere('n < 3', (message) => /^n=[0-2] /.test(message));
  }

  async assertAccessible(): Promise<void> {
    assert.deepEqual(await accessibilityViolations(this.frame), []);
  }

  /** What is typed takes effect some moments later. */
  async #isFiltered(): Promise<void> {
    await this.frame.locator('.counts', { hasText: /[1-9]\s*match/ }).waitFor();
  }

  async #rowsWhere(what: string, holds: (message: string) => boolean): Promise<void> {
    await this.workbench.until(
      `hits with ${what}`,
      () =>
        this.frame
          .locator('.rows .row')
          .evaluateAll((rows) =>
            rows.map((row) => row.children[3]!.textContent).filter((text) => text !== ''),
          ),
      (messages) => messages.length > 0 && messages.every(holds),
    );
  }
}

/** The workbench shows a page in a frame within a frame, and makes both anew as it likes. */
async function gridFrame({ page }: Workbench): Promise<Frame | undefined> {
  for (const frame of page.frames()) {
    const count = await frame
      .locator('[role=grid][aria-label=Hits]')
      .count()
      .catch(() => 0);
    if (count > 0) return frame;
  }
  return undefined;
}
