/// <reference lib="dom" />
/**
 * The page of the hits panel in Chromium, on 100 000 hits and the requests of a real adapter: what is in view, keys, filters,
 * hostile values, accessibility.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { CountHistory } from '../../adapter/dap/countHistory';
import { hitVerbs, HitRequests } from '../../adapter/dap/hitRequests';
import { RequestError } from '../../adapter/dap/requestError';
import { History } from '../../adapter/engine/history';
import { errorMessage } from '../../adapter/messages';
import { HITS_REQUEST, type HitBody } from '../../adapter/protocol';
import type { FromPanel, HitsSession, ToPanel } from '../../src/model/hitsMessages';
import { hitsPage } from '../../src/model/hitsPage';
import { hitOf, hitSource } from '../builders/hits';
import { accessibilityViolations } from './accessibility';
import { launchBrowser } from './browser';

const DIST = resolve(__dirname, '../../dist');
const ORIGIN = 'http://hits.test';
const HITS = 100_000;
/** Milliseconds after which what was typed takes effect, and some more. */
const TYPING_PAUSE = 400;
/** Milliseconds after which charts are drawn again, and some more. */
const STATISTICS_PAUSE = 1500;
const SOURCES = [
  hitSource({ tracepoint: 1, line: 7, message: 'n={n} name={name}' }),
  hitSource({ tracepoint: 2, line: 20, function: 'rest' }),
];
/** Hits a second of the first of them: those that are remembered, and all. */
const DELIVERED = 7500;
const ALL = 250_500;
const NO_COUNTS = { lost: 0, filtered: 0, conditionErrors: 0 };
/** Markup, a command link, ANSI, a bidirectional override, zero width, and the end of a line. */
const HOSTILE = '<img src=x onerror="window.hacked=1">[x](command:exit)\u001b[31m\u202e\u200bend\n';
const SESSION: HitsSession = {
  id: 's1',
  run: 1,
  name: 'Trace <b>it</b>',
  ended: false,
  tracepoints: [
    { place: '/src/work.c:7', ids: [1], label: 'work.c:7' },
    { place: '/src/work.c:20', ids: [3, 2], label: 'work.c:20' },
  ],
};

/** The extension's side, with a history of its own. */
class FakeHost {
  readonly received: FromPanel[] = [];
  /** Questions for rows. */
  answered = 0;
  history = new History({ hits: HITS, bytes: 1 << 26 });
  readonly #counts = new CountHistory(0);
  readonly #verbs = hitVerbs(() => this.#requests);
  #requests = new HitRequests(this.history, this.#counts, () => undefined);

  constructor(private readonly page: Page) {}

  add(count: number): void {
    for (let i = 0; i < count; i++) {
      const n = this.history.total;
      this.history.add(
        hitOf(SOURCES[n % 4 === 3 ? 1 : 0]!, {
          n,
          name: n % 1000 === 999 ? HOSTILE : `name ${n % 7}`,
          tid: 100 + (n % 3),
          time: n * 100_000,
        }),
      );
    }
  }

  tell(message: ToPanel): Promise<void> {
    return this.page.evaluate((data) => {
      window.postMessage(data, '*');
    }, message);
  }

  async changed(): Promise<void> {
    const { total, first: dropped } = this.history;
    await this.tell({
      type: 'changed',
      session: SESSION.id,
      body: { total, dropped, rates: [{ tracepoint: 1, rate: 750 }] },
    });
  }

  /** Tracepoint 1 had so many hits in each second, most of which were throttled. */
  count(perSecond: number, seconds: number): void {
    for (let second = 1; second <= seconds; second++) {
      const hits = second * perSecond;
      const delivered = second * DELIVERED;
      const counts = { ...NO_COUNTS, hits, delivered, throttled: hits - delivered };
      this.#counts.note([{ id: 1, mode: 'log', counts }], second * 1e9);
    }
  }

  /** The session begins again, with as many hits. */
  async restart(count: number): Promise<void> {
    this.history = new History({ hits: HITS, bytes: 1 << 26 });
    this.#requests = new HitRequests(this.history, new CountHistory(0), () => undefined);
    await this.tell({ type: 'sessions', sessions: [{ ...SESSION, run: 2 }] });
    this.add(count);
    await this.changed();
  }

  /** No session is known any more. */
  forget(): Promise<void> {
    return this.tell({ type: 'sessions', sessions: [] });
  }

  async take(message: FromPanel): Promise<void> {
    this.received.push(message);
    if (message.type === 'ready') await this.tell({ type: 'sessions', sessions: [SESSION] });
    if (message.type !== 'request') return;
    const { id, command, args } = message;
    try {
      const verb = (this.#verbs as unknown as Record<string, (args: object) => Promise<object>>)[command]!;
      const body = await verb(args);
      if (command === 'sourcetap/hit') addChildren(body as HitBody);
      await this.tell({ type: 'response', id, body });
      if (command === HITS_REQUEST) this.answered++;
    } catch (error) {
      const message = error instanceof RequestError ? error.message : errorMessage(error);
      await this.tell({ type: 'failure', id, message });
    }
  }
}

/** The invented function has no structs. */
function addChildren({ hit }: HitBody): void {
  hit.values.push({
    name: 'p',
    type: 'struct item *',
    value: '0x7ffd10',
    children: [
      { name: 'id', type: 'int', value: '7' },
      { name: HOSTILE, type: 'struct', value: '{...}', children: [{ name: 'x', type: 'int', value: '1' }] },
    ],
  });
}

/** Throws where the page does not do what it should. */
export async function useHitsPage(): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 420 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    const host = new FakeHost(page);
    host.add(HITS);
    await open(page, host);
    await page
      .locator('.rows .row')
      .first()
      .waitFor({ timeout: 10_000 })
      .catch((error: unknown) => {
        throw new Error(complaints.join('\n'), { cause: error });
      });
    await showsTheNewest(page);
    await movesByKeys(page, host);
    await staysInPlace(page, host);
    await opensTrees(page);
    assert.deepEqual(await accessibilityViolations(page.mainFrame()), []);
    await goesBackToLive(page, host);
    await pauses(page, host);
    await keepsItsFilterWhileTyping(page, host);
    await filters(page);
    await showsHostileValues(page);
    await drawsCharts(page);
    await drawsAllHits(page, host);
    await standsStill(page, host);
    await seesValuesBesideCharts(page);
    await beginsAnew(page, host);
    await restores(page);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

async function open(page: Page, host: FakeHost): Promise<void> {
  const html = hitsPage({
    script: `${ORIGIN}/hits.js`,
    style: `${ORIGIN}/hits.css`,
    cspSource: ORIGIN,
    nonce: 'abc123',
  });
  const files: Record<string, { body: string | Buffer; contentType: string }> = {
    '/': { body: html, contentType: 'text/html' },
    '/hits.js': { body: readFileSync(join(DIST, 'hits.js')), contentType: 'text/javascript' },
    '/hits.css': { body: readFileSync(join(DIST, 'hits.css')), contentType: 'text/css' },
  };
  await page.route('**', (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill(file) : route.abort();
  });
  await page.exposeFunction('toHost', (message: FromPanel) => {
    // The page may have gone meanwhile.
    host.take(message).catch(() => undefined);
  });
  // As text: functions would bring a helper of the compiler with them.
  await page.addInitScript(
    'window.acquireVsCodeApi = () => ({ postMessage: window.toHost, getState() {}, setState() {} });',
  );
  await page.goto(`${ORIGIN}/`);
  await page.evaluate((theme) => {
    for (const [name, value] of Object.entries(theme))
      document.documentElement.style.setProperty(name, value);
  }, THEME);
}

/** The default light theme's colours, as far as they are used. */
const THEME = {
  '--vscode-foreground': '#3b3b3b',
  '--vscode-panel-background': '#f8f8f8',
  '--vscode-descriptionForeground': '#3b3b3b',
  '--vscode-input-foreground': '#3b3b3b',
  '--vscode-input-background': '#ffffff',
  '--vscode-button-foreground': '#ffffff',
  '--vscode-button-background': '#005fb8',
  '--vscode-button-secondaryForeground': '#3b3b3b',
  '--vscode-button-secondaryBackground': '#e5e5e5',
  '--vscode-list-activeSelectionForeground': '#000000',
  '--vscode-list-activeSelectionBackground': '#e8e8e8',
  '--vscode-focusBorder': '#005fb8',
  '--vscode-charts-blue': '#1a85ff',
  '--vscode-charts-orange': '#d18616',
};

/** In the order in which they stand. */
const shown = (page: Page): Promise<string[]> =>
  page
    .locator('.rows .row')
    .evaluateAll((rows) =>
      rows
        .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
        .map((row) => row.children[3]!.textContent),
    );

async function until(page: Page, what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end)
      throw new Error(`waited for ${what}; the page: ${await page.locator('main').ariaSnapshot()}`);
    await page.waitForTimeout(50);
  }
}

const counts = (page: Page): Promise<string> =>
  page
    .locator('.counts')
    .innerText()
    .then((text) => text.replace(/\u00a0/g, ' '));

async function showsTheNewest(page: Page): Promise<void> {
  const grid = page.locator('[role=grid]');
  await until(
    page,
    'the newest hit',
    async () => (await shown(page)).at(-1)?.includes(`${HITS - 1}`) ?? false,
  );
  assert.equal(await grid.getAttribute('aria-rowcount'), String(HITS + 1));
  assert.ok((await page.locator('.rows .row').count()) < 60, 'only rows in view are in the document');
  assert.equal(await counts(page), '100 000 hits');
}

async function movesByKeys(page: Page, host: FakeHost): Promise<void> {
  const grid = page.locator('[role=grid]');
  const active = (): Promise<string | null> => grid.getAttribute('aria-activedescendant');
  await grid.focus();
  await page.keyboard.press('Home');
  await until(page, 'the oldest hit', async () => (await shown(page))[0] === 'n=0 name="name 0"');
  assert.equal(await active(), 'hit-0');
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), 'hit-1');
  await page.keyboard.press('PageDown');
  const page1 = Number((await active())!.slice(4));
  assert.ok(page1 > 5 && page1 < 60);
  await page.keyboard.press('PageUp');
  assert.equal(await active(), 'hit-1');
  await page.keyboard.press('End');
  assert.equal(await active(), `hit-${HITS - 1}`);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await until(page, 'the second hit', async () => (await shown(page))[1] === 'n=1 name="name 1"');
  await page.keyboard.press('Enter');
  await page.locator('[role=tree]').waitFor();
  assert.deepEqual(
    host.received.filter(({ type }) => type === 'choose'),
    [{ type: 'choose', session: SESSION.id, hit: 1 }],
  );
  assert.equal(await page.locator('[aria-selected=true]').getAttribute('aria-rowindex'), '3');
}

/** While older hits are dropped, what is in view does not move. */
async function staysInPlace(page: Page, host: FakeHost): Promise<void> {
  const grid = page.locator('[role=grid]');
  await grid.evaluate((element) => {
    element.scrollTop = 50_000 * 22 + 5;
  });
  await until(page, 'the middle', async () => (await shown(page))[0]?.startsWith('n=50000 ') ?? false);
  const before = await shown(page);
  host.add(1000);
  await host.changed();
  await until(page, 'the counts', async () => (await counts(page)).startsWith('101 000 hits'));
  assert.deepEqual(await shown(page), before);
  assert.equal(await counts(page), '101 000 hits · the oldest 1 000 dropped');
}

async function opensTrees(page: Page): Promise<void> {
  const items = (): Promise<string[]> => page.locator('[role=treeitem]:visible > .line').allInnerTexts();
  assert.equal((await items()).length, 3);
  await page.locator('[role=treeitem]').first().focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  const open = await items();
  assert.equal(open.length, 6);
  assert.match(
    open[4]!,
    /^<img src=x onerror="window\.hacked=1">.*\\u001b\[31m\\u202e\\u200bend\\n = \{\.\.\.\}$/,
  );
  await page.keyboard.press('ArrowLeft');
  assert.equal((await items()).length, 5);
}

async function goesBackToLive(page: Page, host: FakeHost): Promise<void> {
  await page.locator('[role=grid]').focus();
  await page.keyboard.press('Escape');
  await until(page, 'the newest hit', async () => (await shown(page)).at(-1)?.includes('100999') ?? false);
  assert.equal(
    host.received.at(-1)!.type === 'live' || host.received.some(({ type }) => type === 'live'),
    true,
  );
  assert.equal(await page.locator('[role=tree]').count(), 0);
  host.add(1);
  await host.changed();
  await until(page, 'the next hit', async () => (await shown(page)).at(-1)?.includes('101000') ?? false);
}

async function pauses(page: Page, host: FakeHost): Promise<void> {
  await page.getByRole('button', { name: 'Pause' }).click();
  const before = await shown(page);
  host.add(10);
  await host.changed();
  await until(page, 'word of newer hits', async () => (await counts(page)).endsWith('paused, 10 newer'));
  assert.deepEqual(await shown(page), before);
  await page.getByRole('button', { name: 'Follow' }).click();
  await until(page, 'the newest hit', async () => (await shown(page)).at(-1)?.includes('101010') ?? false);
}

/** Hits that come before a condition is typed to its end are those of the filter that the table is of. */
async function keepsItsFilterWhileTyping(page: Page, host: FakeHost): Promise<void> {
  const condition = page.getByLabel('Condition on the values');
  const queries = (): object[] =>
    host.received.flatMap((message) =>
      message.type === 'request' && message.command === HITS_REQUEST ? [message.args] : [],
    );
  const { answered } = host;
  const pause = page.getByRole('button', { name: 'Pause' });
  await pause.click();
  await until(page, 'the answer to the pause', () => Promise.resolve(host.answered > answered));
  await condition.fill('n');
  await condition.fill('');
  await page.waitForTimeout(TYPING_PAUSE);
  assert.equal(await pause.getAttribute('aria-pressed'), 'true', 'the filter is the same');
  const asked = queries().length;
  await condition.evaluate((input: HTMLInputElement) => {
    input.value = 'n % 1000 == 5';
    input.dispatchEvent(new Event('input'));
    [...document.querySelectorAll('button')].find(({ innerText }) => innerText === 'Follow')!.click();
  });
  await until(page, '100 matching hits', async () => (await counts(page)).includes('· 100 match'));
  const [first, ...later] = queries().slice(asked) as { query: object }[];
  assert.deepEqual(first!.query, {});
  assert.deepEqual(later.at(-1)!.query, { expression: 'n % 1000 == 5' });
  await condition.fill('');
  await until(page, 'all hits', async () => !(await counts(page)).includes('match'));
}

async function filters(page: Page): Promise<void> {
  const condition = page.getByLabel('Condition on the values');
  await condition.fill('n % 1000 == 5 && startswith(name, "name");');
  await page
    .getByRole('alert')
    .filter({ hasText: /column 42/ })
    .waitFor();
  assert.equal(await condition.getAttribute('aria-invalid'), 'true');
  await condition.fill('n % 1000 == 5 && startswith(name, "name")');
  await until(page, '100 matching hits', async () => (await counts(page)).includes('· 100 match'));
  await until(
    page,
    'the last of them',
    async () => (await shown(page)).at(-1)?.startsWith('n=101005') ?? false,
  );
  assert.equal(await page.getByRole('alert').innerText(), '');
  await page.getByLabel('Tracepoint', { exact: true }).selectOption('work.c:20');
  await until(
    page,
    'word that none matches',
    async () => (await page.locator('.empty').innerText()) === 'No hit matches. Values: n, name',
  );
  assert.match(await counts(page), /· 0 match /);
  await condition.fill('');
  await page.getByLabel('Thread', { exact: true }).fill('101');
  await page.getByLabel('Text', { exact: true }).fill('REST');
  await until(page, 'the hits of a thread and a function', async () =>
    (await counts(page)).includes('8 333 match'),
  );
  await page.getByLabel('Thread', { exact: true }).fill('');
  await page.getByLabel('Text', { exact: true }).fill('');
  await page.getByLabel('Tracepoint', { exact: true }).selectOption('All tracepoints');
}

/** Text, and nothing but text. */
async function showsHostileValues(page: Page): Promise<void> {
  await page.getByLabel('Text', { exact: true }).fill('onerror');
  await until(page, 'hostile values', async () => (await counts(page)).includes('· 100 match'));
  await until(page, 'their rows', async () => (await shown(page)).length > 5);
  const texts = await shown(page);
  assert.ok(
    texts.every((text) => /onerror=.*command:exit.*\\033\[31m/.test(text)),
    texts[0],
  );
  const seen = await page.locator('.rows').evaluate((rows) => ({
    elements: rows.querySelectorAll('[role=gridcell] *').length,
    hacked: 'hacked' in window,
    unseen: /[\u202e\u200b\u001b]/.test(rows.textContent),
  }));
  assert.deepEqual(seen, { elements: 0, hacked: false, unseen: false });
  await page.getByLabel('Text', { exact: true }).fill('');
}

/** The same session, restarted while its hits are paused and one is chosen. */
async function beginsAnew(page: Page, host: FakeHost): Promise<void> {
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.rows .row').nth(2).click();
  await page.locator('[role=tree]').waitFor();
  const before = host.received.length;
  await host.restart(42);
  await until(page, 'the hits of the new run alone', async () => (await counts(page)) === '42 hits');
  await until(page, 'the newest one', async () => (await shown(page)).at(-1)?.startsWith('n=41') ?? false);
  assert.equal(await page.locator('[role=tree]').count(), 0);
  assert.equal(await page.locator('.rows [aria-selected=true]').count(), 0);
  assert.ok(host.received.slice(before).some(({ type }) => type === 'live'));
  await until(page, 'its charts', async () => (await page.locator('canvas').count()) === 2);
  await host.forget();
  await until(page, 'no charts', async () => (await page.locator('canvas, .legend li').count()) === 0);
}

/** What was asked for when the panel was hidden. */
async function restores(page: Page): Promise<void> {
  const filter = { tracepoint: '/src/work.c:20', thread: '', text: 'rest', expression: '' };
  await page.addInitScript(
    `window.acquireVsCodeApi = () => ({ postMessage: window.toHost, setState() {}, getState: () => (${JSON.stringify({ filter, charts: true, column: '' })}) });`,
  );
  await page.reload();
  await until(page, 'the hits of a tracepoint', async () => (await counts(page)).includes('· 10 match'));
  assert.equal(await page.getByLabel('Tracepoint', { exact: true }).inputValue(), '/src/work.c:20');
}

async function drawsCharts(page: Page): Promise<void> {
  await until(page, 'all hits', async () => (await counts(page)).startsWith('101 011 hits · the oldest'));
  await until(page, 'the timeline', async () =>
    /^Delivered hits per second over 9\.9\d* s: work\.c:7 at most 7 \d{3}\/s, work\.c:20 at most 2 \d{3}\/s\.$/.test(
      await summaryOf(page)(),
    ),
  );
  assert.deepEqual(await page.locator('.charts > .legend li').allInnerTexts(), [
    'work.c:7 · all\u00a0hits\u00a0750/s\u00a0now',
    'work.c:20',
  ]);
  await page.getByLabel('Value for the histogram').fill('n % 10');
  await page.keyboard.press('Enter');
  await until(page, 'the histogram', async () =>
    (await page.locator('.note').innerText())
      .replace(/\u00a0/g, ' ')
      .startsWith('n % 10 of 100 000 hits: 0 to 9, mean 4.5'),
  );
  const drawn = await page.locator('canvas').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { data } = (canvas as HTMLCanvasElement)
        .getContext('2d')!
        .getImageData(0, 0, (canvas as HTMLCanvasElement).width, (canvas as HTMLCanvasElement).height);
      return data.some((byte) => byte > 0);
    }),
  );
  assert.deepEqual(drawn, [true, true]);
}

/** The line of a throttled tracepoint's hits is where its counts are, dashed above that of those that were delivered. */
async function drawsAllHits(page: Page, host: FakeHost): Promise<void> {
  const summary = summaryOf(page);
  const key = page.locator('.charts .field .legend');
  assert.deepEqual(await key.locator('li').allInnerTexts(), ['delivered']);
  host.count(ALL, 10);
  await host.changed();
  await until(page, 'all hits', async () =>
    /work\.c:7 at most 7 \d{3}\/s \(all hits 250k\/s\), work\.c:20 at most/.test(await summary()),
  );
  assert.deepEqual(await key.locator('li').allInnerTexts(), ['delivered', 'all', 'log scale']);
  const { height, rows } = await bluePixels(page);
  // As charts.ts lays it out: 8 pixels above, 24 below, and a twentieth more than the highest rate.
  const rowOf = (rate: number): number => 8 + (height - 32) * (1 - Math.asinh(rate) / Math.asinh(ALL * 1.05));
  const at = (rate: number): number =>
    Math.max(...[-1, 0, 1].map((off) => rows[Math.round(rowOf(rate)) + off]!));
  const [all, delivered] = [at(ALL), at(DELIVERED)];
  assert.ok(delivered > 200, `a line of ${delivered} pixels`);
  assert.ok(all > 0.4 * delivered && all < 0.8 * delivered, `${all} of ${delivered} pixels: dashed`);
  assert.equal(at(ALL / 2), 0, 'and nothing between the two');

  const text = page.getByLabel('Text', { exact: true });
  await text.fill('n=1');
  await until(page, 'those that match', async () =>
    /^Delivered hits that match per second [^(]*$/.test(await summary()),
  );
  assert.deepEqual(await key.locator('li').allInnerTexts(), ['delivered, matching', 'all: unfiltered only']);
  await text.fill('');
  await until(page, 'all hits again', async () => (await summary()).includes('(all hits 250k/s)'));
}

/** With the table, while that is paused. */
async function standsStill(page: Page, host: FakeHost): Promise<void> {
  const summary = summaryOf(page);
  const before = await summary();
  await page.getByRole('button', { name: 'Pause' }).click();
  host.add(20_000);
  await host.changed();
  await until(page, 'word of newer hits', async () => (await counts(page)).endsWith('paused, 20 000 newer'));
  await page.waitForTimeout(STATISTICS_PAUSE);
  assert.equal(await summary(), before);
  const value = page.getByLabel('Value for the histogram');
  await value.fill('n % 4');
  await page.keyboard.press('Enter');
  await until(page, 'another value of the same hits', async () =>
    /^n % 4 of 80.000 hits: /.test(await page.locator('.note').innerText()),
  );
  assert.equal(await summary(), before);
  await page.getByRole('button', { name: 'Pause' }).click();
  await until(page, 'the newer hits', async () => (await summary()) !== before);
}

/** What the timeline says to who does not see it. */
const summaryOf = (page: Page) => async (): Promise<string> =>
  ((await page.locator('.chart').first().getAttribute('aria-label')) ?? '').replace(/\u00a0/g, ' ');

/** In each row of the timeline. */
const bluePixels = (page: Page): Promise<{ height: number; rows: number[] }> =>
  page
    .locator('canvas')
    .first()
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
      const rows = new Array<number>(height).fill(0);
      for (let i = 0; i < data.length; i += 4)
        if (data[i]! < 100 && data[i + 2]! > 200 && data[i + 3]! > 100) rows[Math.floor(i / 4 / width)]!++;
      return { height, rows };
    });

/** In the panel as it usually is, and where it is lower and as narrow as beside a side bar. */
async function seesValuesBesideCharts(page: Page): Promise<void> {
  const { height, width } = page.viewportSize()!;
  const row = page.locator('.rows .row').nth(2);
  await row.click();
  await page.locator('[role=treeitem]').last().click();
  for (const size of [
    { width: 1900, height: 300 },
    { width: 1000, height: 300 },
    { width, height },
  ]) {
    await page.setViewportSize(size);
    const parts = ['.values h2', '[role=treeitem] >> nth=0', '.chart >> nth=0', '.chart >> nth=1'];
    for (const part of parts)
      await until(page, `${part} in view at ${size.width}x${size.height}`, () => isInView(page, part));
  }
  assert.deepEqual(await accessibilityViolations(page.mainFrame()), []);
  await page.locator('[role=grid]').press('Escape');
}

/** All of it, where nothing that it scrolls in cuts it off. */
const isInView = (page: Page, selector: string): Promise<boolean> =>
  page
    .locator(selector)
    .evaluate(
      (element) =>
        new Promise<boolean>((done) =>
          new IntersectionObserver(([entry]) => done(entry!.intersectionRatio > 0.99)).observe(element),
        ),
    );
