/** The tests in real VS Code: the extension's suite inside its extension host, and the packaged extension in the workbench. */
import { writeFileSync } from 'node:fs';
import { kernelGap } from '../kernel/available';
import { runExtensionSuite, type Counts } from './extensionSuite';
import { useHitsPage } from './hitsPage';
import { tracePackaged } from './packaged';
import type { ThemeName } from './themes';
import { useWithoutSession } from './withoutSession';

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Without names of themes: the whole, in the dark one. With them: the flows of the packaged extension in each of them. */
async function main(themes: readonly string[]): Promise<void> {
  if (themes.length === 0) {
    Object.assign(counts, await runExtensionSuite());
    await run('the page of the hits panel: 100 000 hits, keys, filters, hostile values, charts', useHitsPage);
    await flows('dark');
  }
  for (const theme of themes) await flows(theme as ThemeName);
  const file = process.env['SOURCETAP_COUNTS'];
  if (file) writeFileSync(file, JSON.stringify(counts));
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

async function flows(theme: ThemeName): Promise<void> {
  await run(`the packaged extension before anything runs, ${theme}: trust, the list by keys, groups`, () =>
    useWithoutSession(theme),
  );
  const name = `the packaged extension in the workbench, ${theme}: right-click, Add Tracepoint, F5, count, value and hits`;
  const gap = kernelGap();
  if (gap === undefined) await run(name, () => tracePackaged(theme));
  else {
    console.log(`skipped: ${name}: ${gap}`);
    counts.skipped++;
  }
}

async function run(name: string, flow: () => Promise<void>): Promise<void> {
  try {
    await flow();
    console.log(`  ✔ ${name}`);
    counts.passed++;
  } catch (error) {
    console.error(`  ✘ ${name}:`, error);
    counts.failed++;
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
