import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { contrast } from '../../builders/contrast';

const ROOT = resolve(__dirname, '../../..');
/** Behind the code in the default themes, and in those that were it before. */
const GROUNDS = {
  light: ['#ffffff'],
  dark: ['#121314', '#1f1f1f'],
  highContrast: ['#000000'],
  highContrastLight: ['#ffffff'],
} as const;
type Kind = keyof typeof GROUNDS;
const KINDS = Object.keys(GROUNDS) as Kind[];

interface Manifest {
  contributes: { colors: { id: string; defaults: Partial<Record<Kind, string>> }[] };
}
const { contributes } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

describe('the colours of the extension', () => {
  it('are there for every kind of theme', () => {
    for (const { id, defaults } of contributes.colors)
      assert.deepEqual(Object.keys(defaults).sort(), [...KINDS].sort(), id);
  });

  /** Success criteria 1.4.3 and 1.4.11 of WCAG 2.1. */
  for (const [what, ids, least] of [
    ['letters', /Foreground$/, 4.5],
    ['signs', /(Border|Mark)$/, 3],
  ] as const)
    it(`have ${what} of enough contrast on the code`, () => {
      const found = contributes.colors.filter(({ id }) => ids.test(id));
      assert.ok(found.length > 0);
      for (const { id, defaults } of found)
        for (const kind of KINDS)
          for (const ground of GROUNDS[kind])
            assert.ok(contrast(defaults[kind]!, ground) >= least, `${id} on ${ground}`);
    });
});

describe("the walkthrough's pictures", () => {
  /** What every theme has; menus, buttons and lists are left out by some. */
  const EVERYWHERE =
    /^(editor-|editorLineNumber-|editorWidget-|input-(background|foreground)|font-family|sourcetap-)/;
  const DIRECTORY = join(ROOT, 'media/walkthrough');

  for (const name of readdirSync(DIRECTORY))
    it(`${name} has letters in every theme: where one leaves out their colour, they take another of its own`, () => {
      const svg = readFileSync(join(DIRECTORY, name), 'utf8');
      const used = [...svg.matchAll(/var\(--vscode-([\w-]+), ([^)]*)/g)];
      assert.ok(used.length > 0);
      for (const [, colour, otherwise] of used)
        assert.ok(
          EVERYWHERE.test(colour!) || /^(transparent$|var\(--vscode-)/.test(otherwise!),
          `${colour!}: ${otherwise!}`,
        );
    });
});
