/** Attaching to one of the processes that run, which is found among all by its name and chosen by keys. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Workbench } from './workbench';

/**
 * @param program of which one process is traced, and another is not
 * @param attach name of the configuration that asks for a process
 * @param line that has a tracepoint
 */
export async function attachByName(
  workbench: Workbench,
  program: string,
  attach: string,
  line: string,
): Promise<void> {
  const { page } = workbench;
  const name = basename(program);
  const children = [1, 2].map(() => spawn(program, { stdio: 'ignore' }));
  const [pid] = children.map((child) => child.pid);
  try {
    await workbench.startByName(attach);
    const input = page.getByPlaceholder('Process to trace');
    const offered = page.locator('.quick-input-list .monaco-list-row');
    await input.fill(name);
    await workbench.until(
      'the processes of that name',
      () => offered.allInnerTexts(),
      (texts) =>
        texts.every((text) => text.includes(name)) &&
        children.every((child) =>
          texts.some((text) => text.includes(`${child.pid}`) && text.includes('· debug information')),
        ),
    );
    await input.fill(String(pid));
    await offered.first().waitFor();
    await page.keyboard.press('Enter');
    await workbench.until(
      'hits',
      () => workbench.lineEnds(),
      (texts) => texts.some((text) => / hits · .*\/s/.test(text)),
    );
    assert.match(await workbench.hover(workbench.codeLine(line)), new RegExp(`process ${pid}\\b`));
    await workbench.stopDebugging();
    for (const child of children) assert.equal(child.exitCode ?? child.signalCode, null, 'it runs on');
    await workbench.until(
      'final counts, which have no rate',
      () => workbench.lineEnds(),
      (texts) => texts.every((text) => text.includes(' hits · n = ')),
    );
  } finally {
    for (const child of children) child.kill();
  }
}
