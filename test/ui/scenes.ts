/// <reference lib="dom" />
/** What the pictures show, one scene after the other: before a session, while it runs, and after it. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Locator } from 'playwright-core';
import { HitsPanel } from './hitsPanel';
import { around, type Pictures, type Region } from './pictures';
import type { Workbench } from './workbench';

const ROOT = resolve(__dirname, '../..');
const SHOTS = join(ROOT, 'test/ui/shots');

const TAKE = 'p->stock -= n;';
const CALL = 'int taken = take(';
/** Pixels of a window that is too narrow for the texts. */
const NARROW = 900;
const MESSAGE = 'n={n} name={p->name}';
const LONG_MESSAGE = Array.from({ length: 300 }, (_, i) => `{base*${i}}`).join('');

export async function showAll(workbench: Workbench, pictures: Pictures, workspace: string): Promise<void> {
  const scenes = new Scenes(workbench, pictures, workspace);
  await scenes.beforeSession();
  await scenes.whileItRuns();
  await scenes.afterSession();
}

class Scenes {
  readonly #source: readonly string[];
  /** Tracepoints in the program's source. */
  #set = 0;

  constructor(
    private readonly workbench: Workbench,
    private readonly pictures: Pictures,
    private readonly workspace: string,
  ) {
    this.#source = readFileSync(join(workspace, 'inventory.c'), 'utf8').split('\n');
  }

  async beforeSession(): Promise<void> {
    await this.scene('walkthrough', () => this.walkthrough());
    await this.workbench.openFile('season.c');
    await this.workbench.goTo(3);
    await this.workbench.run('Add Tracepoint');
    await this.workbench.breakpoints(1);
    await this.workbench.openFile('inventory.c');
    await this.workbench.goTo(this.line(CALL));
    await this.setTracepoints();
  }

  async whileItRuns(): Promise<void> {
    const { page } = this.workbench;
    await this.workbench.startDebugging();
    await page.waitForTimeout(4000); // rates are over the last second, trends over some more
    await this.scene('form', () => this.forms());
    await this.scene('heat', () => this.heat());
    await this.scene('hits', () => this.hits());
    await this.scene('hover', () => this.hover());
    await this.scene('tracepoints', () => this.list());
    await this.scene('groups', () => this.groups());
    await this.scene('pending', () => this.pending());
    await this.scene('status-bar', () => this.statusBar());
    await this.scene('badges', () => this.badges());
    await this.scene('line-ends', () => this.lineEnds());
    await this.scene('narrow', () => this.narrow());
    await this.scene('probeable', () => this.probeable());
    await this.scene('console', () => this.console());
  }

  async afterSession(): Promise<void> {
    await this.workbench.stopDebugging();
    await this.scene('ended', () => this.ended());
    await this.scene('processes', () => this.processes());
    await this.scene('searching', () => this.searching());
  }

  /** What goes wrong with one does not keep the others from being taken. */
  private async scene(name: string, show: () => Promise<void>): Promise<void> {
    if (!this.pictures.wants(name)) return;
    const { page } = this.workbench;
    try {
      await show();
    } catch (error) {
      await this.pictures.failed(name, error);
      await page.keyboard.press('Escape');
    }
  }

  /** Its first step is open. */
  private async walkthrough(): Promise<void> {
    const { page } = this.workbench;
    await this.workbench.run('View: Toggle Primary Side Bar Visibility');
    await this.workbench.run('Open Walkthrough...');
    await this.row('Watch a Running Program').click();
    const details = page.locator('.gettingStartedContainer .gettingStartedDetailsContent');
    await details.waitFor();
    await this.take('walkthrough', () =>
      around(
        12,
        ...['.getting-started-category', '.step-list-container', '.getting-started-media'].map((part) =>
          details.locator(part),
        ),
      ),
    );
    await this.workbench.run('View: Close All Editors');
    await this.workbench.run('View: Toggle Primary Side Bar Visibility');
  }

  private async badges(): Promise<void> {
    await this.lookAt('/* Takes n pieces');
    await this.take('badges', () => this.lines('shelf = item;', 'return taken', 420));
  }

  private async lineEnds(): Promise<void> {
    await this.lookAt('/* Takes n pieces');
    await this.take('line-ends', () => this.lines('shelf = item;', 'return taken', 1030));
  }

  /** The texts are cut where the window ends. */
  private async narrow(): Promise<void> {
    const { page } = this.workbench;
    const { height, width } = page.viewportSize()!;
    await page.setViewportSize({ height, width: NARROW });
    await this.lookAt('/* Takes n pieces');
    await this.take('narrow', async () => {
      const { x, ...region } = await this.lines('shelf = item;', 'return taken', NARROW);
      return { ...region, x, width: NARROW - x };
    });
    await page.setViewportSize({ height, width });
  }

  private async pending(): Promise<void> {
    await this.workbench.openByName('season.c');
    await this.take('pending', async () => {
      const { x, y } = await around(0, this.workbench.page.locator('.monaco-editor .margin'));
      return { x, y, width: 1030, height: 100 };
    });
    await this.workbench.openByName('inventory.c');
  }

  private async hover(): Promise<void> {
    const { page } = this.workbench;
    const hover = page.locator('.monaco-hover:not(.hidden)').first();
    await this.lookAt('/* Takes n pieces');
    await this.take('hover', async () => {
      await this.workbench.hover(this.workbench.codeLine(CALL));
      const { x, y, width, height } = await around(6, hover, this.workbench.codeLine(CALL));
      return { x, y, width: Math.min(width, 900), height };
    });
    await this.pointAway();
  }

  private async list(): Promise<void> {
    const { page } = this.workbench;
    await this.workbench.run('Focus on Tracepoints View');
    await page.locator('.pane-body .monaco-list-row[aria-level="2"][aria-label*="hits"]').first().waitFor();
    await this.pointAway();
    await this.take('tracepoints', async () => ({
      ...(await around(0, page.locator('.part.sidebar'))),
      height: 330,
    }));
  }

  /** Two in a group, each of a colour, at their lines and in the list. */
  private async groups(): Promise<void> {
    const { page } = this.workbench;
    for (const [text, colour] of [
      [CALL, 'Blue'],
      [TAKE, 'Orange'],
    ] as const) {
      await this.workbench.goTo(this.line(text));
      await this.workbench.run('Move to Group...');
      await this.workbench.answer('orders');
      await this.workbench.run('Set Colour...');
      await this.row(colour).click();
    }
    await this.workbench.run('Focus on Tracepoints View');
    await page.locator('.pane-body .monaco-list-row[aria-label^="group orders"]').waitFor();
    await this.lookAt('/* Takes n pieces');
    await this.take('groups', async () => {
      const { x, y, width } = await around(0, page.locator('.part.sidebar'));
      return { x, y, width: width + 900, height: 760 };
    });
    await this.workbench.run('Dissolve Group');
    await this.row('orders').click();
    for (const text of [CALL, TAKE]) {
      await this.workbench.goTo(this.line(text));
      await this.workbench.run('Set Colour...');
      await this.row('No colour').click();
    }
  }

  /** With what it says to who points at it. */
  private async statusBar(): Promise<void> {
    const { page } = this.workbench;
    const item = page.locator('.statusbar-item[id*="sourcetap.status"]');
    const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: 'tracepoints armed' });
    await this.take('status-bar', async () => {
      await this.workbench.insist(
        async () => {
          await this.pointAway();
          await item.hover();
        },
        () => hover.waitFor({ timeout: 5000 }),
      );
      const { x, y, width, height } = await around(0, item, hover);
      return { x: Math.max(0, x - 200), y: y - 20, width: width + 400, height: height + 20 };
    });
    await this.pointAway();
  }

  private async forms(): Promise<void> {
    const { page } = this.workbench;
    const widget = page.locator('.quick-input-widget');
    const input = widget.locator('input').first();
    await this.workbench.goTo(this.line(TAKE));
    await this.workbench.run('Edit Tracepoint...');
    await page.locator('.quick-input-titlebar', { hasText: ': Message' }).waitFor();
    await this.pointAway();
    await input.fill('n={n} name={p->name} now={p->');
    await this.row('price').waitFor();
    await this.take('form-completions', () => around(0, widget));
    await page.keyboard.press('Escape');
    await this.workbench.run('Add Conditional Tracepoint...');
    await page.locator('.quick-input-titlebar', { hasText: ': Condition' }).waitFor();
    await this.pointAway();
    await input.fill('n > 3 && p->stack == 10');
    await this.row('column').waitFor();
    await this.take('form-error', () => around(0, widget));
    await page.keyboard.press('Escape');
  }

  private async heat(): Promise<void> {
    await this.workbench.goTo(this.line('p = shelf; p != NULL'));
    await this.workbench.run('Count This Function');
    await this.workbench.until(
      'counts before the code',
      () => this.workbench.lineStarts(),
      (texts) => texts.filter((text) => /^[1-9]/.test(text)).length >= 4,
    );
    await this.lookAt('static struct item *find');
    await this.take('heat', () => this.lines('static struct item *find', 'static int take(', 800));
    await this.workbench.run('Stop Counting Lines');
  }

  private async probeable(): Promise<void> {
    await this.workbench.run('Show Probeable Lines');
    await this.lookAt(CALL);
    await this.workbench.until(
      'what a tracepoint would find',
      () => this.workbench.lineEnds(),
      (texts) => texts.some((text) => /^[\w, ]+ optimised out|copies|no probe/.test(text)),
    );
    await this.take('probeable', () => this.lines('static struct item *find', 'nanosleep', 900));
    await this.workbench.run('Hide Probeable Lines');
  }

  private async console(): Promise<void> {
    const { page } = this.workbench;
    await this.workbench.run('Debug Console: Focus on Debug Console View');
    await page.keyboard.type('help');
    await page.keyboard.press('Enter');
    await page.keyboard.type('hist n');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(500);
    await this.take('console', () => around(0, page.locator('.part.panel')));
    await this.workbench.run('View: Hide Panel');
  }

  private async hits(): Promise<void> {
    const { page } = this.workbench;
    const hits = await HitsPanel.open(this.workbench);
    await hits.chooseOf(`inventory.c:${this.line(CALL)}`);
    await hits.drawHistogram('order->amount');
    await this.take('hits', () => around(0, page.locator('.part.panel')));
    await this.overview();
    await hits.goLive();
    await this.workbench.run('View: Hide Panel');
  }

  /** For the README: the list, the lines and the hits. */
  private async overview(): Promise<void> {
    const { page } = this.workbench;
    await this.workbench.run('Focus on Tracepoints View');
    await this.workbench.goTo(this.line(CALL));
    await this.pointAway();
    await this.pictures.takeIn('dark', join(ROOT, 'media/screenshot.png'), () =>
      around(0, page.locator('.monaco-workbench')),
    );
  }

  private async ended(): Promise<void> {
    await this.lookAt('/* Takes n pieces');
    await this.take('ended', () => this.lines('/* Takes n pieces', 'return taken', 1030));
  }

  /** The picker, with what is typed into it: other processes of the machine are nobody's business. */
  private async processes(): Promise<void> {
    const { page } = this.workbench;
    const programs = ['inventory', 'inventory-release', 'inventory'].map((name) =>
      spawn(join(this.workspace, name), { stdio: 'ignore' }),
    );
    try {
      await this.workbench.run('Debug: Select and Start Debugging');
      await this.row('Trace a Running One').click();
      const input = page.locator('.quick-input-widget input').first();
      await page.locator('.quick-input-widget input[placeholder="Process to trace"]').waitFor();
      await input.fill(this.workspace);
      await this.row('inventory-release').waitFor();
      await this.take('processes', () => around(0, page.locator('.quick-input-widget')));
      await page.keyboard.press('Escape');
    } finally {
      for (const program of programs) program.kill();
    }
  }

  /** Lines with so many machine addresses, and messages of so many expressions, that there is time for pictures until they are in. */
  private async searching(): Promise<void> {
    const { page } = this.workbench;
    const program = spawn(join(this.workspace, 'shops'), { stdio: 'ignore' });
    try {
      await this.workbench.openByName('shops.cc');
      for (const text of ['double rise', 'return base']) {
        await this.workbench.codeLine(text).click();
        await this.workbench.run('Add Tracepoint with Message...');
        await this.workbench.answer(LONG_MESSAGE);
      }
      await this.workbench.startByName('Trace a Running One');
      await page.getByPlaceholder('Process to trace').fill(String(program.pid));
      await this.row('shops').click();
      const notification = page.locator('.notification-toast', { hasText: 'Reading debug information' });
      await notification.waitFor();
      await this.pointAway();
      await this.take('searching', async () => {
        const { x, y } = await around(0, page.locator('.monaco-editor .margin'));
        const last = await around(0, page.locator('.monaco-editor .line-numbers', { hasText: /^9$/ }));
        return { x, y, width: 1030, height: last.y + last.height - y };
      });
      await this.take('progress', () => around(12, notification));
      await this.workbench.stopDebugging();
    } finally {
      program.kill();
    }
  }

  /** One for each look that a line of the program can have. */
  private async setTracepoints(): Promise<void> {
    await this.add('shelf = item;');
    await this.write('if (strcmp(p->name', 'looks at {p->name}', { 'Hits a Second': '20' });
    await this.write(TAKE, MESSAGE);
    await this.write('if (p->stock < 10)', '{p->name}', { Condition: 'stock < 10' });
    await this.write('p->stock += 200;', 'delivery of {p->name}', { 'Stop After': '30' });
    await this.add(CALL);
    await this.add('return taken * item->price;');
    await this.workbench.run('Enable or Disable Tracepoint');
  }

  private pointAway(): Promise<void> {
    return this.workbench.page.mouse.move(700, 1000);
  }

  /** The line stands in the middle. */
  private async lookAt(text: string): Promise<void> {
    await this.workbench.goTo(1);
    await this.workbench.goTo(this.line(text));
    await this.pointAway();
  }

  private take(name: string, region: () => Promise<Region>): Promise<void> {
    return this.pictures.take(SHOTS, name, region);
  }

  /** An entry of the list that is on screen. */
  private row(text: string): Locator {
    return this.workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  private line(text: string): number {
    return this.#source.findIndex((line) => line.includes(text)) + 1;
  }

  private async add(text: string): Promise<void> {
    await this.workbench.goTo(this.line(text));
    await this.workbench.run('Add Tracepoint');
    await this.workbench.breakpoints(++this.#set);
  }

  /** By the form. */
  private async write(text: string, message: string, others: Record<string, string> = {}): Promise<void> {
    const { page } = this.workbench;
    const input = page.locator('.quick-input-widget input').first();
    await this.workbench.goTo(this.line(text));
    await this.workbench.run('Add Tracepoint with Message...');
    const field = (name: string): Locator =>
      page.locator('.quick-input-titlebar', { hasText: `${this.line(text)}: ${name}` });
    await field('Message').waitFor();
    await this.pointAway(); // what it points at has a hover, which hides the list
    await this.workbench.insist(
      () => input.fill(message),
      () => this.row(message).waitFor({ timeout: 2000 }),
    );
    for (const [name, value] of Object.entries(others)) {
      await this.workbench.insist(
        () => this.row(name).click({ timeout: 5000 }),
        () => field(name).waitFor({ timeout: 5000 }),
      );
      await this.pointAway();
      await input.fill(value);
      if (name === 'Condition') {
        await this.row(`if ${value}`).waitFor();
        await this.row('Message').click();
      } else await page.keyboard.press('Enter');
      await field('Message').waitFor();
      await this.pointAway();
      await this.row(message).waitFor();
    }
    // One has a condition that is wrong, and is to be shown as that.
    const done = page.locator('.quick-input-list .monaco-list-row', { hasText: /Done|Set It Nevertheless/ });
    await this.workbench.insist(
      () => done.click({ timeout: 5000 }),
      () => page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 5000 }),
    );
    await this.workbench.breakpoints(++this.#set);
  }

  /** The editor from one line to another. */
  private async lines(first: string, last: string, width: number): Promise<Region> {
    const { page } = this.workbench;
    const number = (text: string): Locator =>
      page.locator('.monaco-editor .line-numbers', { hasText: new RegExp(`^${this.line(text)}$`) });
    const { y, height } = await around(0, number(first), number(last));
    const { x } = await around(0, page.locator('.monaco-editor .margin'));
    return { x: x - 6, y, width, height };
  }
}
