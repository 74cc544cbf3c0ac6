/** The tests in real VS Code: the extension's suite inside its extension host, and the packaged extension in the workbench. */
import { writeFileSync } from 'node:fs';
import { kernelGap } from '../kernel/available';
import { runExtensionSuite } from './extensionSuite';
import { tracePackaged } from './packaged';

async function main(): Promise<void> {
  const gap = kernelGap();
  const counts = await runExtensionSuite();
  if (gap) {
    console.log(`skipped: the packaged extension in the workbench: ${gap}`);
    counts.skipped++;
  } else {
    try {
      await tracePackaged();
      console.log(
        '  ✔ the packaged extension in the workbench: right-click, Add Tracepoint, F5, count and value',
      );
      counts.passed++;
    } catch (error) {
      console.error('  ✘ the packaged extension in the workbench:', error);
      counts.failed++;
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
