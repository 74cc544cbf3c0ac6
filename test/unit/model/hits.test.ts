import assert from 'node:assert/strict';
import type { HitsBody, HitView, TracepointView } from '../../../adapter/protocol';
import {
  areFarApart,
  axisText,
  byPlace,
  decades,
  histogramSummary,
  legendText,
  rates,
  timelineKey,
  timelineSummary,
} from '../../../src/model/hitCharts';
import { HitTable, ROW_HEIGHT } from '../../../src/model/hitTable';
import { cells, clockText, countsText } from '../../../src/model/hitText';
import { hitsPage } from '../../../src/model/hitsPage';
import { ProgramLines } from '../../../src/model/programLines';
import { LineBoard } from '../../../src/model/lineBoard';
import { lineText } from '../../../src/model/lineText';
import { framed, MessageStream } from '../../../src/model/messageStream';
import { visibleText } from '../../../adapter/inertText';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

const hit = (id: number, more: Partial<HitView> = {}): HitView => ({
  id,
  tracepoint: 1,
  timeNs: '1000',
  pid: 10,
  tid: 10,
  message: `n=${id}`,
  values: [{ name: 'n', type: 'int', value: String(id) }],
  ...more,
});

/** An adapter's answer, where `total` hits have been and the oldest `first` are dropped. */
function answer(total: number, first: number, { start, count }: { start?: number; count: number }): HitsBody {
  const from = Math.max(first, start ?? total - count);
  const to = Math.min(total, from + count);
  return {
    hits: Array.from({ length: Math.max(0, to - from) }, (_, i) => hit(from + i)),
    start: from,
    first,
    matching: total - first,
    pending: 0,
    total,
    dropped: first,
    clockStart: 0,
  };
}

/** Ten rows high. */
function table(total: number, first = 0): HitTable {
  const made = new HitTable();
  made.resize(10 * ROW_HEIGHT);
  made.take(answer(total, first, made.wanted));
  return made;
}
const places = ({ rows }: HitTable): number[] => rows.map(({ place }) => place);

describe('the table of hits', () => {
  it('follows the end until it is scrolled, and again when it is scrolled there', () => {
    const hits = table(1000);
    assert.deepEqual(places(hits), [990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
    assert.ok(hits.complete);
    hits.take(answer(1005, 0, hits.wanted));
    assert.equal(places(hits).at(-1), 1004);
    hits.scrolledTo(100 * ROW_HEIGHT);
    assert.equal(hits.follows, false);
    assert.equal(places(hits)[0], 100);
    assert.ok(!hits.complete, 'to be asked for');
    hits.take(answer(1010, 0, hits.wanted));
    assert.ok(hits.complete);
    assert.equal(places(hits)[0], 100);
    hits.scrolledTo(hits.height - 10 * ROW_HEIGHT);
    assert.equal(hits.follows, true);
  });

  it('keeps what is in view in its place while older hits are dropped', () => {
    const hits = table(1000);
    hits.scrolledTo(500 * ROW_HEIGHT);
    hits.take(answer(1200, 200, hits.wanted));
    assert.equal(places(hits)[0], 500);
    assert.equal(hits.scrollTop, 300 * ROW_HEIGHT);
    hits.take(answer(2000, 900, hits.wanted));
    assert.equal(places(hits)[0], 900, 'until it is dropped itself');
  });

  it('that is paused before its rows are known stays at those that are found first', () => {
    const hits = table(1000);
    hits.reset();
    hits.pause(true);
    assert.ok(hits.paused);
    hits.take({ ...answer(1000, 0, hits.wanted), matching: 3, pending: 900 });
    hits.take(answer(1002, 0, hits.wanted));
    assert.equal(hits.end, 1002);
    hits.take(answer(1007, 0, hits.wanted));
    assert.equal(hits.end, 1002);
    hits.reset();
    assert.ok(!hits.paused);
  });

  it('takes nothing newer while it is paused', () => {
    const hits = table(1000);
    hits.pause(true);
    hits.take(answer(1500, 100, hits.wanted));
    assert.equal(places(hits).at(-1), 999);
    assert.equal(hits.count, 900);
    hits.pause(false);
    hits.take(answer(1500, 100, hits.wanted));
    assert.equal(hits.count, 1400);
  });

  it('moves the active row by keys, and shows it', () => {
    const hits = table(1000);
    const moved = (move: Parameters<HitTable['move']>[0]): number | undefined => {
      hits.move(move);
      assert.ok(places(hits).includes(hits.active!));
      return hits.active;
    };
    assert.equal(moved('up'), 999);
    assert.equal(moved('pageUp'), 990);
    assert.equal(moved('home'), 0);
    assert.equal(moved('up'), 0);
    assert.equal(moved('pageDown'), 9);
    assert.equal(moved('down'), 10);
    assert.equal(places(hits)[0], 1);
    assert.equal(moved('end'), 999);
    assert.equal(moved('down'), 999);
  });

  it('is no taller than browsers can make it, and still reaches every row', () => {
    const hits = table(5_000_000);
    assert.equal(hits.height, 10_000_000);
    hits.scrolledTo(0);
    assert.equal(places(hits)[0], 0);
    hits.scrolledTo(hits.height - 10 * ROW_HEIGHT);
    assert.equal(places(hits).at(-1), 4_999_999);
    const middle = (hits.height - 10 * ROW_HEIGHT) / 2;
    hits.scrolledTo(middle);
    assert.equal(Math.round(hits.scrollTop), middle);
    assert.ok(Math.abs(places(hits)[0]! - 2_500_000) < 10);
  });

  it('has no rows where there are none', () => {
    const hits = table(0);
    assert.deepEqual(places(hits), []);
    hits.move('down');
    assert.equal(hits.active, undefined);
  });
});

describe('texts of hits', () => {
  it('show what is unseen, and nothing else differently', () => {
    assert.equal(visibleText('plain ünï 日本 "quoted" <b>'), 'plain ünï 日本 "quoted" <b>');
    assert.equal(
      visibleText('\u0000\u001b[31m\n\t\u202e\u200b\u2066\ufeff\u00ad\u{e0041}\ud800\u3164'),
      '\\u0000\\u001b[31m\\n\\t\\u202e\\u200b\\u2066\\ufeff\\u00ad\\U000e0041\\ud800\\u3164',
    );
  });

  it('are the cells of a row', () => {
    const [time, thread, name, message, values] = cells(
      hit(3, {
        tid: 11,
        function: 'work',
        message: 'a\nb',
        values: [
          { name: 'n', type: 'int', value: '3' },
          { name: 'm', type: 'int', unavailable: 'optimised out' },
        ],
      }),
      0,
    );
    assert.match(time!, /^\d\d:\d\d:00\.000001$/);
    assert.deepEqual([thread, name, message], ['10/11', 'work', 'a\\nb']);
    assert.equal(values, 'n = 3  m = <optimised out>');
  });

  it('have the wall clock to the microsecond', () => {
    const start = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    const minutes = String(new Date(start).getMinutes()).padStart(2, '0');
    assert.match(clockText('1234567', start), new RegExp(`:${minutes}:05\\.679234$`));
  });

  it('count what there is, what matches and what is missing', () => {
    const counts = {
      total: 3412,
      dropped: 0,
      pending: 0,
      matching: 3412,
      isFiltered: false,
      newer: undefined,
    };
    assert.equal(plain(countsText(counts)), '3 412 hits');
    assert.equal(
      plain(countsText({ ...counts, dropped: 2000, pending: 7, matching: 1, isFiltered: true, newer: 5 })),
      '3 412 hits · 1 matches · the oldest 2 000 dropped · 7 still to search · paused, 5 newer',
    );
  });

  it('tell the delivered hits of the timeline from all hits', () => {
    const timeline = {
      startNs: '0',
      bucketNs: 500_000_000,
      series: [
        { tracepoint: 1, path: '/src/a.c', line: 3, counts: [null, 4], all: [500, 1400] },
        { tracepoint: 2, counts: [0, 1] },
      ],
    };
    assert.deepEqual(rates(timeline), {
      times: [0.25, 0.75],
      lines: [
        { index: 0, isOfAll: false, rates: [null, 8] },
        { index: 0, isOfAll: true, rates: [1000, 2800] },
        { index: 1, isOfAll: false, rates: [0, 2] },
      ],
    });
    assert.deepEqual(timelineKey(timeline, false), [
      { line: 'solid', text: 'delivered' },
      { line: 'dashed', text: 'all' },
    ]);
    assert.equal(
      plain(timelineSummary(timeline)),
      'Delivered hits per second over 1 s: a.c:3 at most 8/s (all hits 2 800/s), tracepoint 2 at most 2/s.',
    );
    const whole = { ...timeline, series: timeline.series.slice(1) };
    assert.deepEqual(timelineKey(whole, false), [{ line: 'solid', text: 'delivered' }]);
    const matching = { ...whole, isMatching: true as const };
    assert.deepEqual(timelineKey(matching, true), [
      { line: 'solid', text: 'delivered, matching' },
      { line: 'none', text: 'all: unfiltered only' },
      { line: 'none', text: 'log scale' },
    ]);
    assert.equal(
      timelineSummary(matching),
      'Delivered hits that match per second over 1 s: tracepoint 2 at most 2/s.',
    );
  });

  it('have one line for each place, whatever tracepoints it has had', () => {
    const series = [
      { tracepoint: 1, path: '/src/a.c', line: 3, counts: [null, 4, 0], all: [500, 1400, null] },
      { tracepoint: 2, path: '/other/a.c', line: 3, counts: [null, 0, 1] },
      { tracepoint: 3, path: '/src/a.c', line: 3, counts: [null, 1, 5] },
    ];
    assert.deepEqual(byPlace({ startNs: '0', bucketNs: 1, series }).series, [
      { tracepoint: 3, path: '/src/a.c', line: 3, counts: [null, 5, 5], all: [500, 1401, 5] },
      series[1],
    ]);
  });

  it('have a logarithmic scale where a linear one would show some lines of the timeline as nothing', () => {
    const apart = (...peaks: number[]): boolean =>
      areFarApart(peaks.map((peak, index) => ({ index, isOfAll: false, rates: [0, null, peak] })));
    assert.deepEqual([apart(), apart(0, 0), apart(0, 1000), apart(100, 1000)], [false, false, false, false]);
    assert.deepEqual([apart(1000, 100_000), apart(0, 2, 500)], [true, true]);
    assert.deepEqual(decades(105_000, 0.05), [0, 1, 10, 100, 1000, 10_000, 100_000]);
    assert.deepEqual(decades(105_000, 0.15), [0, 10, 100, 1000, 10_000, 100_000], '1 is too close to 0');
    assert.deepEqual(decades(105_000, 0.35), [0, 100, 10_000]);
    assert.deepEqual(decades(0.2, 0.2), [0]);
  });

  it('say the numbers beside a chart in few characters', () => {
    assert.deepEqual([0, 0.5, 500, 2000, 12_500, 250_000, 2_500_000].map(axisText), [
      '0',
      '0.5',
      '500',
      '2k',
      '12.5k',
      '250k',
      '2.5M',
    ]);
  });

  it('say what the charts draw', () => {
    const timeline = {
      startNs: '0',
      bucketNs: 500_000_000,
      series: [
        { tracepoint: 1, path: '/src/a.c', line: 3, counts: [1, 4] },
        { tracepoint: 2, counts: [0, 0] },
      ],
    };
    assert.deepEqual(rates(timeline), {
      times: [0.25, 0.75],
      lines: [
        { index: 0, isOfAll: false, rates: [2, 8] },
        { index: 1, isOfAll: false, rates: [0, 0] },
      ],
    });
    assert.equal(
      timelineSummary(timeline),
      'Delivered hits per second over 1 s: a.c:3 at most 8/s, tracepoint 2 at most 0/s.',
    );
    const [first, second] = timeline.series;
    assert.equal(plain(legendText(first!, 5200)), 'a.c:3 · all hits 5 200/s now', 'delivered or not');
    assert.equal(legendText(second!, 0), 'tracepoint 2');
    assert.equal(histogramSummary('n', undefined), 'No hit has a number n.');
    const histogram = { start: 0, width: 1, counts: [1, 2], without: 4, min: 0, max: 1, mean: 2 / 3 };
    assert.equal(
      histogramSummary('n', histogram),
      'n of 3\u00a0hits: 0 to 1, mean 0.666667; 4 without'.replace('3\u00a0hits', '3 hits'),
    );
  });
});

it('the page of hits loads its own script and style alone, and makes no text markup', () => {
  const page = hitsPage({ script: 's.js', style: 's.css', cspSource: 'https://own.example', nonce: 'abc' });
  const policy = /content="(default-src[^"]*)"/.exec(page)![1]!;
  assert.match(policy, /default-src 'none'; style-src https:\/\/own\.example; script-src 'nonce-abc'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.doesNotMatch(policy, /unsafe|\*/);
});

describe('lines at a chosen moment', () => {
  const view = (id: number, line: number, value: string): TracepointView => ({
    id,
    state: 'armed',
    path: '/src/a.c',
    line,
    counts: { hits: 5, delivered: 5, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
    rate: 3,
    throttledRate: 0,
    mode: 'log',
    values: [{ name: 'n', type: 'int', value }],
    sites: [],
  });

  it('show the values of the chosen hit, on others those before it, until they are live again', () => {
    const board = new LineBoard(() => new ProgramLines());
    board.update('s', { tracepoints: [view(1, 3, '50'), view(2, 4, '60'), view(3, 5, '70')], removed: [] });
    const texts = (): string[] => board.lines('/src/a.c').map((line) => plain(lineText(line, 200)));
    const live = ['5 hits · 3/s · n = 50', '5 hits · 3/s · n = 60', '5 hits · 3/s · n = 70'];
    assert.deepEqual(texts(), live);
    const chosen = hit(9, { tracepoint: 2 });
    board.choose({ session: 's', chosen, hits: [chosen, hit(7, { tracepoint: 1 })] });
    assert.deepEqual(texts(), [
      '5 hits · before it · n = 7',
      '5 hits · chosen hit · n = 9',
      '5 hits · no hit before it',
    ]);
    board.update('s', { tracepoints: [view(2, 4, '61')], removed: [] });
    assert.equal(texts()[1], '5 hits · chosen hit · n = 9');
    board.choose({ session: 'other', chosen, hits: [chosen] });
    assert.equal(texts()[0], live[0], 'another session has other hits');
    board.choose(undefined);
    assert.deepEqual(texts(), [live[0], '5 hits · 3/s · n = 61', live[2]]);
  });
});

it('messages are read whatever pieces they come in', () => {
  const messages = [{ a: 1 }, { text: 'ünï\r\n\r\n' }, {}];
  const bytes = Buffer.from(messages.map(framed).join(''));
  for (const size of [1, 3, 7, bytes.length]) {
    const taken: object[] = [];
    const stream = new MessageStream((message) => taken.push(message));
    for (let at = 0; at < bytes.length; at += size) stream.push(bytes.subarray(at, at + size));
    assert.deepEqual(taken, messages);
  }
});
