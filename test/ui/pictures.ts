/** Takes a part of the workbench in each of the default themes. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { withPalette } from './palettePng';
import { setTheme, THEME_NAMES, type ThemeName } from './themes';
import type { VscodeServer } from './vscodeServer';
import type { Workbench } from './workbench';

/** Pixels of the page. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Milliseconds: the workbench and its pages take on a theme one after the other, and the next updates bring their colours. */
const SETTLING = 700;

export class Pictures {
  /** Files that were written. */
  readonly written: string[] = [];
  readonly #failures: string[] = [];

  /**
   * @param names of the scenes that are wanted; all where there are none
   * @param out where pictures of failures go
   */
  constructor(
    private readonly server: VscodeServer,
    private readonly workbench: Workbench,
    private readonly names: readonly string[],
    private readonly out: string,
  ) {}

  /**
   * `<name>-<theme>.png` in `dir`, one for each theme.
   * @param region asked in each theme: high contrast has other borders
   */
  async take(dir: string, name: string, region: () => Promise<Region>): Promise<void> {
    for (const theme of THEME_NAMES) await this.takeIn(theme, join(dir, `${name}-${theme}.png`), region);
  }

  wants(name: string): boolean {
    return this.names.length === 0 || this.names.includes(name);
  }

  /** In one theme. */
  async takeIn(theme: ThemeName, file: string, region: () => Promise<Region>): Promise<void> {
    const { page } = this.workbench;
    await setTheme(this.server, this.workbench, theme);
    await page.waitForTimeout(SETTLING);
    mkdirSync(join(file, '..'), { recursive: true });
    const png = await page.screenshot({ clip: await region(), animations: 'disabled' });
    writeFileSync(file, await withPalette(page, png));
    this.written.push(file);
  }

  /** Leaves a picture of what was on screen instead. */
  async failed(name: string, error: unknown): Promise<void> {
    this.#failures.push(
      `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    await this.workbench.page.screenshot({ path: join(this.out, `failure-${name}.png`) });
  }

  /** What went wrong, one a line. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** One a line, with their sizes. */
  toString(): string {
    return this.written.map((file) => `${file}  ${Math.ceil(statSync(file).size / 1024)} KiB`).join('\n');
  }
}

/** What holds all of them, and some room around. */
export async function around(room: number, ...parts: readonly Locator[]): Promise<Region> {
  const boxes = await Promise.all(parts.map((part) => part.first().boundingBox()));
  const found = boxes.filter((box) => box !== null);
  if (found.length === 0) throw new Error('nothing of it is on screen');
  const x = Math.max(0, Math.min(...found.map((box) => box.x)) - room);
  const y = Math.max(0, Math.min(...found.map((box) => box.y)) - room);
  return {
    x,
    y,
    width: Math.max(...found.map((box) => box.x + box.width)) + room - x,
    height: Math.max(...found.map((box) => box.y + box.height)) + room - y,
  };
}
