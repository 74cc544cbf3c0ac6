/** RESULTS.md: what the comparisons of `npm run test:corpus` found, a section each, replaced by the run that finds it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PATH = join(__dirname, 'RESULTS.md');
const HEAD = '# Results of `npm run test:corpus`\n';

/**
 * Puts a section in the place of the one of this title, or at the end.
 * @param body Markdown without headings
 */
export function writeSection(title: string, body: readonly string[]): void {
  const sections = sectionsOf(readFileSync(PATH, 'utf8'));
  sections.set(title, `\n${body.join('\n').trim()}\n`);
  const text = [...sections].map(([name, content]) => `\n## ${name}\n${content}`);
  writeFileSync(PATH, HEAD + text.join(''));
}

/** The rows of a Markdown table under its heads. */
export const table = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

function sectionsOf(text: string): Map<string, string> {
  const [, ...sections] = text.split(/^## /m);
  return new Map(
    sections.map((section) => {
      const [title = ''] = section.split('\n', 1);
      return [title, `${section.slice(title.length + 1).trimEnd()}\n`.replace(/^\n*/, '\n')];
    }),
  );
}
