import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';
import { kernelGap } from '../../kernel/available';
import { answer, restore, said } from './answers';
import { until } from './until';
import { FOLDER, lineOf, PROGRAM, SOURCE } from './workspace';

const TAKE = lineOf('p->stock -= n;');
const NAMES = ['First', 'Second'] as const;

interface Counted {
  /** Above all. */
  readonly total: number;
  /** Of the sessions by their names. */
  readonly First: number;
  readonly Second: number;
}

describe('two programs at once, with one tracepoint in common', () => {
  before(async function () {
    if (kernelGap() !== undefined) this.skip();
    await vscode.window.showTextDocument(SOURCE);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    const location = new vscode.Location(SOURCE, new vscode.Position(TAKE - 1, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(location, true, undefined, undefined, 'n={n}')]);
    for (const name of NAMES) {
      const program = `${PROGRAM}-${name}`;
      copyFileSync(PROGRAM, program);
      assert.ok(
        await vscode.debug.startDebugging(FOLDER, { type: 'sourcetap', request: 'launch', name, program }),
      );
    }
  });
  after(async () => {
    restore();
    await vscode.debug.stopDebugging();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    for (const name of NAMES) rmSync(`${PROGRAM}-${name}`, { force: true });
  });

  it('tell what each counted, and the sum', async () => {
    const { total, First, Second } = await until('hits of both', hovered, isAbove(1000));
    assert.equal(total, First + Second);
    assert.ok((await listed()) >= total);
  });

  it('count on where the other one is restarted', async () => {
    const before = await until('hits of both', hovered, isAbove(1000));
    const restarted = vscode.debug.activeDebugSession!.name as 'First' | 'Second';
    const other = restarted === 'First' ? 'Second' : 'First';
    await vscode.commands.executeCommand('workbench.action.debug.restart');
    const after = await until(
      `counts that begin anew in ${restarted}`,
      hovered,
      (now) => now[restarted] < before[restarted],
    );
    assert.ok(after[other] >= before[other], `${other} counts on`);
    assert.equal(after.total, after.First + after.Second);
  });

  it('leave their counts, the same wherever they are told', async () => {
    // Which tracepoint a breakpoint is in a session that has just begun again, VS Code knows some moments later.
    await until(
      'both in the list',
      async () => ({ ...(await hovered()), listed: await listed() }),
      (now) => isAbove(200)(now) && now.listed >= now.total,
    );
    await vscode.debug.stopDebugging();
    const { total, First, Second } = await until('the end of both', hovered, ({ isEnded }) => isEnded);
    assert.equal(total, First + Second);
    await until('the same sum in the list', listed, (hits) => hits === total);
  });
});

const isAbove =
  (least: number) =>
  ({ First, Second }: Counted): boolean =>
    First > least && Second > least;

/** By the hover of the line. */
async function hovered(): Promise<Counted & { readonly isEnded: boolean }> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    SOURCE,
    new vscode.Position(TAKE - 1, 4),
  );
  const text = hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content as vscode.MarkdownString).value)
    .join('\n')
    .replace(/\\(.)/g, '$1')
    .replace(/\u00a0|&nbsp;/g, ' ');
  const [, First = '', Second = ''] = /First ([\d ]+) \+ Second ([\d ]+)/.exec(text) ?? [];
  return {
    total: hitsIn(text),
    First: numberOf(First),
    Second: numberOf(Second),
    isEnded: text.includes('session ended'),
  };
}

/** By the row of the list, as it is read aloud. */
async function listed(): Promise<number> {
  answer();
  said.length = 0;
  await vscode.commands.executeCommand('sourcetap.readTracepoint', { lineNumber: TAKE, uri: SOURCE });
  return hitsIn(said[0]!.replace(/\u00a0/g, ' '));
}

const numberOf = (text: string): number => Number(text.replace(/ /g, '') || 'NaN');
const hitsIn = (text: string): number => numberOf(/([\d ]*\d) hits/.exec(text)?.[1] ?? '');
