import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answer, restore, said } from './answers';
import { Tracing } from './tracing';
import { FOLDER, lineOf, running, SOURCE } from './workspace';

const set = (): vscode.SourceBreakpoint[] =>
  vscode.debug.breakpoints.filter((breakpoint) => breakpoint instanceof vscode.SourceBreakpoint);

describe('the commands', () => {
  const line = lineOf('p->stock -= n;');
  /** What the menu of line numbers passes. */
  const place = { lineNumber: line, uri: SOURCE };
  const run = (name: string, argument?: unknown): Thenable<unknown> =>
    vscode.commands.executeCommand(`sourcetap.${name}`, argument);

  before(async () => {
    await vscode.window.showTextDocument(SOURCE);
    await vscode.extensions.getExtension('sourcetap.sourcetap')!.activate();
  });
  afterEach(() => {
    restore();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    const start = new vscode.Position(0, 0);
    vscode.window.activeTextEditor!.selection = new vscode.Selection(start, start);
  });

  it('are there, all that package.json names', async () => {
    const { contributes } = vscode.extensions.getExtension('sourcetap.sourcetap')!.packageJSON as {
      contributes: {
        commands: { command: string }[];
        walkthroughs: { steps: { description: string; media: { svg: string } }[] }[];
      };
    };
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.filter(({ command }) => !known.has(command));
    assert.deepEqual(missing, []);
    assert.ok(contributes.commands.length >= 5);
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    const links = steps.flatMap(({ description }) => [...description.matchAll(/\(command:([\w.]+)/g)]);
    assert.ok(links.length >= steps.length);
    assert.deepEqual(
      links.map(([, command]) => command!).filter((command) => !known.has(command)),
      [],
    );
  });

  it('set a tracepoint on the line of the menu: a logpoint with the message', async () => {
    answer('n={n}');
    await run('addTracepointWithMessage', place);
    const [tracepoint] = set();
    assert.equal(set().length, 1);
    assert.equal(String(tracepoint!.location.uri), String(SOURCE));
    assert.equal(tracepoint!.location.range.start.line, line - 1);
    assert.equal(tracepoint!.logMessage, 'n={n}');
    assert.equal(tracepoint!.enabled, true);
  });

  it('set a tracepoint on the line of the cursor at once: a plain breakpoint', async () => {
    const at = new vscode.Position(line - 1, 3);
    vscode.window.activeTextEditor!.selection = new vscode.Selection(at, at);
    await run('addTracepoint');
    assert.equal(set()[0]!.location.range.start.line, line - 1);
    assert.equal(set()[0]!.logMessage, undefined);
  });

  it('log what is selected on the line', async () => {
    const text = vscode.window.activeTextEditor!.document.lineAt(line - 1).text;
    const start = text.indexOf('p->stock');
    vscode.window.activeTextEditor!.selection = new vscode.Selection(
      ...([start, start + 'p->stock'.length].map((column) => new vscode.Position(line - 1, column)) as [
        vscode.Position,
        vscode.Position,
      ]),
    );
    await run('addTracepoint');
    assert.equal(set()[0]!.logMessage, '{p->stock}');
  });

  it('capture all where the whole line is selected, as by the menu of its number', async () => {
    const { document } = vscode.window.activeTextEditor!;
    const { start, end } = document.lineAt(line - 1).range;
    vscode.window.activeTextEditor!.selection = new vscode.Selection(start, end);
    await run('addTracepoint', place);
    assert.equal(set()[0]!.logMessage, undefined);
  });

  it('begin with the condition where one is wanted', async () => {
    answer('n > 3');
    await run('addConditionalTracepoint', place);
    const [{ condition, logMessage }] = set() as [vscode.SourceBreakpoint];
    assert.deepEqual({ condition, logMessage }, { condition: 'n > 3', logMessage: undefined });
  });

  it('change the message and nothing else', async () => {
    const location = new vscode.Location(SOURCE, new vscode.Position(line - 1, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(location, false, 'n > 3', '%2', 'old')]);
    answer('new {n}');
    await run('editTracepoint', place);
    const [{ enabled, condition, hitCondition, logMessage }] = set() as [vscode.SourceBreakpoint];
    assert.deepEqual(
      { enabled, condition, hitCondition, logMessage },
      { enabled: false, condition: 'n > 3', hitCondition: '%2', logMessage: 'new {n}' },
    );
    assert.equal(set().length, 1);
  });

  it('leave all as it is when the input is cancelled', async () => {
    answer(undefined);
    await run('addTracepointWithMessage', place);
    assert.deepEqual(set(), []);
  });

  it("take no breakpoint in another debugger's file for a tracepoint", async () => {
    const script = vscode.Uri.joinPath(FOLDER.uri, 'script.js');
    vscode.debug.addBreakpoints([
      new vscode.SourceBreakpoint(new vscode.Location(script, new vscode.Position(6, 0))),
    ]);
    answer();
    await run('readTracepoint', { lineNumber: 7, uri: script });
    assert.deepEqual(said, ['There is no tracepoint on line 7.']);
    await run('removeTracepoint', { lineNumber: 7, uri: script });
    assert.equal(set().length, 1);
  });

  it('remove a tracepoint, and say so where there is none', async () => {
    answer('');
    await run('addTracepointWithMessage', place);
    await run('removeTracepoint', place);
    assert.deepEqual(set(), []);
    assert.deepEqual(said, []);
    await run('removeTracepoint', place);
    assert.deepEqual(said, [`There is no tracepoint on line ${line}.`]);
  });
});

describe('a launch configuration that lacks something', () => {
  afterEach(restore);

  for (const [what, configuration, sentence] of [
    ['no program', { request: 'launch' }, /names no program: set "program"/],
    ['no process', { request: 'attach' }, /names no process: set "pid"/],
  ] as const) {
    it(`starts nothing and says what is missing: ${what}`, async () => {
      answer();
      const tracing = await Tracing.start({ ...configuration });
      tracing.dispose();
      assert.equal(tracing.started, false);
      assert.deepEqual(tracing.messages, []);
      assert.equal(said.length, 1);
      assert.match(said[0]!, sentence);
      assert.deepEqual(running(), []);
    });
  }
});
