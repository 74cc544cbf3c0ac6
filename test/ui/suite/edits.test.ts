import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import {
  CHECK_REQUEST,
  COUNT_REQUEST,
  COUNTS_EVENT,
  LINES_REQUEST,
  PRESET_REQUEST,
  type CheckResponseBody,
  type CountsBody,
  type LinesResponseBody,
} from '../../../adapter/protocol';
import type { Exports } from '../../../src/extension';
import { kernelGap } from '../../kernel/available';
import { Tracing } from './tracing';
import { until } from './until';
import { lineOf, PROGRAM, restart, running, SOURCE } from './workspace';

const TAKE = lineOf('p->stock -= n;');
const SERVE = lineOf('int taken = take(');
/** So many that the program has another function where a line has come to. */
const ADDED = '\n'.repeat(20);
const MOVED = 20;

describe('a source that is edited while its program runs', () => {
  const built = readFileSync(SOURCE.fsPath, 'utf8');
  let tracing: Tracing;
  let editor: vscode.TextEditor;

  const add = (line: number, logMessage: string): vscode.SourceBreakpoint => {
    const location = new vscode.Location(SOURCE, new vscode.Position(line - 1, 0));
    const breakpoint = new vscode.SourceBreakpoint(location, true, undefined, undefined, logMessage);
    vscode.debug.addBreakpoints([breakpoint]);
    return breakpoint;
  };
  const insert = async (line: number, text: string): Promise<void> => {
    assert.ok(await editor.edit((edit) => edit.insert(new vscode.Position(line - 1, 0), text)));
  };
  const request = async <Body>(command: string, args: object): Promise<Body> =>
    (await vscode.debug.activeDebugSession!.customRequest(command, args)) as Body;
  /** Answers to setBreakpoints so far. */
  const answers = (): number =>
    tracing.messages.filter((message) => (message as DebugProtocol.Response).command === 'setBreakpoints')
      .length;
  const save = (): Promise<boolean> => until('the saved file', () => editor.document.save());
  /** In a browser, by itself after a second otherwise. */
  const saveByItself = (mode: string | undefined): Thenable<void> =>
    vscode.workspace.getConfiguration('files').update('autoSave', mode, vscode.ConfigurationTarget.Global);
  const lineOfBreakpoint = (): number =>
    (vscode.debug.breakpoints[0] as vscode.SourceBreakpoint).location.range.start.line + 1;
  /** The API tells of it some moments later. */
  const comesTo = async (line: number): Promise<boolean> => {
    for (let time = 0; time < 20 && lineOfBreakpoint() !== line; time++)
      await new Promise((done) => setTimeout(done, 50));
    return lineOfBreakpoint() === line;
  };
  /** Above the tracepoint: the editor holds on to the line of a new breakpoint some moments after it was added. */
  const insertAbove = (line: number, text: string): Promise<boolean> =>
    until('the breakpoint to follow the text', async () => {
      await insert(line, text);
      const follows = await comesTo(TAKE + text.split('\n').length - 1);
      if (!follows) await vscode.commands.executeCommand('undo');
      return follows;
    });

  before(() => saveByItself('off'));
  after(() => saveByItself(undefined));
  beforeEach(async function () {
    if (kernelGap() !== undefined) this.skip();
    editor = await vscode.window.showTextDocument(SOURCE);
    tracing = await Tracing.start({ request: 'launch', program: PROGRAM });
    await until('the program', () => running().length);
  });
  afterEach(async () => {
    // Also of a session that was restarted, which is another one to VS Code.
    await vscode.debug.stopDebugging();
    await until('the end of the session', () => vscode.debug.activeDebugSession === undefined);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await editor.edit((edit) => {
      edit.replace(new vscode.Range(0, 0, editor.document.lineCount, 0), built);
    });
    await save();
    await until(
      'the end of the program',
      () => running().length,
      (count) => count === 0,
    );
    tracing.dispose();
  });

  it('takes a new tracepoint at the statement that it is on, before the file is saved and after', async () => {
    await insert(1, ADDED);
    const early = add(SERVE + MOVED, 'ordered {order->amount}');
    const { line, values } = await tracing.hit(early);
    assert.equal(line, SERVE);
    assert.deepEqual(
      values.map((value) => [value.name, 'value' in value]),
      [['order->amount', true]],
    );
    assert.equal((await tracing.answer(early)).line, SERVE + MOVED);
    await save();
    const late = add(TAKE + MOVED, 'took {p->stock}');
    assert.equal((await tracing.hit(late)).line, TAKE);
    const linked = (text: string, at: number) => () =>
      tracing.events('output').some(({ body }) => {
        const { output, line: link } = body as DebugProtocol.OutputEvent['body'];
        return output.startsWith(text) && link === at;
      });
    await until('links to where the lines are', linked('ordered ', SERVE + MOVED));
    await until('links to where the lines are', linked('took ', TAKE + MOVED));
  });

  it('counts on with what is set, whatever is set beside it before the file is saved', async () => {
    const breakpoint = add(TAKE, '{n}');
    const { id, counts } = await tracing.hit(breakpoint);
    await request(PRESET_REQUEST, { path: SOURCE.fsPath, line: TAKE, mode: 'count' });
    await insertAbove(1, ADDED);
    const beside = add(SERVE + MOVED, '{order->amount}');
    const other = await tracing.hit(beside);
    assert.equal(other.line, SERVE);
    const before = answers();
    await save();
    await until('the answer to the saved file', () => answers() > before);
    const view = (await until(
      'more hits of the same tracepoint',
      () => tracing.views.get(id),
      (found) => found !== undefined && found.counts.hits > counts.hits + 100,
    ))!;
    assert.deepEqual({ line: view.line, mode: view.mode }, { line: TAKE, mode: 'count' });
    assert.equal((await tracing.answer(breakpoint)).line, TAKE + MOVED);
    assert.equal((await tracing.answer(beside)).id, other.id);
    assert.deepEqual([...tracing.views.keys()].sort(), [id, other.id].sort());
  });

  it('keeps the limits of a line while there is no tracepoint on it', async () => {
    await request(PRESET_REQUEST, { path: SOURCE.fsPath, line: TAKE, mode: 'count' });
    await insert(1, ADDED);
    const breakpoint = add(TAKE + MOVED, '{n}');
    const { id } = await tracing.answer(breakpoint, ({ verified }) => verified);
    await until(
      'counts alone',
      () => tracing.views.get(id!),
      (view) => view?.mode === 'count' && view.line === TAKE && view.counts.hits > 0,
    );
  });

  it('says why there is nothing on a line that was added', async () => {
    const below = add(TAKE, '{n}');
    await tracing.hit(below);
    await insertAbove(TAKE, '  take_note(p);\n');
    await vscode.commands.executeCommand('sourcetap.addTracepoint', { lineNumber: TAKE, uri: SOURCE });
    const breakpoint = vscode.debug.breakpoints.find((one) => one.id !== below.id)!;
    const { verified, message, line } = await tracing.answer(breakpoint);
    assert.deepEqual({ verified, line }, { verified: false, line: TAKE });
    assert.match(message!, /not in the running program/);
    assert.equal((await tracing.hit(below)).line, TAKE);
    const hovered = async (): Promise<string> => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        SOURCE,
        new vscode.Position(TAKE - 1, 4),
      );
      const contents = hovers.flatMap((hover) => hover.contents as vscode.MarkdownString[]);
      return contents.map(({ value }) => value.replace(/&nbsp;/g, ' ')).join();
    };
    await until('the reason in the hover', hovered, (text) => text.includes('not in the running program'));
    const { problems } = await request<CheckResponseBody>(CHECK_REQUEST, { path: SOURCE.fsPath, line: TAKE });
    assert.match(problems[0]!.message, /not in the running program/);
  });

  it('is asked about, and counted, by the lines as they are now', async () => {
    await insert(1, ADDED);
    await insert(TAKE + MOVED, '  take_note(p);\n');
    const path = SOURCE.fsPath;
    const [first, last] = [TAKE + MOVED - 1, TAKE + MOVED + 1];
    const { lines } = await request<LinesResponseBody>(LINES_REQUEST, { path, first, last });
    assert.deepEqual(
      lines.map(({ line }) => line),
      [first, last],
    );
    const extension = vscode.extensions.getExtension<Exports>('sourcetap.sourcetap')!.exports;
    const counted: CountsBody['lines'] = [];
    const listener = extension.onDidTell(({ event, body }) => {
      if (event === COUNTS_EVENT) counted.push(...(body as CountsBody).lines);
    });
    await request(COUNT_REQUEST, { functionAt: { path, line: last } });
    await until('counts of the function', () => counted.length > 0);
    listener.dispose();
    assert.deepEqual([...new Set(counted.map((line) => line.function))], ['take']);
  });

  it('is what it was when its edits are undone, and begins anew with a restart', async () => {
    const { id } = await tracing.hit(add(TAKE, '{n}'));
    await editor.edit((edit) => {
      edit.delete(new vscode.Range(0, 0, TAKE - 2, 0));
    });
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), built);
    const beside = add(SERVE, '{order->amount}');
    assert.equal((await tracing.hit(beside)).line, SERVE);
    vscode.debug.removeBreakpoints([beside]);
    await insert(SERVE + 1, '\n\n');
    await save();
    await restart();
    await insert(1, ADDED);
    const after = add(SERVE + MOVED, '{order->amount}');
    const view = (await until(
      'hits after the restart',
      async () => tracing.views.get((await tracing.answer(after, ({ verified }) => verified)).id!),
      (found) => found?.line === SERVE && found.counts.hits > 0,
    ))!;
    assert.notEqual(view.id, id);
  });
});
