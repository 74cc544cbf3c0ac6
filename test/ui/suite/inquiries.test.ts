import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Inspector } from '../../../src/inspector';
import { KnownPrograms } from '../../../src/knownPrograms';
import { kernelGap } from '../../kernel/available';
import { opened, restore } from './answers';
import { Tracing } from './tracing';
import { until } from './until';
import { adapters, FOREIGN, lineOf, SOURCE } from './workspace';

type Pick = vscode.QuickPick<vscode.QuickPickItem>;

const UNCHECKED = '$(info) no program built with -g from foreign.c is known: names are not checked';

describe('without a session', () => {
  const extension = vscode.extensions.getExtension('sourcetap.sourcetap')!;
  const folder = mkdtempSync(join(tmpdir(), 'sourcetap-'));

  before(async () => {
    await extension.activate();
    await vscode.debug.stopDebugging();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    restore();
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const form = async (uri: vscode.Uri, lineNumber: number): Promise<Pick> => {
    await vscode.window.showTextDocument(uri);
    const opening = opened();
    void vscode.commands.executeCommand('sourcetap.addConditionalTracepoint', { lineNumber, uri });
    return opening;
  };
  /** Waits for an entry of the form. */
  const told = async (pick: Pick, label: RegExp): Promise<vscode.QuickPickItem> => {
    const isMeant = (item: vscode.QuickPickItem): boolean => label.test(item.label);
    return (
      await until(
        String(label),
        () => pick.items,
        (items) => items.some(isMeant),
      )
    ).find(isMeant)!;
  };

  it('the form completes what is live at the line, and tells an error with its column', async () => {
    const pick = await form(SOURCE, lineOf('p->stock -= n;'));
    const { description } = await told(pick, /^\$\(symbol-variable\) n$/);
    assert.equal(description, 'int');
    pick.value = 'p->st';
    assert.equal((await told(pick, /^\$\(symbol-field\) stock$/)).description, 'int');
    pick.value = 'n > x';
    await told(pick, /^\$\(error\) .*no variable x here \(column 5\)/);
    pick.value = 'n > 1';
    await told(pick, /^\$\(check\) Done$/);
  });

  it('the form checks the syntax where no program is known, and says that it is no more', async () => {
    const pick = await form(FOREIGN, 2);
    await told(pick, /^\$\(check\) Done$/);
    assert.equal((await told(pick, /names are not checked/)).label, UNCHECKED);
    pick.value = 'n > (';
    await told(pick, /^\$\(error\) .*\(column 6\)/);
    pick.value = 'n > whatever';
    await told(pick, /^\$\(check\) Done$/);
  });

  it('a program that was traced tells about its files', async function () {
    if (kernelGap() !== undefined) this.skip();
    const program = join(folder, 'foreign');
    const main = 'int other(int); int main(void) { return other(1); }';
    execFileSync('gcc', ['-g', '-o', program, FOREIGN.fsPath, '-xc', '-'], { input: main });
    const tracing = await Tracing.start({ request: 'launch', program });
    await tracing.stop();
    tracing.dispose();
    const pick = await form(FOREIGN, 2);
    assert.equal((await told(pick, /^\$\(symbol-variable\) n$/)).description, 'int');
    rmSync(program);
    pick.value = 'm';
    await told(pick, /names are not checked/);
  });

  it('an adapter is there as long as there are questions, and knows of programs that are built meanwhile', async () => {
    const state = new Map<string, unknown>();
    const memento = {
      get: (key: string, instead: unknown) => state.get(key) ?? instead,
      update: (key: string, value: unknown) => Promise.resolve(state.set(key, value)),
    };
    const inspector = new Inspector(
      extension.extensionPath,
      new KnownPrograms(memento as unknown as vscode.Memento),
      1000,
    );
    const before = new Set(adapters());
    const added = (): number[] => adapters().filter((pid) => !before.has(pid));
    assert.equal(await inspector.has('/no/such.c'), false);
    assert.equal(await inspector.has(SOURCE.fsPath), true);
    assert.equal(added().length, 1);
    await until('its end', () => added().length === 0);
    assert.equal(await inspector.has(SOURCE.fsPath), true);
    inspector.dispose();
    await until('its end', () => added().length === 0);
  });
});
