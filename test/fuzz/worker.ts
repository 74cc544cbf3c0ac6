/**
 * Tries inputs one after another: `worker.ts TARGET SEED MILLISECONDS`, or `worker.ts TARGET SEED` for that one alone. The
 * seed in hand stands in the file that SOURCETAP_FUZZ_SEED names, for the process that watches this one: what hangs or runs
 * out of memory cannot say so itself.
 */
import { openSync, writeSync } from 'node:fs';
import { targets } from './targets';

function main([name = '', first = '0', milliseconds]: readonly string[]): void {
  const target = targets().get(name);
  if (!target) throw new Error(`no target "${name}"; there are: ${[...targets().keys()].join(' ')}`);
  const progress = process.env['SOURCETAP_FUZZ_SEED'];
  const file = progress === undefined ? undefined : openSync(progress, 'w');
  const note = (text: string): void => {
    if (file !== undefined) writeSync(file, text.padEnd(24), 0);
  };
  const end = milliseconds === undefined ? 0 : Date.now() + Number(milliseconds);
  let seed = Number(first);
  let read = 0;
  do {
    note(`${seed}`);
    read += target(seed);
    if (process.resourceUsage().maxRSS > MAX_KILOBYTES) throw new Error('out of memory');
    seed++;
  } while (Date.now() < end);
  note(`${seed} ${read}`);
}

/** 512 MB for the input, and what the process itself takes. */
const MAX_KILOBYTES = (512 + 160) * 1024;

main(process.argv.slice(2));
