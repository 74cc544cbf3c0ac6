/** The tests in real VS Code: the extension's suite inside its extension host, and the packaged extension in the workbench. */
import { writeFileSync } from 'node:fs';
import { kernelGap } from '../kernel/available';
import { runExtensionSuite } from './extensionSuite';
import { useHitsPage } from './hitsPage';
import { tracePackaged } from './packaged';
import { FLOW_THEMES } from './themes';
import { useWithoutSession } from './withoutSession';

async function main(): Promise<void> {
  const gap = kernelGap();
  const counts = await runExtensionSuite();
  const run = async (name: string, flow: () => Promise<void>): Promise<void> => {
    try {
      await flow();
      console.log(`  ✔ ${name}`);
      counts.passed++;
    } catch (error) {
      console.error(`  ✘ ${name}:`, error);
      counts.failed++;
    }
  };
  await run('the page of the hits panel: 100 000 hits, keys, filters, hostile values, charts', useHitsPage);
  for (const theme of FLOW_THEMES) {
    await run(`the packaged extension before anything runs, ${theme}: trust, the list by keys, groups`, () =>
      useWithoutSession(theme),
    );
    const name = `the packaged extension in the workbench, ${theme}: right-click, Add Tracepoint, F5, count, value and hits`;
    if (gap === undefined) await run(name, () => tracePackaged(theme));
    else {
      console.log(`skipped: ${name}: ${gap}`);
      counts.skipped++;
    }
  }
  const file = process.env['SOURCETAP_COUNTS'];
  if (file) writeFileSync(file, JSON.stringify(counts));
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
