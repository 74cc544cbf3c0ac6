import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ADDED_LINES } from '../../../adapter/protocol';
import { EditedSource, wholeEdit, type TextEdit } from '../../../src/model/editedSource';

const BUILT = `int f(int n) {
  int a = n;

  first(a);
  if (a > 3) second(a);
  third(a);
  return a;
}`;

/** As an editor applies it. */
function applied(text: string, { start, end, text: by }: TextEdit): string {
  const offset = ({ line, character }: TextEdit['start']): number =>
    text
      .split('\n')
      .slice(0, line - 1)
      .reduce((sum, one) => sum + one.length + 1, 0) + character;
  return text.slice(0, offset(start)) + by + text.slice(offset(end));
}

type Step = readonly [
  startLine: number,
  startCharacter: number,
  endLine: number,
  endCharacter: number,
  text: string,
];

const editOf = ([line, character, endLine, endCharacter, text]: Step): TextEdit => ({
  start: { line, character },
  end: { line: endLine, character: endCharacter },
  text,
});

/** Of each line of the editor the number in the built text, + where it has none. */
function numbers(source: EditedSource, text: string): string {
  const all = text.split('\n').map((_, i) => source.numberOf(i + 1));
  for (const [i, number] of all.entries()) assert.equal(source.placeOf(number), i + 1, 'there and back');
  return all.map((number) => (number < ADDED_LINES ? number : '+')).join(' ');
}

function after(...steps: Step[]): string {
  const source = new EditedSource(BUILT);
  let text = BUILT;
  for (const edit of steps.map(editOf)) {
    source.edit([edit]);
    text = applied(text, edit);
  }
  return numbers(source, text);
}

const becomes = (text: string, ...before: string[]): string => {
  const source = new EditedSource(BUILT);
  let last = BUILT;
  for (const next of [...before, text]) {
    source.edit([wholeEdit(last, next)]);
    last = next;
  }
  return numbers(source, text);
};

describe('the lines of a source that is edited', () => {
  for (const [what, steps, expected] of [
    ['a line typed at the end of another', [[4, 11, 4, 11, '\n  x();']], '1 2 3 4 + 5 6 7 8'],
    ['a line opened before a statement, behind its indentation', [[4, 2, 4, 2, '\n  ']], '1 2 3 + 4 5 6 7 8'],
    ['a line pasted before the first character', [[4, 0, 4, 0, 'x();\n']], '1 2 3 + 4 5 6 7 8'],
    ['a copy above', [[4, 0, 4, 0, '  first(a);\n']], '1 2 3 + 4 5 6 7 8'],
    ['a copy below', [[4, 11, 4, 11, '\n  first(a);']], '1 2 3 4 + 5 6 7 8'],
    ['a statement written on an empty line', [[3, 0, 3, 0, '  x();']], '1 2 + 4 5 6 7 8'],
    ['a statement changed', [[4, 2, 4, 11, 'other(a + 1);']], '1 2 3 4 5 6 7 8'],
    ['a statement deleted, its line kept', [[4, 0, 4, 11, '']], '1 2 3 4 5 6 7 8'],
    ['a statement made a comment', [[4, 0, 4, 0, '// ']], '1 2 3 4 5 6 7 8'],
    ['an indentation changed', [[4, 0, 4, 2, '\t\t']], '1 2 3 4 5 6 7 8'],
    ['a line deleted', [[4, 0, 5, 0, '']], '1 2 3 5 6 7 8'],
    ['lines deleted from within one to within another', [[4, 5, 6, 4, '']], '1 2 3 4 7 8'],
    ['a line broken', [[5, 13, 5, 13, '\n    ']], '1 2 3 4 5 + 6 7 8'],
    ['lines joined', [[4, 11, 5, 2, ' ']], '1 2 3 4 6 7 8'],
    ['the last line typed behind', [[8, 1, 8, 1, '\nint g;']], '1 2 3 4 5 6 7 8 +'],
    [
      'a line moved up, as editors do it',
      [
        [6, 11, 6, 11, '\n  if (a > 3) second(a);'],
        [5, 0, 6, 0, ''],
      ],
      '1 2 3 4 6 + 7 8',
    ],
    ['several lines replaced by as many', [[4, 0, 6, 11, '  x();\n  y();\n  z();']], '1 2 3 4 5 6 7 8'],
    ['several lines replaced by others', [[4, 0, 6, 11, '  x();\n  y();']], '1 2 3 + + 7 8'],
    ['all of it deleted, but for an empty line', [[1, 0, 8, 1, '']], '3'],
  ] as const)
    it(what, () => {
      assert.equal(after(...(steps as readonly Step[])), expected);
    });

  it('are there again when what was deleted comes again, by undo or otherwise', () => {
    assert.equal(
      after([4, 0, 6, 0, ''], [4, 0, 4, 0, '  first(a);\n  if (a > 3) second(a);\n']),
      '1 2 3 4 5 6 7 8',
    );
    assert.equal(after([1, 0, 8, 1, ''], [1, 0, 1, 0, BUILT]), '1 2 3 4 5 6 7 8');
    assert.equal(becomes(BUILT, 'int other;\nint another;\n'), '1 2 3 4 5 6 7 8');
    assert.equal(after([4, 11, 5, 2, ' '], [4, 11, 4, 12, '\n  ']), '1 2 3 4 5 6 7 8');
    assert.equal(after([3, 0, 3, 0, 'x();'], [3, 0, 3, 4, '']), '1 2 3 4 5 6 7 8');
  });

  it('are not those of empty lines where they were emptied', () => {
    const emptied: Step[] = [
      [1, 0, 3, 0, '('],
      [6, 0, 6, 1, ''],
      [1, 0, 6, 0, ''],
    ];
    const source = new EditedSource(BUILT);
    for (const step of emptied) source.edit([editOf(step)]);
    const more = `${BUILT}\nint g;`;
    source.edit([wholeEdit('', more)]);
    assert.equal(numbers(source, more), '1 2 3 4 5 6 7 8 +');
  });

  it('are found in a text that takes the place of the whole', () => {
    const added = BUILT.replace('  first', '  zeroth(a);\n  first').replace('  third(a);\n', '');
    assert.equal(becomes(added), '1 2 3 + 4 5 7 8');
    const formatted = `int f(int n)
{
    int a = n;

    first( a );
    if (a > 3)
        second(a);
    third(a); return a;
}`;
    assert.equal(becomes(formatted), '1 + 2 3 4 5 + 6 8');
    assert.equal(becomes(BUILT, formatted), '1 2 3 4 5 6 7 8');
    assert.equal(becomes(BUILT.replaceAll('\n', '\r\n')), '1 2 3 4 5 6 7 8');
  });

  it('are known where the same text is there several times, by where it was edited', () => {
    const source = new EditedSource('x();\nx();\nx();');
    source.edit([editOf([2, 0, 2, 0, 'x();\n'])]);
    assert.equal(numbers(source, 'x();\nx();\nx();\nx();'), '1 + 2 3');
    source.edit([editOf([1, 0, 2, 0, ''])]);
    assert.equal(numbers(source, 'x();\nx();\nx();'), '1 2 3', 'that is the built text');
  });

  it('keep the number that they are given while they are edited further', () => {
    const source = new EditedSource(BUILT);
    source.edit([editOf([4, 11, 4, 11, '\n  x();'])]);
    const added = source.numberOf(5);
    source.edit([editOf([1, 0, 1, 0, '\n'])]);
    source.edit([editOf([6, 6, 6, 6, ' + y'])]);
    assert.equal(source.numberOf(6), added);
    assert.equal(source.placeOf(added), 6);
    source.edit([editOf([5, 11, 6, 10, ''])]);
    assert.equal(source.placeOf(added), undefined);
  });

  it('are near where they were when they are gone', () => {
    const source = new EditedSource(BUILT);
    source.edit([editOf([1, 0, 1, 0, '\n\n'])]);
    source.edit([editOf([6, 0, 8, 0, ''])]);
    assert.equal(source.placeOf(5), undefined);
    assert.deepEqual(
      [3, 4, 5, 6].map((line) => source.placeNear(line)),
      [5, 5, 5, 6],
    );
    assert.equal(source.placeNear(ADDED_LINES + 77), 8);
  });

  it('of a part are those from the first to the last that the program has', () => {
    const source = new EditedSource(BUILT);
    source.edit([editOf([4, 11, 4, 11, '\n  x();\n  y();'])]);
    assert.deepEqual(source.numbersOf(3, 5), { first: 3, last: 4 });
    assert.deepEqual(source.numbersOf(5, 8), { first: 5, last: 6 });
    const { first, last } = source.numbersOf(5, 6);
    assert.equal(first, last);
    assert.ok(first >= ADDED_LINES);
  });

  it('are edited until the text is the built one again', () => {
    const source = new EditedSource(BUILT);
    assert.equal(source.isEdited, false);
    source.edit([editOf([4, 2, 4, 2, 'x'])]);
    assert.equal(source.isEdited, true);
    source.edit([editOf([4, 2, 4, 3, ''])]);
    assert.equal(source.isEdited, false);
  });

  it('rise, and lead there and back, whatever is edited; the built text has its own', () => {
    const place = fc.record({ line: fc.nat({ max: 9 }), character: fc.nat({ max: 12 }) });
    const typed = fc.stringMatching(/^[x(); \n]{0,12}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place, typed), { maxLength: 8 }), (steps) => {
        const source = new EditedSource(BUILT);
        let text = BUILT;
        for (const [one, other, by] of steps) {
          const lines = text.split('\n');
          const [start, end] = [one, other]
            .map(({ line, character }) => {
              const at = Math.min(line, lines.length - 1);
              return { line: at + 1, character: Math.min(character, lines[at]!.length) };
            })
            .sort((a, b) => a.line - b.line || a.character - b.character) as [
            TextEdit['start'],
            TextEdit['start'],
          ];
          const edit = { start, end, text: by };
          source.edit([edit]);
          text = applied(text, edit);
          const known = numbers(source, text)
            .split(' ')
            .filter((number) => number !== '+')
            .map(Number);
          assert.deepEqual(
            known,
            [...new Set(known)].sort((a, b) => a - b),
          );
          assert.equal(source.isEdited, text !== BUILT);
        }
        source.edit([wholeEdit(text, BUILT)]);
        assert.equal(numbers(source, BUILT), '1 2 3 4 5 6 7 8');
      }),
    );
  });

  it('are found in large texts, or not at all', () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `call_${i % 50}(${i});`);
    const source = new EditedSource(lines.join('\n'));
    const other = [
      '// new',
      ...lines.slice(0, -1).map((line, i) => (i % 1000 === 7 ? `other(${i});` : line)),
    ];
    const started = Date.now();
    source.edit([wholeEdit(lines.join('\n'), other.join('\n'))]);
    assert.deepEqual(
      [1, 8, 15_000, 29_999].map((line) => source.placeOf(line)),
      [2, 9, 15_001, 30_000],
    );
    const rewritten = other.map((line, i) => `${i % 2 === 0 ? 'new' : line}();`);
    source.edit([wholeEdit(other.join('\n'), ['x();', ...rewritten.slice(1, -1), 'y();'].join('\n'))]);
    assert.equal(source.placeOf(15_000), undefined);
    assert.ok(Date.now() - started < 3000);
  });
});
