import assert from 'node:assert/strict';
import type { ConsoleSession, TracedLine } from '../../../adapter/dap/console/command';
import { ConsoleCommands, writtenExpression } from '../../../adapter/dap/console/consoleCommands';
import { textTable } from '../../../adapter/dap/console/textTable';
import { History } from '../../../adapter/engine/history';
import { hitOf, hitSource } from '../../builders/hits';

const WORK = hitSource({ message: 'n={n} name={name}' });
const LIMITS = { hitsPerSecond: 1000, bytesPerHit: 1024, consoleLinesPerSecond: 20, history: 100, sites: 40 };

const tracedLine = (id: number, hits: number, rate: number, more: Partial<TracedLine> = {}): TracedLine => ({
  id,
  place: `work.c:${id}`,
  path: '/src/work.c',
  line: id,
  state: 'armed',
  counts: { hits, delivered: hits - 2, lost: 0, filtered: 0, throttled: 2, conditionErrors: 0 },
  rate,
  mode: 'log',
  values: [],
  sites: [{ address: '0x1', function: 'work', hits, trap: 'emulated' }],
  last: undefined,
  ownLimits: {},
  ...more,
});

/** With hits of `work.c:7` that have these numbers. */
function session(numbers: readonly number[] = [], more: Partial<ConsoleSession> = {}): ConsoleSession {
  const history = new History({ hits: 100, bytes: 1 << 20 });
  for (const n of numbers) history.add(hitOf(WORK, { n, name: 'a' }));
  return {
    history,
    limits: LIMITS,
    tracepoints: () => [tracedLine(7, 12345, 3), tracedLine(8, 10, 400)],
    countedLines: () => [],
    reset: () => undefined,
    setLimit: () => Promise.resolve(),
    ...more,
  };
}

const run = async (text: string, of: ConsoleSession): Promise<string[] | undefined> =>
  (await new ConsoleCommands(of).run(text))?.split('\n');

describe('commands of the debug console', () => {
  it('are told by their first word; all else is an expression', async () => {
    for (const text of ['counts', 'count->n', 'last.x', '(count)', '{count}', 'top[3]', '', 'n'])
      assert.equal(await run(text, session()), undefined, text);
    for (const text of ['count', '  count ', 'count\n', 'top 3', 'hist\tn'])
      assert.ok(await run(text, session([1])), text);
    await assert.rejects(run('count + 1', session()), /braces: \{count \+ 1\}/);
  });

  it('leave the names of variables to be written in braces or parentheses', () => {
    const written = ['{count}', '( count )', ' p->n ', '{p->n}', '(a) + (b)'].map(writtenExpression);
    assert.deepEqual(written, ['count', 'count', 'p->n', 'p->n', '(a) + (b)']);
  });

  it('show counts in a table with their sum', async () => {
    const traps = { emulated: 400, stepped: 1500 };
    const tracepoints = (): TracedLine[] => [
      tracedLine(7, 12345, 3, { cost: { mean: 1900, traps, program: 400 } }),
      tracedLine(8, 10, 400, { cost: { mean: 400, traps } }),
      tracedLine(9, 2, 0),
    ];
    assert.deepEqual(await run('count', session([], { tracepoints })), [
      'line       hits   rate  delivered  lost  filtered  throttled  errors  ns/hit  state',
      'work.c:7  12345    3/s      12343     0         0          2       0    1900  armed',
      'work.c:8     10  400/s          8     0         0          2       0    >400  armed',
      'work.c:9      2    0/s          0     0         0          2       0          armed',
      'all       12357  403/s      12351     0         0          6       0',
    ]);
    assert.deepEqual(await run('count', session([], { tracepoints: () => [] })), [
      'There are no tracepoints.',
    ]);
  });

  it('show the busiest lines, and the most run of those that are counted', async () => {
    const counted = [1, 2, 3].map((line) => ({
      file: '/src/other.c',
      line,
      function: `f${line}`,
      hits: [5, undefined, 50][line - 1],
      reason: undefined,
    }));
    assert.deepEqual(await run('top', session([], { countedLines: () => counted })), [
      ' rate   hits  tracepoint  function',
      '400/s     10  work.c:8    work',
      '  3/s  12345  work.c:7    work',
      '',
      'hits  counted line  function',
      '  50  other.c:3     f3',
      '   5  other.c:1     f1',
    ]);
    assert.equal((await run('top 1', session()))!.length, 2);
  });

  it('draw a bar for each whole number, and for spans where there are many', async () => {
    assert.deepEqual(await run('hist n', session([1, 1, 1, 1, 3, -1])), [
      'n: 6 hits of work.c:7',
      `-1  1  ${'█'.repeat(10)}`,
      ' 0  0',
      ` 1  4  ${'█'.repeat(40)}`,
      ' 2  0',
      ` 3  1  ${'█'.repeat(10)}`,
      'least -1, greatest 3, mean 1',
    ]);
    const many = Array.from({ length: 100 }, (_, i) => i);
    const lines = (await run('hist n', session(many)))!;
    assert.equal(lines.length, 1 + 20 + 1);
    assert.match(lines[1]!, /^ +0 to 4 +5 +█+$/);
    assert.match(lines[20]!, /^95 to 99 +5 +█+$/);
    assert.match((await run('hist n / 8.0', session([1, 2])))![1]!, /^ *>= 0\.125 +1 +█+$/);
    await assert.rejects(run('hist name', session([1])), /has a number name\. Numbers are captured of: n\./);
  });

  it('reset those that are meant', async () => {
    const resets: number[] = [];
    const of = session([], { reset: (id) => resets.push(id) });
    for (const text of ['reset 8', 'reset work.c:7', 'reset /src/work.c:7', 'reset']) await run(text, of);
    assert.deepEqual(resets, [8, 7, 7, 7, 8]);
    await assert.rejects(run('reset 9', of), /No tracepoint is on 9: .* work\.c:7, work\.c:8\./);
  });

  it('set a limit only to what it may be', async () => {
    const set: unknown[] = [];
    const of = session([], {
      setLimit: (...change) => {
        set.push(change);
        return Promise.resolve();
      },
    });
    await run('limits consoleLinesPerSecond 0', of);
    for (const wrong of [
      'hitsPerSecond 0',
      'hitsPerSecond',
      'history 1e3',
      'history 1 2',
      'history 1.5',
      'constructor 1',
    ])
      await assert.rejects(run(`limits ${wrong}`, of), /: (?:limits|write one of) /, wrong);
    assert.deepEqual(set, [['consoleLinesPerSecond', 0]]);
  });

  it('keep what a program calls its functions on one visible line', async () => {
    const evil = tracedLine(7, 10, 1, {
      sites: [{ address: '0x1', function: 'a\u001b[31m\n\u202eb', hits: 10, trap: 'emulated' }],
    });
    const lines = (await run('top', session([], { tracepoints: () => [evil] })))!;
    assert.equal(lines[1], ' 1/s    10  work.c:7    a\\u001b[31m\\n\\u202eb');
  });

  it('are completed with their arguments', () => {
    const commands = new ConsoleCommands(session([1]));
    const found = (before: string): unknown => {
      const { targets, isArgument } = commands.complete(before);
      return [targets.map(({ label, start, length }) => [label, start, length]), isArgument];
    };
    assert.deepEqual(found(' hi'), [[['hits', 1, 2], ['hist', 1, 2]], false]); // prettier-ignore
    assert.deepEqual(found('hist '), [[['n', 5, 0]], true]);
    assert.deepEqual(found('limits hist'), [[['history', 7, 4]], true]);
    assert.deepEqual(found('reset work.c:8'), [[['work.c:8', 6, 8]], true]);
    assert.deepEqual(found('count '), [[], true]);
    assert.deepEqual(found('p->h'), [[], false]);
    assert.deepEqual(found('n + h'), [[], false]);
  });
});

describe('textTable', () => {
  it('aligns words at the left, numbers at the right, and leaves nothing at the ends', () => {
    const columns = [{ title: 'a' }, { title: 'long', isNumber: true as const }, { title: '' }];
    assert.deepEqual(textTable(columns, [['wide', '1', ''], ['w', '12345', 'x']]), [
      'a      long',
      'wide      1',
      'w     12345  x',
    ]); // prettier-ignore
  });
});
