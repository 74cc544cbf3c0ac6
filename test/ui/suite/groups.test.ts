import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answer, offered, opened, restore, said } from './answers';
import { until } from './until';
import { lineOf, SOURCE } from './workspace';

type GroupItem = vscode.QuickPickItem & { group: string | undefined };

const set = (): vscode.SourceBreakpoint[] =>
  vscode.debug.breakpoints.filter((breakpoint) => breakpoint instanceof vscode.SourceBreakpoint);

describe('groups and colours', () => {
  const TAKE = lineOf('p->stock -= n;');
  const SERVE = lineOf('int taken = take(');
  const place = (line: number): object => ({ lineNumber: line, uri: SOURCE });
  /** What the list passes for a group. */
  const group = (name: string): object => ({ kind: 'group', name });
  const run = (name: string, argument?: unknown): Thenable<unknown> =>
    vscode.commands.executeCommand(`sourcetap.${name}`, argument);

  const add = (line: number, enabled = true): vscode.SourceBreakpoint => {
    const location = new vscode.Location(SOURCE, new vscode.Position(line - 1, 0));
    const breakpoint = new vscode.SourceBreakpoint(location, enabled);
    vscode.debug.addBreakpoints([breakpoint]);
    return breakpoint;
  };

  /** Types a name into the list of groups, and presses Enter once it is the active one. */
  const moveTo = async (line: number, name: string): Promise<void> => {
    const opening = opened<GroupItem>();
    const moving = run('moveToGroup', place(line));
    const pick = await opening;
    pick.value = name;
    await until(
      `the group ${name} in the list`,
      () => pick.activeItems[0]?.group,
      (active) => active === name,
    );
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await moving;
  };

  /** The groups that a tracepoint can go to, those that it is in marked by a star; nothing is chosen. */
  const groups = async (line: number): Promise<string[]> => {
    const opening = opened<GroupItem>();
    const moving = run('moveToGroup', place(line));
    const pick = await opening;
    const names = pick.items.map(({ label, description }) => (description ? `${label}*` : label));
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await moving;
    return names;
  };

  const setColour = async (line: number, label: string): Promise<void> => {
    const offering = offered((item) => item.label === label);
    const marking = run('setColour', place(line));
    assert.ok((await offering).some((item) => item.label === label));
    await marking;
  };

  /** The row of the list, as it is read aloud. */
  const read = async (line: number): Promise<string> => {
    answer();
    said.length = 0;
    await run('readTracepoint', place(line));
    return said[0]!;
  };

  before(async () => {
    await vscode.window.showTextDocument(SOURCE);
    await vscode.extensions.getExtension('sourcetap.sourcetap')!.activate();
  });
  afterEach(() => {
    restore();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  });

  it('are made by their names, offered from then on, and left', async () => {
    add(TAKE);
    add(SERVE);
    assert.deepEqual(await groups(TAKE), []);
    await moveTo(TAKE, 'orders');
    assert.deepEqual(await groups(SERVE), ['orders']);
    assert.deepEqual(await groups(TAKE), ['orders*', '$(close) No group']);
    await moveTo(SERVE, 'orders');
    await run('dissolveGroup', group('orders'));
    assert.deepEqual(await groups(TAKE), []);
    assert.equal(set().length, 2);
  });

  it('stay with a tracepoint that is edited, disabled, or moved by an edit above it', async () => {
    add(TAKE);
    await moveTo(TAKE, 'orders');
    await setColour(TAKE, '▲ Orange');
    answer('n={n}');
    await run('editTracepoint', place(TAKE));
    await run('toggleTracepoint', place(TAKE));
    const [{ enabled, logMessage }] = set() as [vscode.SourceBreakpoint];
    assert.deepEqual({ enabled, logMessage }, { enabled: false, logMessage: 'n={n}' });
    const editor = vscode.window.activeTextEditor!;
    const lines = editor.document.lineCount;
    try {
      // The editor holds on to the line of a new breakpoint some moments after it was added.
      await until(
        'the tracepoint on a line below',
        async () => {
          await editor.edit((edit) => {
            edit.insert(new vscode.Position(0, 0), '\n');
          });
          return set()[0]!.location.range.start.line + 1;
        },
        (line) => line > TAKE,
      );
      const line = set()[0]!.location.range.start.line + 1;
      assert.deepEqual(await groups(line), ['orders*', '$(close) No group']);
      assert.match(await read(line), /disabled, marked orange$/);
    } finally {
      await editor.edit((edit) => {
        edit.delete(new vscode.Range(0, 0, editor.document.lineCount - lines, 0));
      });
    }
  });

  it('stay where changes come faster than they are made, each made of what the one before leaves', async () => {
    add(TAKE);
    await moveTo(TAKE, 'orders');
    await Promise.all([run('toggleTracepoint', place(TAKE)), run('toggleTracepoint', place(TAKE))]);
    assert.deepEqual(
      set().map(({ enabled }) => enabled),
      [true],
    );
    assert.deepEqual(await groups(TAKE), ['orders*', '$(close) No group']);
    await Promise.all([run('toggleTracepoint', place(TAKE)), run('removeTracepoint', place(TAKE))]);
    assert.deepEqual(set(), [], 'what is removed does not come again');
    add(TAKE);
    assert.deepEqual(await groups(TAKE), []);
  });

  it('go with the tracepoint', async () => {
    const breakpoint = add(TAKE);
    await moveTo(TAKE, 'orders');
    await setColour(TAKE, '● Blue');
    vscode.debug.removeBreakpoints([breakpoint]);
    add(TAKE);
    assert.deepEqual(await groups(TAKE), []);
    assert.doesNotMatch(await read(TAKE), /marked/);
  });

  it('are enabled, disabled, renamed and removed as a whole', async () => {
    add(TAKE);
    add(SERVE, false);
    add(lineOf('struct item *p;'));
    await moveTo(TAKE, 'orders');
    await moveTo(SERVE, 'orders');
    const states = (): boolean[] => [TAKE, SERVE].map((line) => enabledAt(line));
    await run('toggleGroup', group('orders'));
    assert.deepEqual(states(), [true, true]);
    await run('toggleGroup', group('orders'));
    assert.deepEqual(states(), [false, false]);
    answer('sales');
    await run('renameGroup', group('orders'));
    assert.deepEqual(await groups(SERVE), ['sales*', '$(close) No group']);
    await run('removeGroup', group('sales'));
    assert.deepEqual(
      set().map(({ location }) => location.range.start.line + 1),
      [lineOf('struct item *p;')],
    );
  });

  it('are asked for where the palette names none, and it is said that there are none', async () => {
    answer();
    await run('dissolveGroup');
    assert.deepEqual(said, ['No tracepoint is in a group.']);
    add(TAKE);
    await moveTo(TAKE, 'orders');
    const offering = offered((item) => (item as unknown as string) === 'orders');
    await run('dissolveGroup');
    assert.deepEqual(await offering, ['orders']);
    assert.deepEqual(await groups(TAKE), []);
  });

  it('of colours take another one, or none', async () => {
    add(TAKE);
    await setColour(TAKE, '● Blue');
    await setColour(TAKE, '◆ Purple');
    assert.match(await read(TAKE), /marked purple$/);
    await setColour(TAKE, 'No colour');
    assert.doesNotMatch(await read(TAKE), /marked/);
  });
});

const enabledAt = (line: number): boolean =>
  set().find(({ location }) => location.range.start.line === line - 1)!.enabled;
