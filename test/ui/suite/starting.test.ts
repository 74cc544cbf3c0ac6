import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Limits } from '../../../adapter/protocol';
import { kernelGap } from '../../kernel/available';
import { offered, opened, restore } from './answers';
import { Tracing } from './tracing';
import { until } from './until';
import { PROGRAM, running, SOURCE } from './workspace';

type ProcessItem = vscode.QuickPickItem & { process: { pid: number } };

describe('starting', () => {
  let targets: ChildProcess[] = [];

  const start = (command: string, ...args: string[]): number => {
    const target = spawn(command, args, { stdio: 'ignore' });
    targets.push(target);
    return target.pid!;
  };

  /** Types a pid into the list, and presses Enter once it stands alone there. */
  const choose = async (pick: vscode.QuickPick<ProcessItem>, pid: number): Promise<void> => {
    pick.value = String(pid);
    await until(
      `process ${pid} in the list`,
      () => pick.activeItems[0]?.process.pid,
      (active) => active === pid,
    );
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  };

  const limits = vscode.workspace.getConfiguration('sourcetap.limits');
  const WORKSPACE = vscode.ConfigurationTarget.Workspace;

  before(() => vscode.extensions.getExtension('sourcetap.sourcetap')!.activate());
  afterEach(async () => {
    restore();
    await vscode.debug.stopDebugging();
    for (const target of targets) target.kill('SIGKILL');
    targets = [];
    await until(
      'the end of the program',
      () => running().length,
      (count) => count === 0,
    );
  });

  it('takes the limits of the settings, and rather those of the launch configuration', async function () {
    if (kernelGap() !== undefined) this.skip();
    try {
      await limits.update('history', 5000, WORKSPACE);
      await limits.update('bytesPerHit', 256, WORKSPACE);
      const tracing = await Tracing.start({
        request: 'launch',
        program: PROGRAM,
        limits: { bytesPerHit: 512 },
      });
      const { hitsPerSecond, bytesPerHit, history } = tracing.configuration['limits'] as Limits;
      tracing.dispose();
      assert.deepEqual(
        { hitsPerSecond, bytesPerHit, history },
        { hitsPerSecond: 1000, bytesPerHit: 512, history: 5000 },
      );
    } finally {
      for (const name of ['history', 'bytesPerHit']) await limits.update(name, undefined, WORKSPACE);
    }
  });

  it('takes relative paths from the folder', async function () {
    if (kernelGap() !== undefined) this.skip();
    const tracing = await Tracing.start({
      request: 'launch',
      program: 'inventory',
      symbolSearchPath: ['symbols', '/elsewhere'],
      sourceFileMap: { '/build': 'src', '.': '/there' },
    });
    const { program, symbolSearchPath, sourceFileMap } = tracing.configuration;
    tracing.dispose();
    const folder = dirname(PROGRAM);
    assert.deepEqual(
      {
        program: program as unknown,
        symbolSearchPath: symbolSearchPath as unknown,
        sourceFileMap: sourceFileMap as unknown,
      },
      {
        program: PROGRAM,
        symbolSearchPath: [join(folder, 'symbols'), '/elsewhere'],
        sourceFileMap: { '/build': join(folder, 'src'), '.': '/there' },
      },
    );
  });

  it('picks a process among all, by what is typed, and says which have debug information', async () => {
    const sleep = start('/bin/sleep', '1000');
    const pid = start(PROGRAM);
    const opening = opened<ProcessItem>();
    const choice = vscode.commands.executeCommand<string>('sourcetap.pickProcess');
    const pick = await opening;
    const item = (one: number): ProcessItem => pick.items.find(({ process }) => process.pid === one)!;
    assert.deepEqual(
      [pid, sleep].map((one) => {
        const { label, description, detail } = item(one);
        return { label, description, detail };
      }),
      [
        { label: 'inventory', description: `${pid} · debug information`, detail: PROGRAM },
        {
          label: 'sleep',
          description: `${sleep} · no debug information`,
          detail: '/bin/sleep 1000',
        },
      ],
    );
    const order = pick.items.map(({ process }) => process.pid);
    assert.ok(order.indexOf(pid) < order.indexOf(sleep), 'the newest first');
    assert.ok(order.indexOf(sleep) < order.indexOf(process.ppid), "the editor's own last");
    assert.ok(!order.includes(process.pid));
    await choose(pick, sleep);
    assert.equal(await choice, String(sleep));
  });

  it('picks nothing when the list is left', async () => {
    const opening = opened<ProcessItem>();
    const choice = vscode.commands.executeCommand<string | undefined>('sourcetap.pickProcess');
    await opening;
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.equal(await choice, undefined);
  });

  describe('a session', function () {
    before(function () {
      if (kernelGap() !== undefined) this.skip();
    });

    it('without a configuration: offers the programs of the folder that have debug information', async () => {
      await vscode.window.showTextDocument(SOURCE);
      const offering = offered(({ label }) => label === 'inventory');
      void vscode.commands.executeCommand('workbench.action.debug.start');
      assert.deepEqual(
        (await offering).map(({ label, description }) => [label, description]),
        [
          ['inventory', 'inventory'],
          ['', undefined],
          ['Choose a program…', 'and trace it from its first instruction'],
          ['Attach to a running process…', 'without stopping it'],
        ],
      );
      await until(
        'the program',
        () => running().length,
        (count) => count === 1,
      );
      await until(
        'the session',
        () => vscode.debug.activeDebugSession?.configuration['program'] as unknown,
        (program) => program === PROGRAM,
      );
    });

    it('by a name that several processes have: asks for one of them', async () => {
      const [first, second] = [start(PROGRAM), start(PROGRAM)];
      const opening = opened<ProcessItem>();
      const starting = Tracing.start({ request: 'attach', pid: 'inventory' });
      const pick = await opening;
      assert.deepEqual(
        pick.items.map(({ process }) => process.pid),
        [second, first],
      );
      await choose(pick, first);
      const tracing = await starting;
      tracing.dispose();
      assert.ok(tracing.started);
      await until(
        'the session',
        () => vscode.debug.activeDebugSession?.configuration['pid'] as unknown,
        (pid) => pid === String(first),
      );
    });
  });
});
