import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CountHistory } from '../../../adapter/dap/countHistory';
import { HitRequests } from '../../../adapter/dap/hitRequests';
import { History } from '../../../adapter/engine/history';
import type { Counts, TracepointMode } from '../../../adapter/protocol';
import { hitOf, hitSource } from '../../builders/hits';

const WORK = hitSource({ message: 'n={n} name={name}' });
const REST = hitSource({ tracepoint: 2, line: 20, function: 'rest' });
const NAMES = ['alpha', 'beta', '=cmd|"x",1'];

/** Tracepoint 1 at every hit but every fifth, which is 2's; threads 100 and 101 by turns, a millisecond apart. */
function requests(count: number, hits = 1000, counts = new CountHistory(0)): HitRequests {
  const history = new History({ hits, bytes: 1 << 20 });
  for (let n = 0; n < count; n++)
    history.add(
      hitOf(n % 5 === 4 ? REST : WORK, {
        n,
        name: NAMES[n % 3]!,
        tid: 100 + (n % 2),
        time: 1_000_000 * n,
      }),
    );
  return new HitRequests(history, counts, (tracepoint) => (tracepoint === 1 ? '/linked/work.c' : undefined));
}

const SECOND = 1_000_000_000;
interface Look {
  readonly id: number;
  readonly hits: number;
  readonly throttled?: number;
  readonly mode?: TracepointMode;
}

/** @param looks one a second, the first at its end */
function counted(...looks: (readonly Look[])[]): CountHistory {
  const counts = new CountHistory(0);
  for (const [i, look] of looks.entries())
    counts.note(
      look.map(({ id, hits, throttled = 0, mode = 'log' }) => ({
        id,
        path: '/src/work.c',
        line: 10 * id,
        mode,
        counts: { ...NO_COUNTS, hits, throttled, delivered: hits - throttled },
      })),
      (i + 1) * SECOND,
    );
  return counts;
}
const NO_COUNTS: Counts = { hits: 0, delivered: 0, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 };

describe('requests for hits', () => {
  it('give the last ones, or those from a place on', async () => {
    const body = await requests(20, 15).hits({ count: 3 });
    assert.deepEqual(
      body.hits.map(({ id }) => id),
      [17, 18, 19],
    );
    const { start, first, matching, pending, total, dropped } = body;
    assert.deepEqual(
      { start, first, matching, pending, total, dropped },
      { start: 17, first: 5, matching: 15, pending: 0, total: 20, dropped: 5 },
    );
    const early = await requests(20, 15).hits({ start: 0, count: 2 });
    assert.deepEqual(
      early.hits.map(({ id }) => id),
      [5, 6],
      'the oldest that is remembered',
    );
  });

  it('show a hit as the client names its source, with message and values', async () => {
    const { hits } = await requests(5).hits({ count: 2 });
    assert.deepEqual(hits, [
      {
        id: 3,
        tracepoint: 1,
        timeNs: '3000000',
        pid: 99,
        tid: 101,
        function: 'work',
        path: '/linked/work.c',
        line: 7,
        message: 'n=3 name="alpha"',
        values: [
          { name: 'n', type: 'int', value: '3' },
          { name: 'name', type: 'const char *', value: '"alpha"' },
        ],
      },
      {
        id: 4,
        tracepoint: 2,
        timeNs: '4000000',
        pid: 99,
        tid: 100,
        function: 'rest',
        path: '/src/work.c',
        line: 20,
        message: 'n=4 name="beta"',
        values: [
          { name: 'n', type: 'int', value: '4' },
          { name: 'name', type: 'const char *', value: '"beta"' },
        ],
      },
    ]);
  });

  const queries = [
    { query: { tracepoints: [2] }, ids: [4, 9] },
    { query: { thread: 101 }, ids: [1, 3, 5, 7, 9] },
    { query: { text: 'BETA' }, ids: [1, 4, 7] },
    { query: { text: 'rest' }, ids: [4, 9] },
    { query: { text: 'n=3' }, ids: [3] },
    { query: { expression: 'n > 6 || name == "beta"' }, ids: [1, 4, 7, 8, 9] },
    { query: { expression: 'n > 6', thread: 100, tracepoints: [1], text: 'work' }, ids: [8] },
    { query: { tracepoints: [] }, ids: [] },
  ];
  for (const { query, ids } of queries)
    it(`match ${JSON.stringify(query)}`, async () => {
      const { hits, matching } = await requests(10).hits({ query, count: 100 });
      assert.deepEqual(
        hits.map(({ id }) => id),
        ids,
      );
      assert.equal(matching, ids.length);
    });

  it('name the values that there are where none matches', async () => {
    const { hits, names } = await requests(10).hits({ query: { expression: 'm > 3' }, count: 5 });
    assert.deepEqual([hits, names], [[], ['n', 'name']]);
  });

  it('tell of news only who has asked for hits, and once', async () => {
    const asked = requests(3);
    assert.equal(asked.news([]), undefined);
    await asked.hits({ count: 1 });
    assert.deepEqual(asked.news([])?.body, { total: 3, dropped: 0, rates: [] });
    assert.equal(asked.news([]), undefined);
  });

  it('tell of hits that are only counted as news, too', async () => {
    const counts = counted([{ id: 1, hits: 5 }]);
    const asked = requests(0, 1000, counts);
    await asked.hits({ count: 1 });
    assert.ok(asked.news([]));
    assert.equal(asked.news([]), undefined);
    counts.note([{ id: 1, mode: 'count', counts: { ...NO_COUNTS, hits: 6 } }], 2 * SECOND);
    assert.ok(asked.news([]));
  });

  it('give the values of a moment: of each tracepoint, the latest hit of the thread', () => {
    const ids = requests(20)
      .valuesAt({ id: 13 })
      .hits.map(({ id }) => id);
    assert.deepEqual(ids, [13, 9], 'thread 101: 9 is the last that tracepoint 2 had there');
  });

  it('refuse hits that are gone, or have not been', () => {
    assert.throws(() => requests(20, 5).hit({ id: 3 }), /Hit 3 is not remembered any more: 15 older ones/);
    assert.throws(() => requests(20).hit({ id: 20 }), /There is no hit 20/);
    assert.throws(() => requests(20).hit({ id: 1.5 }), /There is no hit/);
  });

  it('say where an expression is wrong', async () => {
    await assert.rejects(requests(1).hits({ query: { expression: 'n >' }, count: 1 }), /column/);
  });

  it('count in time, and over a column', async () => {
    const { timeline, columns, histogram } = await requests(100).statistics({ column: 'n % 10' });
    assert.equal(timeline.startNs, '0');
    assert.equal(timeline.bucketNs, 1_000_000);
    assert.deepEqual(
      timeline.series.map(({ tracepoint, line, counts }) => [tracepoint, line, counts.length]),
      [
        [1, 7, 100],
        [2, 20, 100],
      ],
    );
    assert.deepEqual(timeline.series[1]!.counts.slice(0, 10), [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    assert.deepEqual(columns, ['n']);
    assert.deepEqual(histogram, {
      start: 0,
      width: 1,
      counts: new Array<number>(10).fill(10),
      without: 0,
      min: 0,
      max: 9,
      mean: 4.5,
    });
    const { histogram: before } = await requests(100).statistics({ column: 'n', end: 20 });
    assert.deepEqual([before!.min, before!.max, before!.mean], [0, 19, 9.5]);
  });

  describe('count all hits beside those that are remembered', () => {
    /** Of tracepoint 1 many are throttled, those of 2 are all delivered, 3 only counts. */
    const looks = [1, 2, 3].map((second) => [
      { id: 1, hits: 1000 * second, throttled: 900 * second },
      { id: 2, hits: 2 },
      { id: 3, hits: 7 * second, mode: 'count' as const },
    ]);
    const of = (query: object, hits = 1000) =>
      requests(10, hits, counted(...looks))
        .statistics({ query })
        .then(({ timeline: { series, ...rest } }) => ({
          ...rest,
          series: series.map(({ tracepoint, line, counts, all }) => [tracepoint, line, counts, all]),
        }));

    it('where they are more', async () => {
      assert.deepEqual(await of({}), {
        startNs: '0',
        bucketNs: SECOND + 1,
        series: [
          [1, 7, [8, 0, 0], [1000, 1000, 1000]],
          [2, 20, [2, 0, 0], undefined],
          [3, 30, [0, 0, 0], [7, 7, 7]],
        ],
      });
    });

    it('of the tracepoints that are asked for', async () => {
      const { series } = await of({ tracepoints: [3] });
      assert.deepEqual(series, [[3, 30, [0, 0, 0], [7, 7, 7]]]);
      const { bucketNs } = await of({ tracepoints: [2] });
      assert.equal(bucketNs, 1_000_000, 'as finely as hits are remembered');
    });

    for (const query of [{ thread: 101 }, { text: 'work' }, { expression: 'n % 2 == 1' }])
      it(`but not with ${JSON.stringify(query)}: which of them match is not known`, async () => {
        const { isMatching, series } = await of(query);
        assert.equal(isMatching, true);
        assert.ok(series.length > 0 && series.every(([, , , all]) => all === undefined));
      });

    it('only where there are some in view', async () => {
      const old = counted([{ id: 9, hits: 5, throttled: 5 }]);
      old.note([{ id: 1, mode: 'count', counts: { ...NO_COUNTS, hits: 1 } }], 1000 * SECOND);
      const { timeline } = await requests(0, 0, old).statistics({});
      assert.deepEqual(
        timeline.series.map(({ tracepoint }) => tracepoint),
        [1],
      );
    });

    it('up to the oldest that is remembered', async () => {
      const late = counted(...[0, 40, 70, 100, 120].map((hits) => [{ id: 2, hits }]));
      const history = new History({ hits: 80, bytes: 1 << 20 });
      for (const [second, count] of [40, 30, 30, 20].entries())
        for (let n = 0; n < count; n++) history.add(hitOf(REST, { n, time: (1.5 + second) * SECOND + n }));
      const { timeline } = await new HitRequests(history, late, () => undefined).statistics({});
      assert.deepEqual(
        timeline.series.map(({ counts, all }) => [counts, all]),
        [
          [
            [null, null, 30, 20],
            [40, 30, 30, null],
          ],
        ],
      );
    });
  });

  it('have no histogram of what is no number', async () => {
    const { histogram } = await requests(10).statistics({ column: 'name' });
    assert.equal(histogram, undefined);
  });
});

describe('an export of hits', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(join(tmpdir(), 'sourcetap-hits-'))));
  after(() => {
    rmSync(dir, { recursive: true });
  });

  it('is a line of CSV for each, with nothing that a spreadsheet would run', async () => {
    const path = join(dir, 'hits.csv');
    const answer = await requests(10).export({ path, format: 'csv', query: { expression: 'n < 3' } });
    assert.deepEqual(answer, { written: 3, missed: 0 });
    assert.equal(
      readFileSync(path, 'utf8'),
      [
        'tracepoint,time_ns,pid,tid,function,file,line,address,message,n,name',
        '1,0,99,100,work,/src/work.c,7,0x1007,"n=0 name=""alpha""",0,"""alpha"""',
        '1,1000000,99,101,work,/src/work.c,7,0x1007,"n=1 name=""beta""",1,"""beta"""',
        '1,2000000,99,100,work,/src/work.c,7,0x1007,"n=2 name=""=cmd|\\""x\\"",1""",2,"""=cmd|\\""x\\"",1"""',
        '',
      ].join('\n'),
    );
  });

  it('is an object for each, as trace --json prints them', async () => {
    const path = join(dir, 'hits.ndjson');
    await requests(10).export({ path, format: 'ndjson', query: { tracepoints: [2] } });
    const hits = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; values: { n: { value: string } } });
    assert.deepEqual(
      hits.map(({ type, values }) => [type, values.n.value]),
      [
        ['hit', '4'],
        ['hit', '9'],
      ],
    );
  });

  it('says why a file cannot be written', async () => {
    await assert.rejects(
      requests(1).export({ path: join(dir, 'no/such/folder.csv'), format: 'csv' }),
      /cannot be written: ENOENT/,
    );
    await assert.rejects(requests(1).export({ path: 'here.csv', format: 'csv' }), /no absolute path/);
  });
});
