/** Markdown files of what long runs found, a section each, replaced by the run that finds it anew. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Puts a section in the place of the one of this title, or at the end. The body is Markdown without headings. */
export type SectionWriter = (title: string, body: readonly string[]) => void;

/** @param head the file's first line */
export const sectionWriter =
  (path: string, head: string): SectionWriter =>
  (title, body) => {
    const sections = sectionsOf(readFileSync(path, 'utf8'));
    sections.set(title, `\n${body.join('\n').trim()}\n`);
    const text = [...sections].map(([name, content]) => `\n## ${name}\n${content}`);
    writeFileSync(path, `${head}\n${text.join('')}`);
  };

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
