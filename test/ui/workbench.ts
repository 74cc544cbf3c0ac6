/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The workbench in a page, in the words of a user. Assertions read the document that the user sees. */
import type { Locator, Page } from 'playwright-core';

/** Milliseconds for anything the workbench does on request. */
const PATIENCE = 30_000;

export class Workbench {
  constructor(
    readonly page: Page,
    private readonly patience = PATIENCE,
  ) {
    page.setDefaultTimeout(patience);
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  }

  /** By the explorer. */
  async openFile(name: string): Promise<void> {
    const row = this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
    const tab = this.page.locator(`.tab.active[data-resource-name="${name}"]`);
    // A double click in the moment in which the list is filled is lost.
    await this.insist(
      () => row.dblclick(),
      () => tab.waitFor({ timeout: 5000 }),
    );
    await this.codeLine('').waitFor();
  }

  /** By its name alone, from wherever one is. */
  async openByName(name: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    await this.insist(
      async () => {
        await this.#closeQuickInput();
        await this.#quickInput('Control+P', name);
        await row.click({ timeout: 5000 });
      },
      () => this.page.locator('.tab.active', { hasText: name }).waitFor({ timeout: 5000 }),
    );
  }

  /** The first visible line of code with a text. */
  codeLine(text: string): Locator {
    return this.page.locator('.monaco-editor .view-line', { hasText: withSpaces(text) }).first();
  }

  /** Scrolls to a line of the active editor and puts the cursor there. */
  async goTo(line: number): Promise<void> {
    await this.#quickInput('Control+G', `:${line}`);
    await this.#enter();
  }

  /** Chooses from the menu of a line of code. */
  async chooseAt(line: Locator, menuItem: string): Promise<void> {
    await this.#chooseFromMenu(menuItem, async () => {
      await line.click({ position: { x: 60, y: 8 } });
      await line.click({ position: { x: 60, y: 8 }, button: 'right' });
    });
  }

  /** Chooses from the menu of a line's number. */
  async chooseAtNumber(line: number, menuItem: string): Promise<void> {
    await this.#chooseFromMenu(menuItem, () => this.#number(line).click({ button: 'right' }));
  }

  async #chooseFromMenu(menuItem: string, open: () => Promise<void>): Promise<void> {
    const item = this.page.locator('.monaco-menu .action-label', { hasText: menuItem }).first();
    // The menu ignores a click that comes at once after it has opened, and the workbench may close it while it starts.
    await this.insist(
      async () => {
        if (!(await item.isVisible())) {
          await this.page.keyboard.press('Escape');
          await open();
        }
        await item.click({ timeout: 5000 });
      },
      () => item.waitFor({ state: 'hidden', timeout: 1000 }),
    );
  }

  /** The entries of the menu of a line of code. */
  async menuAt(line: Locator): Promise<string[]> {
    const items = this.page.locator('.monaco-menu .action-label');
    await line.click({ position: { x: 60, y: 8 }, button: 'right' });
    await items.first().waitFor();
    const texts = await items.allInnerTexts();
    await this.page.keyboard.press('Escape');
    return texts.filter((text) => text !== '');
  }

  /** Answers the input box that is on screen. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    // A dialog for files fills it in by itself, some time after it has opened.
    await this.until(
      'the answer in the input box',
      async () => {
        await input.fill(text);
        await this.page.waitForTimeout(300);
        return input.inputValue();
      },
      (value) => value === text,
    );
    await this.#enter();
  }

  /** Runs a command by its title, with or without its category. */
  async run(command: string): Promise<void> {
    // To its end: others may begin like it, and those used last stand first.
    const title = new RegExp(`(^|: )${escaped(command)}$`);
    const row = this.page.locator('.quick-input-list .label-name', { hasText: title }).first();
    // Those of an extension come some time after the workbench, and only into a list that is opened then.
    await this.insist(
      async () => {
        await this.#closeQuickInput();
        await this.#quickInput('F1', `>${command}`);
      },
      () => row.click({ timeout: 5000 }),
    );
  }

  /** Waits for that many breakpoints in the gutter, of whatever kind. */
  async breakpoints(count: number): Promise<void> {
    const glyphs = this.page.locator(
      '.monaco-editor .glyph-margin-widgets [class*="codicon-debug-breakpoint"]',
    );
    await this.until(
      `${count} breakpoints in the gutter`,
      () => glyphs.count(),
      (found) => found === count,
    );
  }

  /** A click beside a line's number: sets a breakpoint, or removes the one that is there. */
  async clickGutter(line: number): Promise<void> {
    const glyph = this.page.locator(
      '.monaco-editor .glyph-margin-widgets [class*="codicon-debug-breakpoint"]',
    );
    const row = (await this.#number(line).boundingBox())!;
    // The column of the breakpoints that are there already: badges stand beside them.
    const column = (await glyph.first().boundingBox())!;
    await this.page.mouse.click(column.x + column.width / 2, row.y + row.height / 2);
  }

  #number(line: number): Locator {
    return this.page.locator('.monaco-editor .line-numbers', { hasText: new RegExp(`^${line}$`) }).first();
  }

  /** F5, by the first configuration of launch.json. */
  async startDebugging(): Promise<void> {
    await this.insist(
      () => this.page.keyboard.press('F5'),
      () => this.#debugging.waitFor({ timeout: 10_000 }),
    );
  }

  /** By a configuration of launch.json. */
  async startByName(name: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    // The workbench reads launch.json some moments after it was written.
    await this.insist(
      () => this.run('Debug: Select and Start Debugging'),
      () => row.click({ timeout: 3000 }),
    );
  }

  async stopDebugging(): Promise<void> {
    await this.insist(
      () => this.page.keyboard.press('Shift+F5'),
      () => this.#debugging.waitFor({ state: 'hidden', timeout: 10_000 }),
    );
  }

  /** Shown while a session runs. */
  get #debugging(): Locator {
    return this.page.locator('.debug-toolbar');
  }

  /** Waits until the workbench has a theme of this kind. */
  async theme(kind: 'vs' | 'vs-dark' | 'hc-black' | 'hc-light'): Promise<void> {
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** Into the debug console. */
  async typeInConsole(text: string): Promise<void> {
    await this.run('Debug Console: Focus on Debug Console View');
    await this.page.locator('.repl-input-wrapper .monaco-editor.focused').waitFor();
    await this.page.keyboard.type(text);
  }

  /** What is typed then goes to the program that runs in it. */
  async focusTerminal(): Promise<void> {
    await this.run('Terminal: Focus Terminal');
    await this.page.locator('.terminal-wrapper.active .xterm.focus').waitFor();
  }

  /** The lines of the terminal that are in view. */
  terminalLines(): Promise<string[]> {
    return this.page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts();
  }

  /** The lines of the debug console that are in view. */
  consoleLines(): Promise<string[]> {
    return this.page
      .locator('.repl .monaco-list-row .expression, .repl .monaco-list-row .output')
      .allInnerTexts();
  }

  /**
   * What the hover says while the pointer rests on a line of code.
   * @param at pixels from the line's left
   */
  async hover(line: Locator, at = 60): Promise<string> {
    const hover = this.page
      .locator('.monaco-hover:not(.hidden) .monaco-hover-content')
      .filter({ hasNotText: 'Loading...' })
      .first();
    // The editor takes a right button for still down that the context menu has seen going up; a click tells it.
    await line.click({ position: { x: 60, y: 8 } });
    await this.insist(
      async () => {
        const { x, y, height } = (await line.boundingBox())!;
        await this.page.mouse.move(x + at, y + 3 * height);
        await this.page.mouse.move(x + at, y + height / 2, { steps: 5 });
      },
      () => hover.waitFor({ timeout: 3000 }),
    );
    return (await hover.innerText()).replace(/\u00a0/g, ' ');
  }

  /** What Sourcetap says in the status bar. */
  async status(): Promise<string> {
    const item = this.page.locator('.statusbar-item[id$="sourcetap.status"]');
    return (await item.count()) === 0 ? '' : (await item.innerText()).replace(/\u00a0/g, ' ').trim();
  }

  /** The texts that decorations append to lines. */
  lineEnds(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .view-line span')]
        .map((span) => getComputedStyle(span, '::after').content)
        .filter((content) => content.startsWith('"') && content.length > 2)
        .map((content) => (JSON.parse(content) as string).replace(/\u00a0/g, ' ')),
    );
  }

  /** The texts that decorations put before lines. */
  lineStarts(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .view-line span')]
        .map((span) => getComputedStyle(span, '::before').content)
        .filter((content) => content.startsWith('"'))
        .map((content) => (JSON.parse(content) as string).replace(/\u00a0/g, '').trim())
        .filter((text) => text !== ''),
    );
  }

  /** The pictures that are the masks of the badges in the gutter, from above. */
  async badges(): Promise<string[]> {
    const images = await this.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .glyph-margin-widgets .cgmr')]
        .sort((a, b) => a.getBoundingClientRect().y - b.getBoundingClientRect().y)
        .map((glyph) => decodeURIComponent(getComputedStyle(glyph, '::after').maskImage)),
    );
    return images.flatMap((image) => /<svg .*<\/svg>/.exec(image.replaceAll('\\"', '"'))?.[0] ?? []);
  }

  /** The labels in the gutter, from above. */
  async gutterLabels(): Promise<string[]> {
    return (await this.badges()).flatMap((badge) => />([^<>]+)<\/text>/.exec(badge)?.[1] ?? []);
  }

  async #closeQuickInput(): Promise<void> {
    if (await this.page.locator('.quick-input-widget').isVisible()) await this.page.keyboard.press('Escape');
  }

  async #quickInput(key: string, text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await this.insist(
      () => this.page.keyboard.press(key),
      () => input.waitFor({ timeout: 2000 }),
    );
    await input.fill(text);
  }

  /** Into the quick input, which loses a key that comes before it has understood its text. */
  async #enter(): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    await this.insist(
      // What comes when it has gone would go into the editor.
      async () => {
        if (await widget.isVisible()) await this.page.keyboard.press('Enter');
      },
      () => widget.waitFor({ state: 'hidden', timeout: 3000 }),
    );
  }

  /** Acts until what was to come of it is there. */
  async insist(act: () => Promise<void>, done: () => Promise<void>): Promise<void> {
    for (let left = 5; ; left--) {
      try {
        await act();
        await done();
        return;
      } catch (error) {
        if (left === 0) throw error;
        await this.page.waitForTimeout(200);
      }
    }
  }

  async until<T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
    const end = Date.now() + this.patience;
    let value = await read();
    while (!holds(value)) {
      if (Date.now() > end) throw new Error(`waited for ${what}; last saw ${JSON.stringify(value)}`);
      await this.page.waitForTimeout(100);
      value = await read();
    }
    return value;
  }
}

/** The editor shows spaces as no-break spaces, and more of them where a breakpoint could be within the line. */
function withSpaces(text: string): RegExp {
  return new RegExp(escaped(text).replace(/ /g, '[ \\u00a0\\u200b]+'));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
