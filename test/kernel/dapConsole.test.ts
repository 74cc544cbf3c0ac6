import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { UpdateBody } from '../../adapter/protocol';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { DapClient } from './dapClient';
import { Target } from './sourcetap';

const INITIALIZE = { clientID: 'test', adapterID: 'sourcetap', pathFormat: 'path', linesStartAt1: true };
const SOURCE = { path: join(FIXTURES, 'loop.c') };
const WORK = probeLine('loop.c', 'work');
const LINKED = probeLine('loop.c', 'linked');
/** All that the fixture runs, whatever the rate. */
const LIMITS = { hitsPerSecond: 1_000_000, consoleLinesPerSecond: 0 };

async function launched(
  args: readonly string[],
  breakpoints: readonly object[],
  more: object = {},
): Promise<DapClient> {
  const client = new DapClient();
  await client.request('initialize', INITIALIZE);
  await client.request('launch', { program: fixture('loop.c'), args, limits: LIMITS, ...more });
  await client.request('setBreakpoints', { source: SOURCE, breakpoints });
  return client;
}

async function finished(client: DapClient): Promise<void> {
  await client.request('configurationDone');
  await client.event('terminated');
}

/** What the console answers, times and threads aside; of an error its words. */
async function say(client: DapClient, expression: string): Promise<string[]> {
  const { success, body, message } = await client.request('evaluate', { expression, context: 'repl' });
  const text = success ? (body as DebugProtocol.EvaluateResponse['body']).result : `error: ${message!}`;
  return text
    .replace(/\d\d:\d\d:\d\d\.\d{6}/g, 'TIME')
    .replace(/TIME +\d+/g, 'TIME TID')
    .replace(/thread \d+/g, 'thread TID')
    .split('\n');
}

/** Without what aligns them. */
const cells = (lines: readonly string[]): string[] => lines.map((line) => line.trim().replace(/ +/g, ' '));

async function labels(client: DapClient, text: string): Promise<string[]> {
  const { success, body, message } = await client.request('completions', { text, column: text.length + 1 });
  assert.equal(success, true, message);
  return (body as DebugProtocol.CompletionsResponse['body']).targets.map(({ label }) => label);
}

describe('commands of the debug console', function () {
  before(needsKernel);

  it('show counts, hits and values as the program itself has them', async () => {
    const client = await launched(
      ['24', '1', 'print'],
      [
        { line: WORK, logMessage: 'n={n} tag={p->tag}' },
        { line: LINKED, logMessage: '{n} {p->weight}', condition: 'n >= 20' },
        { line: 1 },
      ],
    );
    await client.request('sourcetap/count', { functions: ['work'] });
    await finished(client);
    const printed = execFileSync(fixture('loop.c'), ['24', '1', 'print'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => /^\d/.test(line))
      .map((line) => line.split(' '));
    assert.equal(printed.length, 24);

    const [title, work, linked, refused, all, ...none] = cells(await say(client, 'count'));
    assert.equal(title, 'line hits rate delivered lost filtered throttled errors ns/hit state');
    // What they cost is measured only of a program that runs for a while.
    const row = (counts: string): RegExp => new RegExp(`^loop\\.c:${counts}( >?\\d+)? ended$`);
    assert.match(work!, row(`${WORK} 24 0/s 24 0 0 0 0`));
    assert.match(linked!, row(`${LINKED} 24 0/s 4 0 20 0 0`));
    assert.match(refused!, /^loop\.c:1 0 0\/s 0 0 0 0 0 failed: .*has no code/);
    assert.equal(all, 'all 48 0/s 28 0 20 0 0');
    assert.deepEqual(none, []);

    // The last hits are those of the last run: first of the one line, then of the other.
    const [, , , , weight, , tag] = ['', ...printed.at(-1)!];
    assert.deepEqual(cells(await say(client, 'hits 2')), [
      'time thread line message',
      `TIME TID loop.c:${WORK} n=23 tag="${tag!}"`,
      `TIME TID loop.c:${LINKED} 23 ${weight!}`,
    ]);
    assert.deepEqual(cells(await say(client, 'last')), [
      `loop.c:${WORK} work TIME thread TID`,
      'n = 23',
      `p->tag = "${tag!}"`,
      `loop.c:${LINKED} work TIME thread TID`,
      'n = 23',
      `p->weight = ${weight!}`,
      'loop.c:1 no hit has been delivered',
    ]);

    const top = cells(await say(client, 'top'));
    assert.deepEqual(top.slice(0, 3), [
      'rate hits tracepoint function',
      `0/s 24 loop.c:${WORK} work`,
      `0/s 24 loop.c:${LINKED} work`,
    ]);
    const counted = top.slice(top.indexOf('') + 1);
    assert.equal(counted[0], 'hits counted line function');
    assert.ok(counted.includes(`24 loop.c:${WORK} work`));
    assert.ok(counted.length > 2, 'every line of the function that has run');

    const weights = await say(client, 'hist p->weight * 8');
    assert.equal(weights[0], `p->weight * 8: 4 hits of loop.c:${LINKED}`);
    assert.deepEqual(
      weights.slice(1, -1).map((line) => line.trim().split(/ +/).at(-2)),
      ['1', '1', '1', '1'],
    );
    assert.equal(weights.at(-1), 'least 20, greatest 23, mean 21.5');
    const [heading, ...bars] = await say(client, 'hist n');
    assert.equal(heading, `n: 28 hits of loop.c:${WORK}, loop.c:${LINKED}`);
    const counts = bars.slice(0, -1).map((bar) => Number(/ (\d+) +█/.exec(bar)![1]));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      28,
    );
    assert.match(bars.at(-1)!, /^least 0, greatest 23, mean /);

    assert.deepEqual(await say(client, `reset ${WORK}`), [`Counted from 0: loop.c:${WORK}.`]);
    const after = cells(await say(client, 'count'));
    assert.match(after[1]!, /:\d+ 0 0\/s 0 0 0 0 0 ended$/);
    assert.equal(after[2], linked);
    await client.request('disconnect');
  });

  it('are told from expressions, and say what to write', async () => {
    const client = await launched(['24', '1'], [{ line: WORK, logMessage: '{n} {p->weight} {p->name}' }]);
    assert.deepEqual(await say(client, 'hits'), ['There are no hits yet.']);
    assert.deepEqual(await labels(client, 'h'), ['help', 'hits', 'hist']);
    assert.deepEqual(await labels(client, 'hist '), [], 'no number is known yet');
    await finished(client);

    const help = await say(client, ' help ');
    const commands = ['help', 'count', 'hits', 'top', 'hist', 'last', 'reset', 'limits'];
    assert.deepEqual(
      help.slice(0, -1).map((line) => line.split(' ')[0]),
      commands,
    );
    assert.deepEqual((await labels(client, '')).slice(0, commands.length), commands);
    assert.deepEqual(await labels(client, 'hist '), ['n', 'p->weight']);
    assert.deepEqual(await labels(client, 'hist p->'), ['p->weight']);
    assert.deepEqual(await labels(client, 'reset l'), [`loop.c:${WORK}`]);
    assert.ok((await labels(client, 'p->we')).includes('weight'), 'as an expression');

    assert.deepEqual(await say(client, 'n'), ['23']);
    assert.deepEqual(await say(client, '(n)'), ['23']);
    assert.deepEqual(await say(client, '{p->weight}'), ['2.875']);
    for (const [written, answer] of [
      ['count 3', /^error: Nothing may follow count: write count alone\..*\{count 3\}/],
      ['hlp', /^error: No hit so far has a value of hlp: .*; help lists the commands\.$/],
      ['hits many', /^error: "many" is no number of rows: write hits and a whole number from 1 to 1000/],
      ['hits 0', /^error: "0" is no number of rows/],
      ['hist', /^error: Write an expression after hist\. Numbers are captured of: n, p->weight\./],
      ['hist p->name', /^error: No hit that is remembered has a number p->name\..* n, p->weight\./],
      ['hist n +', /^error: .*column 4/],
      ['reset 7', new RegExp(`^error: No tracepoint is on 7: .*loop\\.c:${WORK}\\.$`)],
      ['limits speed 3', /^error: There is no limit speed: write one of hitsPerSecond, /],
      ['limits history -3', /^error: Write the new value .* from 0: limits history 100000\.$/],
      ['limits history 3', /^error: The session has ended/],
    ] as const)
      assert.match((await say(client, written)).join('\n'), answer);
    await client.request('disconnect');
  });

  it('set limits for all tracepoints while the program runs', async () => {
    const target = new Target(fixture('loop.c'), '500', '1', 'wait');
    await target.printed(/ready/);
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { pid: target.pid, limits: LIMITS });
    await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n}' }],
    });
    await client.request('configurationDone');
    await client.request('sourcetap/configure', { breakpointId: 1, limits: { bytesPerHit: 512 } });
    assert.ok(cells(await say(client, 'limits')).includes(`bytesPerHit 512 of loop.c:${WORK} alone`));
    assert.deepEqual(await say(client, '1 +'), [
      'error: No hit so far has a value of 1 +: name it in a log message, {1 +}. Shown are the values of the last hit; help lists the commands.',
    ]);
    assert.match((await say(client, 'limits hitsPerSecond 50'))[0]!, /^hitsPerSecond is 50 for all/);
    assert.deepEqual(await say(client, 'limits history 20'), ['history is 20 for all tracepoints.']);
    await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [
        { line: WORK, logMessage: '{n}' },
        { line: LINKED, logMessage: '{n}' },
      ],
    });
    target.go();
    const isDone = ({ tracepoints }: UpdateBody): boolean =>
      tracepoints.some(({ id, counts }) => id === 2 && counts.hits === 500);
    await client.event('sourcetap/update', isDone);
    const [, work, linked] = cells(await say(client, 'count'));
    for (const row of [work!, linked!]) {
      const [, hits, , delivered, lost, , throttled] = row.split(' ');
      assert.equal(hits, '500');
      assert.ok(Number(throttled) > 0, 'also of one that came later');
      assert.equal(Number(delivered) + Number(lost) + Number(throttled), 500);
    }
    // In other words when the program has ended.
    assert.match((await say(client, 'hlp'))[0]!, /^error: .*hlp.*help/);
    assert.equal((await say(client, 'hits 100')).length, 1 + 20 + 1, 'the title, and a note of what is gone');
    await client.request('disconnect');
    await target.end();
  });

  it('can be read: hits that come after an answer are told of in one line', async () => {
    const client = new DapClient();
    const limits = { ...LIMITS, consoleLinesPerSecond: 1000 };
    await client.request('initialize', INITIALIZE);
    await client.request('launch', { program: fixture('hostile.c'), limits });
    const breakpoints = [{ line: probeLine('hostile.c', 'hostile'), logMessage: 'called' }];
    await client.request('setBreakpoints', { source: { path: join(FIXTURES, 'hostile.c') }, breakpoints });
    await client.request('configurationDone');
    const hasHits = (more: number) => (body: UpdateBody) =>
      body.tracepoints.some(({ counts }) => counts.hits > more);
    await client.event('sourcetap/update', hasHits(0));
    const [, row] = cells(await say(client, 'count'));
    const answered = client.messages.findIndex(
      (one) => one.type === 'response' && one.command === 'evaluate',
    );
    await client.event('sourcetap/update', hasHits(Number(row!.split(' ')[1]) + 5));
    await client.request('terminate');
    await client.event('terminated');
    const [told] = client.messages.slice(answered).flatMap((message) => {
      if (message.type !== 'event' || message.event !== 'output') return [];
      const { category, output } = message.body as DebugProtocol.OutputEvent['body'];
      return category === 'console' ? [output] : [];
    });
    assert.match(told!, /^hostile\.c:\d+: … \d+ more hits?\n$/);
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
  });
});
