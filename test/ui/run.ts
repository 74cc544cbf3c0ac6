/** The tests in real VS Code: the extension's suite inside its extension host, and the packaged extension in the workbench. */
import { writeFileSync } from 'node:fs';
import { kernelGap } from '../kernel/available';
import { runExtensionSuite } from './extensionSuite';
import { useHitsPage } from './hitsPage';
import { tracePackaged } from './packaged';

/** What a user does, from one end to the other, by name; throws where the screen does not show what it should. */
const FLOWS: Readonly<Record<string, () => Promise<void>>> = {
  'the packaged extension in the workbench: right-click, Add Tracepoint, F5, count and value, hits':
    tracePackaged,
};

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
  for (const [name, flow] of Object.entries(FLOWS)) {
    if (gap === undefined) await run(name, flow);
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
