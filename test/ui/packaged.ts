/**
 * The packaged extension in the real workbench, as a person uses it: right-click a line, Add Tracepoint, F5, and the
 * count and the value are on screen, and in the hover. Leaves a picture of it.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { attachByName } from './attaching';
import { keepsWithinWindow } from './fitting';
import { HitsPanel } from './hitsPanel';
import { makeHostile, traceHostile } from './hostile';
import { countLines, useList, writeConditional } from './placing';
import {
  assertNoStatus,
  assertReadable,
  assertTextsStandOut,
  openWalkthrough,
  readStatusBar,
  resetByHover,
  setByHover,
  showProbeableLines,
} from './seeing';
import { copyInstances, traceInTerminal } from './inTerminal';
import { setTheme, type ThemeName } from './themes';
import { makeTurns, traceTurns } from './turns';
import { inWindow } from './window';
import type { Workbench } from './workbench';

const ROOT = resolve(__dirname, '../..');
const SOURCE = join(ROOT, 'examples/inventory/inventory.c');
const LINE = 'p->stock -= n;';
const CALL = 'int taken = take(';
/** A configuration that asks for a process. */
const ATTACH = 'Trace a Running One';
const MESSAGE = 'n={n} name={p->name}';
/** At the line's end: with the range of a number, once there are two. */
const VALUES = /\d hits · .*n = (?<n>\d+)(?: \([^)]*\))? · p->name = "(?<name>\w+)"/;
const [WALKTHROUGH] = (
  JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8')) as {
    contributes: { walkthroughs: { title: string; steps: { title: string }[] }[] };
  }
).contributes.walkthroughs;

/** Throws where the screen does not show what it should. */
export async function tracePackaged(theme: ThemeName): Promise<void> {
  const out = join(ROOT, 'out/ui', theme);
  const workspace = join(out, 'inventory');
  /** A folder without launch.json. */
  const turns = join(out, 'turns');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  cpSync(join(ROOT, 'examples/inventory'), workspace, { recursive: true });
  execFileSync('gcc', ['-g', '-O1', '-o', 'inventory', 'inventory.c'], { cwd: workspace });
  makeHostile(workspace);
  copyInstances(workspace);
  makeTurns(turns);
  await inWindow({ out, workspace, theme }, async (workbench, server) => {
    const { page } = workbench;
    const { title, steps } = WALKTHROUGH!;
    await openWalkthrough(
      workbench,
      title,
      steps.map((step) => step.title),
    );
    await trace(workbench, workspace);
    await readStatusBar(workbench);
    let hits = await HitsPanel.open(workbench);
    await hits.filter();
    await hits.goBack();
    // It may change at any time.
    for (const name of ['high-contrast-light', theme] as const) {
      await setTheme(server, workbench, name);
      await assertReadable(workbench);
      await hits.assertAccessible();
    }
    await page.screenshot({ path: join(out, 'hits.png') });
    await hits.goLive();
    await hits.goBack();
    hits = await hits.hide();
    await hits.export(workspace);
    await clickAnotherAndBack(workbench);
    await compareWithSaved(workbench);
    await keepsWithinWindow(workbench, LINE, readFileSync(SOURCE, 'utf8'));
    await workbench.goTo(lineNumber(CALL));
    await writeConditional(workbench, workbench.codeLine(CALL));
    await useList(workbench, [lineNumber(), lineNumber(CALL)], MESSAGE);
    await workbench.goTo(lineNumber());
    await countLines(workbench);
    await showProbeableLines(workbench);
    await resetByHover(workbench, workbench.codeLine(LINE));
    assert.match(
      await workbench.hover(workbench.codeLine(LINE)),
      /\d hits[^]*Cost .* a hit, measured \(trap [^]*n: int = \d+.*\s+p->name: const char \* = "\w+"/,
    );
    await workbench.goTo(lineNumber(CALL));
    await workbench.run('Add Tracepoint');
    await setByHover(workbench, workbench.codeLine(CALL));
    await end(workbench, workspace);
    await assertNoStatus(workbench);
    await assertTextsStandOut(workbench);
    await hits.search();
    await attachByName(workbench, join(workspace, 'inventory'), ATTACH, LINE);
    await clear(workbench);
    await traceHostile(workbench, workspace, ATTACH);
    await traceInTerminal(workbench, workspace);
    await traceTurns(workbench, server, turns);
  });
}

async function trace(workbench: Workbench, workspace: string): Promise<void> {
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
  assert.equal(runningInventories(workspace).length, 1, 'the program runs');
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

/** Beside another version of the file, what is counted stands in the file alone. */
async function compareWithSaved(workbench: Workbench): Promise<void> {
  await workbench.run('File: Compare Active File with Saved');
  await workbench.page.locator('.monaco-diff-editor .editor.original .view-line').first().waitFor();
  await workbench.goTo(lineNumber());
  const texts = (): Promise<string[]> => workbench.lineEnds();
  await workbench.until('what is counted', texts, (found) => found.length > 0);
  // Some paints later.
  await workbench.page.waitForTimeout(1500);
  assert.equal((await texts()).length, 1);
  await workbench.run('View: Close Editor');
  await workbench.openByName('inventory.c');
}

/** The program ends with the session; what was counted stays on screen. */
async function end(workbench: Workbench, workspace: string): Promise<void> {
  await workbench.stopDebugging();
  await workbench.until(
    'the end of the program',
    () => Promise.resolve(runningInventories(workspace)),
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
  readFileSync(SOURCE, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

function runningInventories(workspace: string): string[] {
  const program = join(workspace, 'inventory');
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[0] === program;
    } catch {
      return false; // it has just ended
    }
  });
}
