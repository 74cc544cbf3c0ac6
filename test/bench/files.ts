/** Where the benches read and write. They run as one bundle, out/bench/run.cjs, so as to measure the code as it is shipped. */
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');
export const BENCH = join(ROOT, 'test/bench');
export const OUT = join(ROOT, 'out/bench');
