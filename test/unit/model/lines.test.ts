import assert from 'node:assert/strict';
import type { HitView, TracepointView } from '../../../adapter/protocol';
import { gutterIcon, gutterIconStyle } from '../../../src/model/gutterIcon';
import { abbreviated, grouped, hitsInWords, rateInWords } from '../../../src/model/hitCount';
import { hoverText } from '../../../src/model/hoverText';
import { LineBoard, type Moment } from '../../../src/model/lineBoard';
import { LOOK_COLOURS, LOOK_WORDS, type Look } from '../../../src/model/look';
import { isDimmed, lineText } from '../../../src/model/lineText';
import type { TextPosition } from '../../../src/model/editedSource';
import { ProgramLines } from '../../../src/model/programLines';

const FILE = '/src/a.c';

const view = (id: number, line: number, change: Partial<TracepointView> = {}): TracepointView => ({
  id,
  state: 'armed',
  path: FILE,
  line,
  counts: { hits: 3412, delivered: 3412, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
  rate: 120,
  throttledRate: 0,
  mode: 'log',
  values: [
    { name: 'n', value: '42', type: 'int' },
    { name: 'name', value: '"abc"', type: 'char *' },
  ],
  sites: [],
  ...change,
});

const NO_HITS = { ...view(0, 0).counts, hits: 0, delivered: 0 };

const boardOf = (...tracepoints: TracepointView[]): LineBoard => boardIn(new ProgramLines(), ...tracepoints);

/** @param program that all sessions run */
const boardIn = (program: ProgramLines, ...tracepoints: TracepointView[]): LineBoard => {
  const board = new LineBoard(() => program);
  board.update('s', { tracepoints, removed: [] });
  return board;
};

/** Replaces the lines from one up to another. */
const edit = (program: ProgramLines, from: number, to: number, text: string): void => {
  const [start, end] = [from, to].map((line) => ({ line, character: 0 })) as [TextPosition, TextPosition];
  const built = Array.from({ length: 20 }, (_, i) => `line(${i + 1});`).join('\n');
  program.edited(FILE, built, [{ start, end, text }]);
};

const lines = (board: LineBoard): number[] => board.lines(FILE).map(({ line }) => line);

describe('a session that is restarted', () => {
  const counted = (hits: number, change: Partial<TracepointView> = {}): TracepointView =>
    view(1, 5, { counts: { ...view(1, 5).counts, hits }, values: [], rate: 0, ...change });
  const text = (board: LineBoard): string => lineText(board.lines(FILE)[0]!, 120).replaceAll('\u00a0', ' ');

  it('counts anew', () => {
    const board = boardOf(counted(100));
    board.ended('s');
    board.update('s', { tracepoints: [counted(7)], removed: [] });
    board.started();
    assert.equal(text(board), '7 hits');
  });

  it('shows the hits of all runs before, where these are to be kept, until the count is reset', () => {
    const board = boardOf(counted(1000));
    board.ended('s', true);
    assert.equal(text(board), '1 000 hits');
    board.update('s', { tracepoints: [counted(7)], removed: [] });
    board.started();
    assert.equal(text(board), '7 hits + 1 000 before the restart');
    board.ended('s', true);
    board.update('s', { tracepoints: [counted(1)], removed: [] });
    assert.equal(text(board), '1 hit + 1 007 before the restart');
    board.update('other', { tracepoints: [counted(5)], removed: [] });
    assert.equal(text(board), '6 hits + 1 007 before the restart');
    board.update('s', { tracepoints: [counted(0)], removed: [] });
    assert.equal(text(board), '5 hits');
  });
});

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
    lineText(boardOf(view(1, 5, change)).lines(FILE)[0]!, 120);

  it('has count, rate and last values', () => {
    assert.equal(textOf({}), '3\u00a0412\u00a0hits · 120/s · n = 42 · name = "abc"');
  });

  it('has what is readable before what is not', () => {
    const values: TracepointView['values'] = [
      { name: 'gone', unavailable: 'optimised out', type: 'int' },
      { name: 'n', value: '4', type: 'int' },
    ];
    assert.match(textOf({ values }), /n = 4 · gone = <optimised out>$/);
  });

  it('says why a value is missing, and why a line is not traced', () => {
    const values = [{ name: 'n', unavailable: 'optimised out', type: 'int' }];
    assert.match(textOf({ values }), /n = <optimised out>$/);
    const failed = { state: 'failed', message: 'no code here', counts: NO_HITS } as const;
    assert.equal(textOf(failed), 'no code here');
  });

  it('says that a line is still being looked for, and what it waits for', () => {
    const counts = NO_HITS;
    assert.equal(textOf({ state: 'pending', counts }), 'its machine code is being looked for');
    assert.equal(textOf({ state: 'pending', counts, message: 'no library yet' }), 'no library yet');
  });

  it('has the hits of what had probes before it failed, or before its library went', () => {
    const message = 'no loaded module has this line';
    assert.equal(textOf({ state: 'pending', message }), `3\u00a0412\u00a0hits · ${message}`);
    assert.equal(textOf({ state: 'pending', message, counts: NO_HITS }), message);
    assert.equal(textOf({ state: 'failed', message, counts: NO_HITS }), message);
    const long = textOf({ state: 'failed', message: 'x'.repeat(500) });
    assert.match(long, /^3\u00a0412\u00a0hits · x{80,}…$/);
    assert.ok(long.length <= 121);
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
    cleared.update('t', { tracepoints: [view(1, 8)], removed: [] });
    cleared.ended('s');
    cleared.clear();
    assert.deepEqual(lines(cleared), [8], 'what runs stays: the adapter tells again of what changes alone');
  });

  it('go on to say after the session why they never had a probe', () => {
    const message = 'no code here';
    const board = boardOf(
      view(1, 5, { state: 'failed', message, counts: NO_HITS }),
      view(2, 6, { state: 'pending', message, counts: NO_HITS }),
      view(3, 7, { state: 'pending', message }),
      view(4, 8, { state: 'pending', counts: NO_HITS }),
    );
    board.ended('s');
    assert.deepEqual(
      board.lines(FILE).map((line) => [line.look, lineText(line, 20)]),
      [
        ['failed', message],
        ['pending', message],
        ['ended', '3\u00a0412\u00a0hits · n = 42 · …'],
        ['ended', '0\u00a0hits · n = 42 · …'],
      ],
    );
    assert.deepEqual(board.liveViews(), []);
    board.forget({ session: 's', id: 1 });
    assert.deepEqual(lines(board), [6, 7, 8]);
    board.started();
    assert.deepEqual(lines(board), []);
  });

  it('move with edits, also where the adapter, which knows the built text alone, says the old line again', () => {
    const program = new ProgramLines();
    const board = boardIn(program, view(1, 5), view(2, 8));
    edit(program, 1, 1, 'x;\n');
    assert.deepEqual(lines(board), [6, 9]);
    board.update('s', { tracepoints: [view(1, 5)], removed: [] });
    assert.deepEqual(lines(board), [6, 9]);
    edit(program, 6, 7, '');
    assert.deepEqual(lines(board), [8]);
    board.update('s', {
      tracepoints: [view(3, program.toProgram(FILE, 1), { state: 'failed' })],
      removed: [],
    });
    assert.deepEqual(lines(board), [1, 8], 'one on a line that the program does not have');
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
  const nameOf = (session: string): string => `program ${session}`;

  it('has what each session counted, in the order of their names', () => {
    const board = boardOf(view(1, 5));
    const counts = { ...view(1, 5).counts, hits: 8, delivered: 8 };
    board.update('t', { tracepoints: [view(1, 5, { counts })], removed: [] });
    board.update('s', { tracepoints: [view(1, 5)], removed: [] });
    const { heading, messages } = hoverText(board.lines(FILE)[0]!, nameOf);
    assert.match(heading, /^3\u00a0420\u00a0hits/);
    assert.deepEqual(messages, ['Hits of each session: program s 3\u00a0412 + program t 8']);
  });

  it('has the hits of the runs before a restart, where these are kept', () => {
    const board = boardOf(view(1, 5));
    board.ended('s', true);
    board.update('s', { tracepoints: [view(1, 5)], removed: [] });
    assert.match(
      hoverText(board.lines(FILE)[0]!, nameOf).heading,
      /^3\u00a0412\u00a0hits \+ 3\u00a0412 before the restart/,
    );
  });

  it('has members, sites, and how the hits add up', () => {
    const point = {
      name: 'p',
      type: 'struct point',
      value: '{x = 1}',
      children: [{ name: 'x', type: 'int', value: '1' }],
    };
    const sites: TracepointView['sites'] = [
      { address: '0x10', function: 'f', hits: 3000, trap: 'emulated' },
      { address: '0x20', hits: 412, trap: 'emulated' },
    ];
    const counts = { hits: 3412, delivered: 3400, lost: 12, filtered: 0, throttled: 0, conditionErrors: 0 };
    const text = hoverText(boardOf(view(1, 5, { values: [point], sites, counts })).lines(FILE)[0]!, nameOf);
    assert.equal(text.values, 'p: struct point\n  x: int = 1');
    assert.equal(text.sites, '0x10  3\u00a0000\u00a0hits  f\n0x20  412\u00a0hits');
    assert.equal(text.account, '3\u00a0400 delivered + 12 lost');
    assert.deepEqual(text.cost, []);
  });

  it('has what a hit costs, by the kinds of its sites', () => {
    const sites: TracepointView['sites'] = [
      { address: '0x10', hits: 3, trap: 'stepped' },
      { address: '0x20', hits: 4, trap: 'emulated', moved: true },
    ];
    const cost = { mean: 1400, traps: { emulated: 400, stepped: 1500 }, program: 400 };
    const text = hoverText(boardOf(view(1, 5, { sites, cost })).lines(FILE)[0]!, String);
    assert.equal(text.sites, '0x10  3\u00a0hits  stepped\n0x20  4\u00a0hits  emulated');
    assert.match(text.cost[0]!, /^Cost 1\.4\u00a0µs a hit, measured/);
    assert.match(text.cost[1]!, /^Counted at a neighbouring instruction/);
  });
});

describe('the badge in the gutter', () => {
  const looks = Object.keys(LOOK_WORDS) as Look[];

  const icon = (look: Look, label = '1'): string => gutterIcon({ label, look, colour: undefined });

  it('is a picture with the label', () => {
    assert.match(icon('hitting', '1.2k'), />1\.2k<\/text>/);
  });

  it('differs by its shape from look to look, whatever its colours', () => {
    assert.equal(new Set(looks.map((look) => icon(look))).size, looks.length);
  });

  it("has the colour of the list and of the line's end, a bar above it that of the mark", () => {
    for (const look of looks) {
      const badge = { label: '1', look, colour: undefined };
      const colour = `var(--vscode-${LOOK_COLOURS[look].replace('.', '-')})`;
      assert.ok(gutterIconStyle('', badge).includes(`background: ${colour};`));
      assert.match(gutterIconStyle('', { ...badge, colour: 'blue' }), /Mark\) [\d.]+%, var\(--vscode-/);
    }
  });
});

describe('how a tracepoint looks', () => {
  it('follows its state, and while it is armed what it does', () => {
    const look = (change: Partial<TracepointView>): Look => boardOf(view(1, 5, change)).lines(FILE)[0]!.look;
    assert.equal(look({}), 'hitting');
    assert.equal(look({ rate: 0 }), 'armed');
    assert.equal(look({ throttledRate: 3 }), 'throttled');
    for (const state of ['pending', 'failed', 'spent', 'ended'] as const)
      assert.equal(look({ state, rate: 0 }), state);
  });

  it('says where the line may be another one in the program', () => {
    const program = new ProgramLines();
    const board = boardIn(program, view(1, 5, { isSourceNewer: true }));
    assert.match(
      lineText(board.lines(FILE)[0]!, 120),
      /hits · 120\/s · the source is newer than the program/,
    );
    edit(program, 9, 9, 'x\n');
    assert.match(lineText(board.lines(FILE)[0]!, 120), /edited since the program was started/);
    edit(program, 9, 10, '');
    assert.doesNotMatch(lineText(board.lines(FILE)[0]!, 120), /edited/);
  });
});

describe('values that are not those of now', () => {
  const dimmed = (change: Partial<TracepointView>, moment?: Moment): boolean => {
    const board = boardOf(view(1, 5, change));
    board.choose(moment);
    return isDimmed(board.lines(FILE)[0]!);
  };
  const moment = (hits: Moment['hits']): Moment => ({ session: 's', chosen: { id: 9 } as HitView, hits });

  it('are dimmed where no hits come, or the line may be another one', () => {
    assert.equal(dimmed({}), false);
    assert.equal(dimmed({ rate: 0 }), true);
    assert.equal(dimmed({ rate: 0, counts: NO_HITS }), false);
    assert.equal(dimmed({ isSourceNewer: true }), true);
  });

  it('are dimmed where another hit than theirs was chosen', () => {
    const hit = { tracepoint: 1, id: 9, values: [] } as unknown as HitView;
    assert.equal(dimmed({ rate: 0 }, moment([hit])), false);
    assert.equal(dimmed({}, moment([{ ...hit, id: 8 }])), true);
    assert.equal(dimmed({}, moment([])), true);
  });
});

describe('the range and the trend of a number', () => {
  const hit = (delivered: number, n: string): TracepointView =>
    view(1, 5, {
      counts: { hits: delivered, delivered, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
      rate: 0,
      values: [{ name: 'n', value: n, type: 'int', range: ['-1', '9'] }],
    });

  it('stand beside it, once there is something to see', () => {
    const board = boardOf(hit(1, '0'));
    const text = (): string => lineText(board.lines(FILE)[0]!, 120);
    assert.match(text(), /n = 0 \(-1–9\)$/);
    for (const [i, n] of ['7', '7', '3'].entries())
      board.update('s', { tracepoints: [hit(i + 2, n)], removed: [] });
    assert.match(text(), /n = 3 \(-1–9 ▁██▄\)$/);
  });

  it('take no number for a hit that was not', () => {
    const board = boardOf(hit(1, '0'));
    for (let i = 0; i < 3; i++) board.update('s', { tracepoints: [hit(1, '0')], removed: [] });
    assert.deepEqual([...board.lines(FILE)[0]!.trends.values()], [[0]]);
  });
});
