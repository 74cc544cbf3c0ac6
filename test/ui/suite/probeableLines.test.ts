import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { LINES_REQUEST, type LinesResponseBody } from '../../../adapter/protocol';
import { kernelGap } from '../../kernel/available';
import { answer, restore, said } from './answers';
import { Tracing } from './tracing';
import { until } from './until';
import { FOREIGN, lineOf, PROGRAM, SOURCE } from './workspace';

/** What the adapter answered to the marks' questions, the latest last. */
const answers = ({ messages }: Tracing): LinesResponseBody[] =>
  messages.flatMap((message) => {
    const { command, body } = message as { command?: string; body?: LinesResponseBody };
    return message.type === 'response' && command === LINES_REQUEST && body ? [body] : [];
  });

describe('the lines that can be traced', () => {
  let tracing: Tracing | undefined;
  const run = (name: string): Thenable<unknown> => vscode.commands.executeCommand(`sourcetap.${name}`);

  before(() => vscode.extensions.getExtension('sourcetap.sourcetap')!.activate());
  afterEach(async () => {
    await run('hideProbeableLines');
    await tracing?.stop();
    tracing?.dispose();
    tracing = undefined;
    restore();
  });

  it('need a program that has the file, and say so', async () => {
    answer();
    await vscode.window.showTextDocument(FOREIGN);
    await run('showProbeableLines');
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^No program with debug information of foreign\.c is known/);
  });

  it('need no session where there is one', async () => {
    answer();
    await vscode.window.showTextDocument(SOURCE);
    await run('showProbeableLines');
    assert.deepEqual(said, []);
  });

  it('are asked of the adapter for what is visible, until they are hidden', async function () {
    if (kernelGap() !== undefined) this.skip();
    const editor = await vscode.window.showTextDocument(SOURCE);
    tracing = await Tracing.start({ request: 'launch', program: PROGRAM });
    await run('showProbeableLines');
    const line = lineOf('p->stock -= n;');
    editor.revealRange(new vscode.Range(line - 1, 0, line - 1, 0), vscode.TextEditorRevealType.InCenter);
    await until('an answer about the line', () =>
      answers(tracing!).some(({ lines }) => lines.some((view) => view.line === line && view.probeable)),
    );
    await run('hideProbeableLines');
    const asked = answers(tracing).length;
    const end = new vscode.Range(0, 0, 0, 0);
    editor.revealRange(end, vscode.TextEditorRevealType.AtTop);
    await new Promise((done) => setTimeout(done, 1000));
    assert.equal(answers(tracing).length, asked);
  });
});
