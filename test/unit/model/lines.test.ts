import assert from 'node:assert/strict';
import type { TracepointView } from '../../../adapter/protocol';
import { gutterIcon } from '../../../src/model/gutterIcon';
import { abbreviated, grouped, hitsInWords, rateInWords } from '../../../src/model/hitCount';
import { hoverText } from '../../../src/model/hoverText';
import { LineBoard } from '../../../src/model/lineBoard';
import { lineText } from '../../../src/model/lineText';
import type { TextPosition } from '../../../src/model/textEdit';

const FILE = '/src/a.c';

const view = (id: number, line: number, change: Partial<TracepointView> = {}): TracepointView => ({
  id,
  state: 'armed',
  path: FILE,
  line,
  counts: { hits: 3412, delivered: 3412, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
  rate: 120,
  mode: 'log',
  values: [
    { name: 'n', value: '42', type: 'int' },
    { name: 'name', value: '"abc"', type: 'char *' },
  ],
  sites: [],
  ...change,
});

const boardOf = (...tracepoints: TracepointView[]): LineBoard => {
  const board = new LineBoard();
  board.update('s', { tracepoints, removed: [] });
  return board;
};

const lines = (board: LineBoard): number[] => board.lines(FILE).map(({ line }) => line);

describe('numbers of hits', () => {
  it('never claim more than there have been, in the four characters of a badge', () => {
    const numbers = [0, 999, 1000, 1299, 9999, 34_999, 999_999, 1e6, 567_999_999, 1e9];
    assert.deepEqual(numbers.map(abbreviated), [
      '0',
      '999',
      '1k',
      '1.2k',
      '9.9k',
      '34k',
      '999k',
      '1M',
      '567M',
      '1G',
    ]);
  });

  it('are exact and in groups where there is room', () => {
    assert.equal(grouped(1_234_567), '1\u00a0234\u00a0567');
    assert.equal(hitsInWords(1), '1\u00a0hit');
    assert.equal(hitsInWords(3412), '3\u00a0412\u00a0hits');
  });

  it('have a rate where there is one', () => {
    assert.deepEqual([0, 0.01, 2.34, 120.4, 123_456].map(rateInWords), [
      undefined,
      '0.1/s',
      '2.3/s',
      '120/s',
      '123k/s',
    ]);
  });
});

describe('the end of a line', () => {
  const textOf = (change: Partial<TracepointView>): string =>
    lineText(boardOf(view(1, 5, change)).lines(FILE)[0]!);

  it('has count, rate and last values', () => {
    assert.equal(textOf({}), '3\u00a0412\u00a0hits · 120/s · n = 42 · name = "abc"');
  });

  it('says why a value is missing, and why a line is not traced', () => {
    const values = [{ name: 'n', unavailable: 'optimised out', type: 'int' }];
    assert.match(textOf({ values }), /n = <optimised out>$/);
    assert.equal(textOf({ state: 'failed', message: 'no code here' }), 'no code here');
  });

  it('leaves out what does not fit, and says so', () => {
    const values = Array.from({ length: 40 }, (_, i) => ({
      name: `v${i}`,
      value: '1234567890',
      type: 'int',
    }));
    const text = textOf({ values });
    assert.ok(text.length <= 124);
    assert.match(text, / · …$/);
    assert.match(textOf({ values: [{ name: 's', value: 'x'.repeat(500), type: 'char *' }] }), /s = x{39}…$/);
  });
});

describe('the lines of a file', () => {
  it('are kept dimmed after the session, until the next one or Clear', () => {
    const board = boardOf(view(1, 5));
    board.ended('s');
    assert.deepEqual(
      board.lines(FILE).map(({ state, counts, rate }) => [state, counts.hits, rate]),
      [['ended', 3412, 0]],
    );
    board.started();
    assert.deepEqual(lines(board), []);
    const cleared = boardOf(view(1, 5));
    cleared.clear();
    assert.deepEqual(lines(cleared), []);
  });

  describe('move with edits, and go with the text they stand on', () => {
    // Tracepoints on lines 5 and 8; an edit from [line, character] to [line, character].
    for (const [what, start, end, text, left] of [
      ['a line typed above', [2, 7], [2, 7], '\n  x;', [6, 9]],
      ['a line pasted before its first character', [5, 0], [5, 0], 'x;\n', [6, 9]],
      ['a line opened below', [5, 12], [5, 12], '\n', [5, 9]],
      ['the line above deleted', [4, 0], [5, 0], '', [4, 7]],
      ['the line itself deleted', [5, 0], [6, 0], '', [7]],
      ['all around it deleted', [4, 3], [7, 2], '', [5]],
      ['its indentation changed', [5, 0], [5, 4], '  ', [5, 8]],
      ['its indentation removed', [5, 0], [5, 4], '', [5, 8]],
      ['its text replaced', [5, 0], [5, 20], 'y;', [5, 8]],
      ['the space before it reformatted', [4, 9], [5, 2], '\n\t', [5, 8]],
      ['the lines below replaced', [9, 0], [12, 0], 'z\n', [5, 8]],
    ] as const) {
      it(what, () => {
        const board = boardOf(view(1, 5), view(2, 8));
        const at = ([line, character]: readonly [number, number]): TextPosition => ({ line, character });
        board.edited(FILE, { start: at(start), end: at(end), text });
        assert.deepEqual(lines(board), left);
      });
    }

    it('and stay moved when the adapter, which knows the built text alone, says the old line again', () => {
      const board = boardOf(view(1, 5));
      const top = { line: 1, character: 0 };
      board.edited(FILE, { start: top, end: top, text: '\n\n' });
      board.update('s', { tracepoints: [view(1, 5)], removed: [] });
      assert.deepEqual(lines(board), [7]);
    });
  });

  it('forget a tracepoint that is removed', () => {
    const board = boardOf(view(1, 5), view(2, 8));
    board.update('s', { tracepoints: [], removed: [1] });
    assert.deepEqual(lines(board), [8]);
  });

  it('add up over sessions, and count a line of one session once', () => {
    const board = boardOf(view(1, 5), view(2, 5));
    assert.equal(board.lines(FILE)[0]!.counts.hits, 3412);
    board.update('t', { tracepoints: [view(1, 5)], removed: [] });
    assert.equal(board.lines(FILE)[0]!.counts.hits, 6824);
  });
});

describe('the hover', () => {
  it('has members, sites, and how the hits add up', () => {
    const point = {
      name: 'p',
      type: 'struct point',
      value: '{x = 1}',
      children: [{ name: 'x', type: 'int', value: '1' }],
    };
    const sites = [
      { address: '0x10', function: 'f', hits: 3000 },
      { address: '0x20', hits: 412 },
    ];
    const counts = { hits: 3412, delivered: 3400, lost: 12, filtered: 0, throttled: 0, conditionErrors: 0 };
    const text = hoverText(boardOf(view(1, 5, { values: [point], sites, counts })).lines(FILE)[0]!);
    assert.equal(text.values, 'p: struct point\n  x: int = 1');
    assert.equal(text.sites, '0x10  3\u00a0000\u00a0hits  f\n0x20  412\u00a0hits');
    assert.equal(text.account, '3\u00a0400 delivered + 12 lost');
  });
});

describe('the badge in the gutter', () => {
  it('is a picture with the label, of another colour on another ground', () => {
    assert.match(gutterIcon('1.2k', 'live', 'dark'), />1\.2k<\/text>/);
    assert.notEqual(gutterIcon('1', 'live', 'dark'), gutterIcon('1', 'live', 'light'));
    assert.notEqual(gutterIcon('1', 'live', 'dark'), gutterIcon('1', 'ended', 'dark'));
  });
});
