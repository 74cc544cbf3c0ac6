import { join } from 'node:path';
import { sectionWriter } from '../setup/results';

/** Of RESULTS.md: what `npm run test:long` found. */
export const writeSection = sectionWriter(join(__dirname, 'RESULTS.md'), '# Results of `npm run test:long`');
