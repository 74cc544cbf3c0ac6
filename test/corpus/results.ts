import { join } from 'node:path';
import { sectionWriter } from '../setup/results';

/** Of RESULTS.md: what the comparisons of `npm run test:corpus` found. */
export const writeSection = sectionWriter(
  join(__dirname, 'RESULTS.md'),
  '# Results of `npm run test:corpus`',
);
