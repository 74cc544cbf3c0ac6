/**
 * The packaged extension in the real workbench, as a person uses it: right-click a line, Add Tracepoint, F5, and the
 * count and the value are on screen, and in the hover. Leaves screenshots in the default themes.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { keepsWithinWindow } from './fitting';
import { HitsPanel } from './hitsPanel';
import { makeHostile, traceHostile } from './hostile';
import { countFile, useList, writeConditional } from './placing';
import {
  assertNoStatus,
  assertReadable,
  openWalkthrough,
  readStatusBar,
  resetByHover,
  showProbeableLines,
} from './seeing';
import { setTheme, THEME_NAMES } from './themes';
import { makeTurns, traceTurns } from './turns';
import { inWindow } from './window';
import type { Workbench } from './workbench';

const ROOT = resolve(__dirname, '../..');
const OUT = join(ROOT, 'out/ui');
const WORKSPACE = join(OUT, 'inventory');
/** A folder without launch.json. */
const TURNS = join(OUT, 'turns');
const LINE = 'p->stock -= n;';
const CALL = 'int taken = take(';
const MESSAGE = 'n={n} name={p->name}';
/** At the line's end: with the range of a number, once there are two. */
const VALUES = /\d hits · .*n = (?<n>\d+)(?: \([^)]*\))? · p->name = "(?<name>\w+)"/;
const [WALKTHROUGH] = (
  JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8')) as {
    contributes: { walkthroughs: { title: string; steps: { title: string }[] }[] };
  }
).contributes.walkthroughs;

/** Throws where the screen does not show what it should. */
export async function tracePackaged(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  cpSync(join(ROOT, 'examples/inventory'), WORKSPACE, { recursive: true });
  execFileSync('gcc', ['-g', '-O1', '-o', 'inventory', 'inventory.c'], { cwd: WORKSPACE });
  makeHostile(WORKSPACE);
  makeTurns(TURNS);
  await inWindow({ out: OUT, workspace: WORKSPACE }, async (workbench, server) => {
    const { page } = workbench;
    const { title, steps } = WALKTHROUGH!;
    await openWalkthrough(
      workbench,
      title,
      steps.map((step) => step.title),
    );
    await trace(workbench);
    await readStatusBar(workbench);
    const hits = await HitsPanel.open(workbench);
    await hits.filter();
    await hits.goBack();
    for (const name of THEME_NAMES) {
      await setTheme(server, workbench, name);
      await assertReadable(workbench);
      await hits.assertAccessible();
      await page.screenshot({ path: join(OUT, `${name}.png`) });
    }
    await hits.goLive();
    await hits.export(join(WORKSPACE, 'hits.csv'));
    await clickAnotherAndBack(workbench);
    await keepsWithinWindow(workbench, LINE, readFileSync(join(WORKSPACE, 'inventory.c'), 'utf8'));
    await workbench.goTo(lineNumber(CALL));
    await writeConditional(workbench, workbench.codeLine(CALL));
    await useList(workbench, MESSAGE);
    await workbench.goTo(lineNumber());
    await countFile(workbench);
    await showProbeableLines(workbench);
    await resetByHover(workbench, workbench.codeLine(LINE));
    assert.match(
      await workbench.hover(workbench.codeLine(LINE)),
      /\d hits[^]*Cost .* a hit, measured \(trap [^]*n: int = \d+.*\s+p->name: const char \* = "\w+"/,
    );
    await end(workbench);
    await assertNoStatus(workbench);
    await hits.search();
    await clear(workbench);
    await traceHostile(workbench, WORKSPACE, 'Trace a Running One');
    await traceTurns(workbench, server, TURNS);
  });
}

async function trace(workbench: Workbench): Promise<void> {
  await workbench.openFile('inventory.c');
  await workbench.goTo(lineNumber());
  await workbench.chooseAt(workbench.codeLine(LINE), 'Add Tracepoint with Message');
  await workbench.answer(MESSAGE);
  await workbench.breakpoints(1);
  await workbench.startDebugging();
  const [text] = await workbench.until(
    'hits and values at the end of the line',
    () => workbench.lineEnds(),
    (texts) => VALUES.test(texts[0] ?? ''),
  );
  const { n, name } = VALUES.exec(text!)!.groups!;
  assert.ok(Number(n) >= 1 && Number(n) <= 13, 'an order is of 1 to 13 pieces');
  assert.ok(['apple', 'bolt', 'candle', 'drum', 'engine', 'flute', 'globe', 'hammer'].includes(name!));
  await workbench.until(
    'the count in the gutter',
    () => workbench.gutterLabels(),
    (labels) => labels.length === 1 && /^[\d.]+k?$/.test(labels[0]!),
  );
  await workbench.until(
    'hits in the debug console',
    () => workbench.consoleLines(),
    (lines) => lines.some((line) => /^n=\d+ name="\w+"/.test(line)),
  );
  await workbench.until(
    'in the status bar, what the hits cost',
    () => workbench.status(),
    (text) => /^\d+ probes? · .*overhead /.test(text),
  );
  const before = runningInventories();
  assert.equal(before.length, 1, 'the program runs');
}

/** A plain click in the gutter sets a snapshot tracepoint while the program runs; a click on its glyph removes it. */
async function clickAnotherAndBack(workbench: Workbench): Promise<void> {
  const line = lineNumber() + 1;
  await workbench.clickGutter(line);
  const both = await workbench.until(
    'a second tracepoint with hits',
    () => workbench.lineEnds(),
    (texts) => texts.length === 2 && /\d hits · .*n = \d+/.test(texts[1]!),
  );
  assert.match(both[1]!, /p = 0x[0-9a-f]+/, 'a snapshot shows all arguments');
  await workbench.clickGutter(line);
  await workbench.until(
    'the first tracepoint alone',
    () => workbench.lineEnds(),
    (texts) => texts.length === 1,
  );
  await workbench.breakpoints(1);
}

/** The program ends with the session; what was counted stays on screen. */
async function end(workbench: Workbench): Promise<void> {
  await workbench.stopDebugging();
  await workbench.until(
    'the end of the program',
    () => Promise.resolve(runningInventories()),
    (pids) => pids.length === 0,
  );
  await workbench.until(
    'final counts, which have no rate',
    () => workbench.lineEnds(),
    (texts) => texts.length === 1 && /^[\d ]+ hits · n = /.test(texts[0]!),
  );
}

/** What is left follows the line through an edit above it, until it is cleared. */
async function clear(workbench: Workbench): Promise<void> {
  const [before] = await workbench.lineEnds();
  await workbench.goTo(lineNumber() - 1);
  await workbench.run('Delete Line');
  const [hits] = before!.split(' · ');
  await workbench.until(
    'the counts at the line that has moved',
    () => workbench.lineEnds(),
    (texts) => texts.length === 1 && texts[0]!.startsWith(`${hits!} · `),
  );
  assert.match(await workbench.hover(workbench.codeLine(LINE)), /session ended/);
  await workbench.run('Clear Tracepoint Results');
  await workbench.until(
    'bare lines',
    () => workbench.lineEnds(),
    (texts) => texts.length === 0,
  );
}

const lineNumber = (text = LINE): number =>
  readFileSync(join(WORKSPACE, 'inventory.c'), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

function runningInventories(): string[] {
  const program = join(WORKSPACE, 'inventory');
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[0] === program;
    } catch {
      return false; // it has just ended
    }
  });
}
