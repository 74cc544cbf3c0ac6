import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync } from 'node:fs';
import * as vscode from 'vscode';
import type { NamedValueView, TracepointView } from '../../../adapter/protocol';
import { kernelGap } from '../../kernel/available';
import { answer, opened, restore } from './answers';
import { Tracing } from './tracing';
import { until } from './until';
import { adapters, FOREIGN, lineOf, PROGRAM, restart, running, SOURCE } from './workspace';

const TAKE = lineOf('p->stock -= n;');
const SERVE = lineOf('int taken = take(');
const BREAKPOINT_INSTRUCTION = 0xcc;

/** Sets a tracepoint as a click in the editor does. */
function add(line: number, logMessage?: string, uri = SOURCE): vscode.SourceBreakpoint {
  const location = new vscode.Location(uri, new vscode.Position(line - 1, 0));
  const breakpoint = new vscode.SourceBreakpoint(location, true, undefined, undefined, logMessage);
  vscode.debug.addBreakpoints([breakpoint]);
  return breakpoint;
}

function textOf(values: readonly NamedValueView[], name: string): string {
  const found = values.find((value) => value.name === name);
  if (!found) throw new Error(`no ${name} among ${JSON.stringify(values)}`);
  return 'value' in found ? found.value : found.unavailable;
}

/** A byte of a process's memory. */
function byteAt(pid: number, address: string): number {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const byte = Buffer.alloc(1);
  readSync(memory, byte, 0, 1, BigInt(address));
  closeSync(memory);
  return byte[0]!;
}

describe('tracing', function () {
  let tracing: Tracing | undefined;
  let target: ChildProcess | undefined;

  const launch = async (): Promise<Tracing> =>
    (tracing = await Tracing.start({ request: 'launch', program: PROGRAM }));

  /** Also those that were restarted, which are others to VS Code. */
  const stopAll = async (): Promise<void> => {
    await vscode.debug.stopDebugging();
    await until('the end of the session', () => vscode.debug.activeDebugSession === undefined);
  };

  before(function () {
    if (kernelGap() !== undefined) this.skip();
  });
  afterEach(async () => {
    const { messages = [] } = tracing ?? {};
    await tracing?.stop();
    tracing?.dispose();
    target?.kill('SIGKILL');
    tracing = target = undefined;
    restore();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await until(
      'the end of the program',
      () => running().length,
      (count) => count === 0,
    );
    assert.deepEqual(
      messages.filter((message) => (message as { event?: string }).event === 'stopped'),
      [],
    );
  });

  it('shows hits and values of a logpoint in a launched program, which never stops', async () => {
    const logpoint = add(TAKE, 'n={n} name={p->name}');
    const session = await launch();
    assert.equal((await session.answer(logpoint)).line, TAKE);
    const first = await session.hit(logpoint);
    assert.match(textOf(first.values, 'n'), /^([1-9]|1[0-3])$/);
    assert.match(textOf(first.values, 'p->name'), /^"(apple|bolt|candle|drum|engine|flute|globe|hammer)"$/);
    assert.equal(first.state, 'armed');
    assert.equal(first.path, SOURCE.fsPath);
    assert.equal(first.line, TAKE);
    const later = await session.hit(logpoint, first.counts.hits + 100);
    const { hits, ...parts } = later.counts;
    assert.equal(
      hits,
      Object.values(parts).reduce((sum, part) => sum + part, 0),
    );
    assert.equal(running().length, 1);
  });

  it('writes a console line for a hit, with its place', async () => {
    add(TAKE, 'took {n}');
    const session = await launch();
    const lines = await until(
      'a line in the console',
      () =>
        session
          .events('output')
          .filter(({ body }) => /^took \d+\n$/.test((body as { output: string }).output)),
      (found) => found.length > 0,
    );
    const body = lines[0]!.body as { source: { path: string }; line: number };
    assert.equal(body.source.path, SOURCE.fsPath);
    assert.equal(body.line, TAKE);
  });

  it('captures all arguments and locals at a plain breakpoint', async () => {
    const plain = add(SERVE);
    const { values } = await (await launch()).hit(plain);
    assert.deepEqual(values.map(({ name }) => name).sort(), ['item', 'order', 'taken']);
  });

  it('takes a tracepoint that is added while the program runs', async () => {
    const session = await launch();
    await until('the program', () => running().length);
    await session.hit(add(TAKE, '{n}'));
  });

  it('edits a tracepoint while the program runs', async () => {
    const before = add(TAKE, '{n}');
    const session = await launch();
    await session.hit(before);
    answer('{p->stock}');
    await vscode.commands.executeCommand('sourcetap.editTracepoint', { lineNumber: TAKE, uri: SOURCE });
    const [view] = await until(
      'the new message alone',
      () => [...session.views.values()],
      (views) => views.length === 1 && views[0]!.values[0]?.name === 'p->stock',
    );
    assert.match(textOf(view!.values, 'p->stock'), /^\d+$/);
    assert.equal(vscode.debug.breakpoints[0]!.logMessage, '{p->stock}');
  });

  it('removes a tracepoint while the program runs, and its probe with it', async () => {
    const breakpoint = add(TAKE);
    const session = await launch();
    const { id, sites } = await session.hit(breakpoint);
    const [pid] = running() as [number];
    assert.equal(byteAt(pid, sites[0]!.address), BREAKPOINT_INSTRUCTION);
    vscode.debug.removeBreakpoints([breakpoint]);
    await until('the tracepoint to go', () => !session.views.has(id));
    await until(
      'the program as it was',
      () => byteAt(pid, sites[0]!.address),
      (byte) => byte !== BREAKPOINT_INSTRUCTION,
    );
    assert.deepEqual(running(), [pid]);
  });

  it('pauses counting while breakpoints are disabled', async () => {
    const breakpoint = add(TAKE, '{n}');
    const session = await launch();
    const { id, sites } = await session.hit(breakpoint);
    const [pid] = running() as [number];
    await vscode.commands.executeCommand('workbench.debug.viewlet.action.disableAllBreakpoints');
    await until('the tracepoint to go', () => !session.views.has(id));
    await until(
      'the program as it was',
      () => byteAt(pid, sites[0]!.address),
      (byte) => byte !== BREAKPOINT_INSTRUCTION,
    );
    await vscode.commands.executeCommand('workbench.debug.viewlet.action.enableAllBreakpoints');
    await session.hit(vscode.debug.breakpoints[0]!);
  });

  it('ends the launched program with the session', async () => {
    add(TAKE);
    const session = await launch();
    await until(
      'the program',
      () => running().length,
      (count) => count === 1,
    );
    await tracing!.stop();
    await until(
      'the end of the program',
      () => running().length,
      (count) => count === 0,
    );
    assert.ok(session.events('terminated').length <= 1);
  });

  it('begins a restart with the tracepoints as they are by then', async () => {
    add(TAKE, '{n}');
    const session = await launch();
    await session.hit(vscode.debug.breakpoints[0]!);
    const opening = opened();
    const edited = vscode.commands.executeCommand('sourcetap.editTracepoint', {
      lineNumber: TAKE,
      uri: SOURCE,
    });
    const pick = await opening;
    // What the form has comes some time after it, and begins with its first entry.
    await until(
      'the form with what is known',
      () => pick.busy,
      (busy) => !busy,
    );
    await until('Count Only as the chosen one', async () => {
      pick.activeItems = pick.items.filter(({ label }) => label.includes('Count Only'));
      await new Promise((done) => setTimeout(done, 300));
      return pick.activeItems[0]?.label.includes('Count Only');
    });
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await edited;
    const view = async (): Promise<TracepointView | undefined> => {
      const { id } = await session.answer(vscode.debug.breakpoints[0]!, ({ verified }) => verified);
      return session.views.get(id!);
    };
    await until('a count', view, (found) => found?.mode === 'count' && found.counts.hits > 0);
    await restart();
    session.views.clear();
    const { mode, values } = (await until('hits', view, (found) => (found?.counts.hits ?? 0) > 0))!;
    assert.deepEqual({ mode, values }, { mode: 'count', values: [] });
    await stopAll();
  });

  it('leaves no adapter behind when it is restarted', async () => {
    const breakpoint = add(TAKE, '{n}');
    const session = await launch();
    for (let time = 0; time < 2; time++) {
      await session.hit(breakpoint);
      await restart();
    }
    await until(
      'one adapter',
      () => adapters().length,
      (count) => count === 1,
    );
    await stopAll();
  });

  it('attaches to a running process, and leaves it running without probes', async () => {
    target = spawn(PROGRAM, { stdio: ['ignore', 'pipe', 'inherit'] });
    const breakpoint = add(TAKE, '{n}');
    tracing = await Tracing.start({ request: 'attach', pid: target.pid });
    const { sites } = await tracing.hit(breakpoint);
    await tracing.stop();
    await until(
      'the program as it was',
      () => byteAt(target!.pid!, sites[0]!.address),
      (byte) => byte !== BREAKPOINT_INSTRUCTION,
    );
    const [said] = (await once(target.stdout!, 'data')) as [Buffer];
    assert.match(said.toString(), /\d+ orders/);
    assert.deepEqual(running(), [target.pid]);
  });

  it('moves a tracepoint from a line without code, within the function', async () => {
    const declaration = lineOf('struct item *p;');
    const breakpoint = add(declaration);
    const session = await launch();
    const { line } = await session.answer(breakpoint, ({ verified }) => verified);
    assert.equal(line, declaration + 1);
    assert.equal((await session.hit(breakpoint)).line, declaration + 1);
    const shownAt = { lineNumber: declaration + 1, uri: SOURCE };
    const states = (): boolean[] => vscode.debug.breakpoints.map(({ enabled }) => enabled);
    await vscode.commands.executeCommand('sourcetap.toggleTracepoint', shownAt);
    assert.deepEqual(states(), [false]);
    await vscode.commands.executeCommand('sourcetap.toggleTracepoint', {
      ...shownAt,
      lineNumber: declaration,
    });
    await session.hit(vscode.debug.breakpoints[0]!);
    await session.stop();
    await vscode.commands.executeCommand('sourcetap.toggleTracepoint', shownAt);
    assert.deepEqual(states(), [false], 'also where its results are after the session');
  });

  it('says so where the adapter dies, and leaves the program as it was', async () => {
    target = spawn(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit'] });
    const breakpoint = add(TAKE, '{n}');
    tracing = await Tracing.start({ request: 'attach', pid: target.pid });
    const { sites } = await tracing.hit(breakpoint);
    for (const adapter of adapters()) process.kill(adapter, 'SIGKILL');
    await until('the end of the session', () => tracing!.ended);
    const said = tracing.events('output').map(({ body }) => body as { category: string; output: string });
    const last = said.at(-1)!;
    assert.equal(last.category, 'important');
    assert.match(last.output, /^The debug adapter ended\.\n.*the program runs on.*\n$/);
    assert.notEqual(byteAt(target.pid!, sites[0]!.address), BREAKPOINT_INSTRUCTION);
    assert.deepEqual(running(), [target.pid]);
  });

  it('says why a line cannot be traced, and traces the others', async () => {
    const foreign = add(2, undefined, FOREIGN);
    const outside = add(lineOf('#include <stdio.h>'));
    const good = add(TAKE);
    const session = await launch();
    await session.hit(good);
    const [inForeign, inOutside] = await Promise.all([session.answer(foreign), session.answer(outside)]);
    assert.equal(inForeign.verified, false);
    assert.match(inForeign.message!, /no source file/);
    assert.equal(inOutside.verified, false);
    assert.match(inOutside.message!, /has no code/);
  });

  it('counts on where a name in the message means nothing', async () => {
    const breakpoint = add(TAKE, '{n} {nothing}');
    const session = await launch();
    const { values } = await session.hit(breakpoint);
    assert.match(textOf(values, 'n'), /^\d+$/);
    assert.match(textOf(values, 'nothing'), /no variable nothing here/);
    assert.match((await session.answer(breakpoint)).message!, /no variable nothing here/);
  });
});
