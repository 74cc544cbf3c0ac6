import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HitRequests } from '../../../adapter/dap/hitRequests';
import { History } from '../../../adapter/engine/history';
import { hitOf, hitSource } from '../../builders/hits';

const WORK = hitSource({ message: 'n={n} name={name}' });
const REST = hitSource({ tracepoint: 2, line: 20, function: 'rest' });
const NAMES = ['alpha', 'beta', '=cmd|"x",1'];

/** Tracepoint 1 at every hit but every fifth, which is 2's; threads 100 and 101 by turns, a millisecond apart. */
function requests(count: number, hits = 1000): HitRequests {
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
  return new HitRequests(history, (tracepoint) => (tracepoint === 1 ? '/linked/work.c' : undefined));
}

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
