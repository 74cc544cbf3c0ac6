import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import type { CheckResponseBody, Preset, TracepointView, UpdateBody } from '../../adapter/protocol';
import { needsKernel } from './available';
import { DapClient, type Response } from './dapClient';
import { Transcript } from './dapTranscript';
import { Target } from './sourcetap';

const SOURCE = { path: join(FIXTURES, 'loop.c') };
const WORK = probeLine('loop.c', 'work');
const LINKED = probeLine('loop.c', 'linked');
const INITIALIZE = { clientID: 'test', adapterID: 'sourcetap', pathFormat: 'path', linesStartAt1: true };

/** The last view of each tracepoint that the client was given. */
function views(client: DapClient): Map<number, TracepointView> {
  const last = new Map<number, TracepointView>();
  for (const { body } of client.events('sourcetap/update')) {
    for (const view of (body as UpdateBody).tracepoints) last.set(view.id, view);
    for (const id of (body as UpdateBody).removed) last.delete(id);
  }
  return last;
}

async function viewWith(client: DapClient, fits: (view: TracepointView) => boolean): Promise<void> {
  await client.event('sourcetap/update', (body: UpdateBody) => body.tracepoints.some(fits));
}

describe('the debug adapter', function () {
  before(needsKernel);

  it('launches a program, shows its hits, and ends with it', async () => {
    const program = fixture('loop.c');
    const transcript = new Transcript(new DapClient(), { [program]: '$PROGRAM' });
    await transcript.request('initialize', INITIALIZE);
    await transcript.request('launch', { program, args: ['3', '1'] });
    await transcript.event('initialized');
    await transcript.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [
        { line: WORK, logMessage: 'n={n} name={p->name}' },
        { line: LINKED },
        { line: 1, logMessage: 'no code' },
        { line: WORK + 1, logMessage: 'half {n' },
        { line: LINKED + 1, condition: 'n > 1' },
      ],
    });
    await transcript.request('setFunctionBreakpoints', {
      breakpoints: [{ name: 'thread' }, { name: 'nowhere' }, { name: '*0xzz' }],
    });
    await transcript.request('sourcetap/configure', { breakpointId: 6, mode: 'count' });
    await transcript.request('configurationDone');
    await transcript.event('terminated');
    await transcript.request('disconnect');
    transcript.check('launch');
    assert.equal(await transcript.client.end(), 0);
  });

  it('tells where breakpoints can be in a line, and counts its statements one by one', async () => {
    const program = fixture('columns.c');
    const source = { path: join(FIXTURES, 'columns.c') };
    const [three, oneLine] = ['three', 'oneLine'].map((name) => probeLine('columns.c', name)) as [
      number,
      number,
    ];
    const columnOf = (line: number, text: string): number =>
      readFileSync(source.path, 'utf8').split('\n')[line - 1]!.indexOf(text); // from 0
    const transcript = new Transcript(new DapClient(), { [program]: '$PROGRAM' });
    await transcript.request('initialize', { ...INITIALIZE, columnsStartAt1: false });
    await transcript.request('launch', { program });
    await transcript.event('initialized');
    await transcript.request('breakpointLocations', { source, line: three, endLine: three + 1 });
    await transcript.request('breakpointLocations', { source, line: three, column: 17, endColumn: 18 });
    await transcript.request('breakpointLocations', { source, line: three, endLine: three - 1 });
    await transcript.request('breakpointLocations', { source, line: 1.5 });
    await transcript.request('setBreakpoints', {
      source,
      breakpoints: [
        { line: oneLine, column: columnOf(oneLine, 'called(&first)'), logMessage: '{i}' },
        { line: three, column: columnOf(three, 'called(&third)'), logMessage: '{s}' },
        { line: three, column: 1, logMessage: '{first}' },
        { line: three, column: -3 },
      ],
    });
    await transcript.request('configurationDone');
    await transcript.event('terminated');
    await transcript.request('disconnect');
    transcript.check('columns');
    assert.equal(await transcript.client.end(), 0);
  });

  it('completes, checks and types what is being written, before there is a hit', async () => {
    const program = fixture('loop.c');
    const transcript = new Transcript(new DapClient(), { [program]: '$PROGRAM' });
    await transcript.request('initialize', INITIALIZE);
    await transcript.request('launch', { program, args: ['3', '1'] });
    await transcript.event('initialized');
    const at = { path: SOURCE.path, line: WORK };
    const complete = (field: string, text: string, offset = text.length): Promise<Response> =>
      transcript.request('sourcetap/complete', { ...at, field, text, offset });
    await complete('logMessage', 'name={p->n} of {n}', 'name={p->n'.length);
    await complete('logMessage', 'n');
    await complete('condition', 'n > 1 && ite');
    await transcript.request('sourcetap/complete', {
      ...at,
      line: 1,
      field: 'condition',
      text: '',
      offset: 0,
    });
    await transcript.request('sourcetap/complete', { ...at, field: 'condition' });
    const check = (draft: object): Promise<Response> =>
      transcript.request('sourcetap/check', { ...at, ...draft });
    await check({ logMessage: 'n={n} {p->name}', condition: 'n > 1', hitCondition: '%2' });
    await check({ logMessage: '{n} {p->nam}' });
    await check({ logMessage: '{n' });
    await check({ condition: 'm > 1' });
    await check({ condition: 'n >' });
    await check({ hitCondition: 'often' });
    await check({ logMessage: '{n', condition: 'm > 1', hitCondition: 'often' });
    await check({ line: 1 });
    await check({ line: 9_999 });
    const hover = { context: 'hover', source: SOURCE, line: WORK };
    await transcript.request('evaluate', { ...hover, expression: 'p->next' });
    await transcript.request('evaluate', { ...hover, expression: 'q' });
    await transcript.request('evaluate', { expression: 'n' });
    await transcript.request('completions', { text: 'p->we', column: 6 });
    await transcript.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n}' }],
    });
    await transcript.request('configurationDone');
    await transcript.event('terminated');
    await transcript.request('evaluate', { expression: 'n' });
    await transcript.request('evaluate', { expression: 'p->id' });
    await transcript.request('completions', { text: '1 + p->we', column: 10 });
    await transcript.request('disconnect');
    transcript.check('inquiries');
    assert.equal(await transcript.client.end(), 0);
  });

  it('says that the session has ended to who asks for what was not read of the program before', async () => {
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('launch', { program: fixture('loop.c'), args: ['3', '1'] });
    await client.request('configurationDone');
    await client.event('terminated');
    const at = { path: SOURCE.path, line: WORK };
    const hover = { context: 'hover', source: SOURCE, line: WORK };
    for (const [command, args] of [
      ['sourcetap/complete', { ...at, field: 'condition', text: 'n', offset: 1 }],
      ['sourcetap/lines', { path: SOURCE.path, first: WORK, last: WORK }],
      ['evaluate', { ...hover, expression: 'p->next' }],
      ['breakpointLocations', { source: SOURCE, line: WORK }],
      ['loadedSources', {}],
    ] as const) {
      const { success, message } = await client.request(command, args);
      assert.equal(success, false, command);
      assert.match(message!, /^The session has ended/);
    }
    const { body } = await client.request('sourcetap/check', { ...at, logMessage: '{n}' });
    assert.match((body as CheckResponseBody).problems[0]!.message, /^The session has ended/);
    const { success, message } = await client.request('completions', { text: 'n', column: 2 });
    assert.equal(success, true, message);
    await client.request('disconnect');
  });

  it('refuses what it does not do, in words', async () => {
    const program = fixture('loop.c');
    const transcript = new Transcript(new DapClient(), { [program]: '$PROGRAM' });
    await transcript.request('initialize', { ...INITIALIZE, clientID: 'vscode' });
    await transcript.request('launch', {});
    await transcript.request('launch', { program: '/no/such' });
    await transcript.request('launch', { program: '/bin/true', cwd: '/no/such' });
    await transcript.request('launch', { program: '/bin/true', console: 'integratedTerminal' });
    await transcript.request('attach', {});
    await transcript.request('attach', { pid: 'no-such-process' });
    await transcript.request('attach', { processId: 4194303 });
    await transcript.request('attach', { pid: {} });
    await transcript.request('attach', { program: 5 });
    await transcript.request('attach', { pid: process.pid, ringBytes: 5000 });
    await transcript.request('launch', { program, args: ['1', '1', 'wait'] });
    await transcript.event('initialized');
    await transcript.request('setBreakpoints', {
      source: { path: '/somewhere/else.c' },
      breakpoints: [{ line: 3 }],
    });
    for (const verb of ['pause', 'next', 'continue', 'stackTrace'])
      await transcript.request(verb, { threadId: 1 });
    await transcript.request('evaluate', { expression: 'n' });
    await transcript.request('readMemory', { memoryReference: '0', count: 1 });
    await transcript.request('sourcetap/configure', { breakpointId: 7, mode: 'count' });
    await transcript.request('breakpointLocations', { source: SOURCE, line: WORK, endLine: LINKED });
    await transcript.request('disconnect');
    transcript.check('refusals');
    assert.equal(await transcript.client.end(), 0);
  });

  it('tells a name that means nothing at the value, and counts on', async () => {
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('launch', { program: fixture('loop.c'), args: ['5', '1'] });
    const { body } = await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n} {m}' }],
    });
    const [breakpoint] = (body as { breakpoints: { verified: boolean; message: string }[] }).breakpoints;
    assert.equal(breakpoint!.verified, true);
    assert.match(breakpoint!.message, /no variable m here/);
    await client.request('configurationDone');
    await client.event('terminated');
    const [view] = [...views(client).values()];
    assert.equal(view!.counts.hits, 5);
    assert.deepEqual(view!.values, [
      { name: 'n', type: 'int', value: '4', range: ['0', '4'] },
      { name: 'm', type: '?', unavailable: 'no variable m here' },
    ]);
    await client.request('disconnect');
  });

  it('attaches by program alone to every process of it, also to those that start later', async () => {
    const program = fixture('loop.c');
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { program });
    await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n}' }],
    });
    await client.request('configurationDone');
    for (const runs of ['300', '200']) execFileSync(program, [runs, '1']);
    await viewWith(client, ({ counts }) => counts.hits === 500 && counts.delivered === 500);
    await client.request('terminate');
    await client.event('terminated');
    assert.equal((await client.request('disconnect')).success, true);
    assert.equal([...views(client).values()][0]!.counts.hits, 500);
    assert.equal(await client.end(), 0);
    assert.equal(client.stderr, '');
  });

  it('tells of an edited tracepoint what it counted since, also where it was reset before', async () => {
    const program = fixture('loop.c');
    const client = new DapClient();
    const set = (logMessage: string): Promise<Response> =>
      client.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: WORK, logMessage }] });
    const run = (runs: number): Buffer => execFileSync(program, [String(runs), '1']);
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { program });
    await set('{n}');
    await client.request('configurationDone');
    run(300);
    await viewWith(client, ({ counts }) => counts.delivered === 300);
    await client.request('sourcetap/reset', {});
    await set('n={n}');
    run(500);
    // Counts may be ahead of the records that are still in the ring.
    const isWhole = ({ counts, values }: TracepointView): boolean =>
      counts.delivered === 500 && String(values[0]?.range) === '0,499';
    await viewWith(client, isWhole);
    await set('{n} edited again');
    run(400);
    await viewWith(client, ({ counts }) => counts.delivered === 400);
    await client.request('disconnect');
    const { counts, values } = [...views(client).values()][0]!;
    assert.equal(counts.hits, 400);
    assert.deepEqual(values[0]!.range, ['0', '399']);
    await client.end();
  });

  it('counts on with a tracepoint whose line an edit of the source has moved', async () => {
    const program = fixture('loop.c');
    const client = new DapClient();
    const set = async (breakpoints: object[], sourceModified: boolean): Promise<unknown[]> => {
      const args = { source: SOURCE, breakpoints, sourceModified };
      const { body } = await client.request('setBreakpoints', args);
      const told = (body as { breakpoints: DebugProtocol.Breakpoint[] }).breakpoints;
      return told.map(({ id, verified, line }) => ({ id, verified, line }));
    };
    const at = (line: number): object => ({ line, logMessage: '{n}' });
    await client.request('initialize', INITIALIZE);
    const presets: Preset[] = [{ path: SOURCE.path, line: WORK, mode: 'count' }];
    await client.request('attach', { program, presets });
    assert.deepEqual(await set([at(WORK)], false), [{ id: 1, verified: true, line: WORK }]);
    await client.request('configurationDone');
    execFileSync(program, ['300', '1']);
    await viewWith(client, ({ counts }) => counts.hits === 300);
    const moved = { id: 1, verified: true, line: WORK + 1 };
    assert.deepEqual(await set([at(WORK + 1)], true), [moved]);
    assert.deepEqual(await set([at(WORK + 1)], false), [moved]);
    execFileSync(program, ['200', '1']);
    await viewWith(client, ({ counts, mode }) => counts.hits === 500 && mode === 'count');
    assert.equal(views(client).get(1)!.line, WORK, 'the line in the program');
    await client.request('sourcetap/preset', { path: SOURCE.path, line: WORK + 1, mode: 'log' });
    await viewWith(client, ({ id, mode, line }) => id === 1 && mode === 'log' && line === WORK);
    await client.request('disconnect');
    await client.end();
  });

  it('attaches, edits and removes while the program runs, and leaves it running', async () => {
    const program = fixture('loop.c');
    const expected = execFileSync(program, ['3000', '2'], { encoding: 'utf8' });
    const target = new Target(program, '3000', '2', 'wait');
    await target.printed(/ready/);
    const client = new DapClient();
    const set = async (...breakpoints: object[]): Promise<number[]> => {
      const { body } = await client.request('setBreakpoints', { source: SOURCE, breakpoints });
      return (body as { breakpoints: { id: number; verified: boolean }[] }).breakpoints.map((one) => {
        assert.ok(one.verified);
        return one.id;
      });
    };
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { pid: target.pid });
    await client.event('initialized');
    const [work, linked] = await set({ line: WORK, logMessage: '{n}' }, { line: LINKED });
    assert.deepEqual(
      await set({ line: WORK, logMessage: 'n={n}' }, { line: LINKED }),
      [work, linked],
      'an edit keeps ids',
    );
    assert.deepEqual(await set({ line: WORK, logMessage: 'n={n}' }), [work]);
    await client.request('configurationDone');
    const threads = (await client.request('threads')).body as { threads: { id: number }[] };
    assert.deepEqual(
      threads.threads.map(({ id }) => id),
      [target.pid],
    );
    target.go();
    await viewWith(client, ({ counts }) => counts.hits === 6000);
    await client.event('terminated');
    assert.deepEqual([...views(client).keys()], [work]);
    assert.match(client.output('console'), /loop\.c:\d+: n=\d+\n/);
    assert.match(client.output('console'), /more hits/, 'a flood is sampled and says so');
    const lines = client
      .output('console')
      .split('\n')
      .filter((line) => line.includes('n='));
    assert.ok(lines.length <= 20 * 5, `${String(lines.length)} lines for 6000 hits`);
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
    assert.equal((await target.end()).replace(/ready \d+\n/, ''), expected);
  });

  it('evaluates to the last values', async () => {
    const client = new DapClient();
    const target = new Target(fixture('loop.c'), '10', '1', 'wait');
    await target.printed(/ready/);
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { pid: target.pid });
    await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n} {p->name}' }],
    });
    await client.request('configurationDone');
    const early = await client.request('evaluate', { expression: 'n', context: 'hover' });
    assert.equal(early.success, false);
    target.go();
    await client.event('terminated');
    const { body } = await client.request('evaluate', { expression: ' p->name', context: 'repl' });
    assert.equal((body as { result: string }).result, '"beta"');
    await client.request('disconnect');
  });

  it('counts only, where it is configured so', async () => {
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('launch', { program: fixture('loop.c'), args: ['20000', '2'] });
    const { body } = await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK }],
    });
    const [{ id }] = (body as { breakpoints: [{ id: number }] }).breakpoints;
    assert.equal(
      (await client.request('sourcetap/configure', { breakpointId: id, mode: 'count' })).success,
      true,
    );
    assert.equal(
      (await client.request('sourcetap/configure', { breakpointId: 99, mode: 'count' })).success,
      false,
    );
    await client.request('configurationDone');
    await client.event('terminated');
    const view = views(client).get(id)!;
    assert.equal(view.state, 'ended');
    assert.equal(view.counts.hits, 40000);
    assert.equal(view.counts.delivered, 40000);
    assert.equal(client.output('console'), '');
    await client.request('disconnect');
  });

  it('counts the first hit, too, for a client that does not wait until its breakpoints are in', async () => {
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('launch', { program: fixture('loop.c'), args: ['20', '1'] });
    const set = client.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: WORK }] });
    await client.request('configurationDone');
    await set;
    await client.event('terminated');
    const [view] = views(client).values();
    assert.equal(view!.counts.hits, 20);
    await client.request('disconnect');
  });

  it('takes presets before the first hit, and tells the range of values and the age of the source', async () => {
    const client = new DapClient();
    const directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    const source = join(directory, 'loop.c');
    copyFileSync(SOURCE.path, source);
    const program = join(directory, 'loop');
    execFileSync('gcc', ['-g', '-pthread', source, '-o', program]);
    utimesSync(source, new Date(), new Date(Date.now() + 60_000));
    const set = (...breakpoints: object[]): Promise<Response> =>
      client.request('setBreakpoints', { source: { path: source }, breakpoints });
    await client.request('initialize', INITIALIZE);
    const presets = [{ path: source, line: WORK, filter: { maxHits: 30 } }];
    await client.request('launch', { program, args: ['50', '1'], presets });
    await client.request('sourcetap/preset', { path: source, line: LINKED, mode: 'count' });
    await set({ line: WORK, logMessage: '{n} {p->weight} {p->name}' }, { line: LINKED });
    await client.request('configurationDone');
    await client.event('terminated');
    const [work, linked] = [...views(client).values()] as [TracepointView, TracepointView];
    assert.equal(linked.mode, 'count');
    assert.equal(linked.counts.hits, 50);
    assert.equal(work.counts.delivered, 30);
    assert.equal(work.isSourceNewer, true);
    assert.deepEqual(
      work.values.map(({ name, range }) => [name, range]),
      [
        ['n', ['0', '29']],
        ['p->weight', ['0', '3.625']],
        ['p->name', undefined],
      ],
    );
    assert.equal(work.lastHit!.function, 'work');
    assert.ok(Math.abs(work.lastHit!.time - Date.now()) < 60_000, 'a time of day');
    await client.request('disconnect');
    rmSync(directory, { recursive: true });
  });

  it('tells that the source is newer than what runs, also where a newer program has its path', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    const source = join(directory, 'loop.c');
    const program = join(directory, 'loop');
    const minutesAgo = (file: string, minutes: number): void => {
      const time = new Date(Date.now() - minutes * 60_000);
      utimesSync(file, time, time);
    };
    copyFileSync(SOURCE.path, source);
    minutesAgo(source, 3);
    execFileSync('gcc', ['-g', '-pthread', source, '-o', program]);
    minutesAgo(program, 2);
    const target = new Target(program, '1', '1', 'wait');
    await target.printed(/ready/);
    const isNewer = async (): Promise<boolean> => {
      const client = new DapClient();
      await client.request('initialize', INITIALIZE);
      await client.request('attach', { pid: target.pid });
      await client.request('setBreakpoints', { source: { path: source }, breakpoints: [{ line: WORK }] });
      await viewWith(client, ({ state }) => state === 'armed');
      await client.request('disconnect');
      await client.end();
      return [...views(client).values()][0]!.isSourceNewer === true;
    };
    assert.equal(await isNewer(), false);
    minutesAgo(source, 1);
    execFileSync('gcc', ['-g', '-O2', '-pthread', source, '-o', program]);
    assert.equal(await isNewer(), true);
    target.go();
    await target.end();
    rmSync(directory, { recursive: true });
  });

  it('waits for a library, and says when it is there, gone, and there again', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sourcetap-test-'));
    const library = join(directory, 'late.so');
    const source = join(FIXTURES, 'plugin.c');
    execFileSync('gcc', ['-g', '-shared', '-fPIC', '-DVERSION=1', source, '-o', library]);
    execFileSync('gcc', ['-g', join(FIXTURES, 'modules.c'), '-o', join(directory, 'host')]);
    const host = new Target(join(directory, 'host'));
    await host.printed(/ready/);
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { pid: host.pid });
    const line = probeLine('plugin.c', 'work');
    const { body } = await client.request('setBreakpoints', {
      source: { path: source },
      breakpoints: [{ line, logMessage: '{m}' }],
    });
    const [breakpoint] = (body as { breakpoints: [{ verified: boolean; reason: string }] }).breakpoints;
    assert.equal(breakpoint.verified, false);
    assert.equal(breakpoint.reason, 'pending');
    await client.request('configurationDone');
    interface Told {
      readonly verified: boolean;
      readonly reason?: string;
      readonly message?: string;
    }
    const told = (): Told[] =>
      client.events('breakpoint').map((event) => (event.body as { breakpoint: Told }).breakpoint);
    const tellsNow = async (verified: boolean, times: number): Promise<void> => {
      while (told().filter((one) => one.verified === verified).length < times)
        await new Promise((done) => setTimeout(done, 2));
    };
    for (let round = 1; round <= 2; round++) {
      host.process.stdin.write(`load ${library}\n`);
      await tellsNow(true, round);
      host.process.stdin.write('call 3\nunload\n');
      await tellsNow(false, round);
    }
    const gone = told().at(-1)!;
    assert.equal(gone.reason, 'pending');
    assert.match(gone.message!, /late\.so was unloaded/);
    host.process.stdin.end();
    await client.event('terminated');
    assert.equal([...views(client).values()][0]!.counts.hits, 6);
    assert.equal(
      client.output('console'),
      [0, 2, 4]
        .map((m) => `plugin.c:${String(line)}: ${String(m)}\n`)
        .join('')
        .repeat(2),
    );
    await client.request('disconnect');
    rmSync(directory, { recursive: true });
  });

  it('launches in a terminal, through a stub that waits there', async () => {
    const client = new DapClient();
    let terminal: ReturnType<typeof spawn> | undefined;
    client.reverse.set('runInTerminal', (args) => {
      const { args: command, cwd } = args as { args: [string, ...string[]]; cwd: string };
      terminal = spawn(command[0], command.slice(1), { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
      return {};
    });
    await client.request('initialize', { ...INITIALIZE, supportsRunInTerminalRequest: true });
    const launched = await client.request('launch', {
      program: fixture('loop.c'),
      args: ['7', '1'],
      console: 'integratedTerminal',
    });
    assert.equal(launched.success, true, launched.message);
    await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n}' }],
    });
    await client.request('configurationDone');
    await client.event('terminated');
    assert.equal([...views(client).values()][0]!.counts.hits, 7);
    if (terminal!.exitCode === null) await once(terminal!, 'exit');
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
  });

  it('logs what goes between client and adapter to the console, where that is asked for', async () => {
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    const launched = await client.request('launch', {
      program: fixture('loop.c'),
      args: ['2', '1'],
      trace: true,
    });
    assert.equal(launched.success, true, launched.message);
    await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n}' }],
    });
    await client.request('configurationDone');
    await client.event('terminated');
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
    const lines = client.output('console').split('\n');
    const logged = lines.flatMap((line) => {
      const [, way, message] = /^(From|To) client: (.*)$/.exec(line) ?? [];
      if (way === undefined || message!.endsWith('…')) return [];
      const { type, command, event } = JSON.parse(message!) as Record<string, string>;
      return [`${way} ${type!} ${command ?? event!}`];
    });
    const at = [
      'From request launch',
      'To response launch',
      'To event initialized',
      'From request setBreakpoints',
      'To response setBreakpoints',
      'To event output',
      'To event terminated',
      'From request disconnect',
    ].map((one) => logged.indexOf(one));
    assert.ok(!at.includes(-1) && at.every((place, i) => i === 0 || place > at[i - 1]!), logged.join('\n'));
    assert.ok(!lines.some((line) => /client: .*"output":"(From|To) client/.test(line)), 'its own lines');
  });

  it('launches with the variables of a file, and refuses without it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    const envFile = join(directory, '.env');
    writeFileSync(envFile, 'A=of the file # so\nB=of the file\nHOME=/nowhere\n');
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    const configuration = { program: '/usr/bin/env', env: { B: 'of env', HOME: null } };
    const refused = await client.request('launch', { ...configuration, envFile: directory });
    assert.equal(refused.success, false);
    assert.match(refused.message!, /"envFile" cannot be read: .*: it is a directory\./);
    const launched = await client.request('launch', { ...configuration, envFile });
    assert.equal(launched.success, true, launched.message);
    await client.request('configurationDone');
    await client.event('terminated');
    const printed = client.output('stdout').split('\n');
    assert.deepEqual(printed.filter((line) => /^(A|B|HOME)=/.test(line)).sort(), [
      'A=of the file',
      'B=of env',
    ]);
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
    rmSync(directory, { recursive: true });
  });

  it('ends the program and goes when its client goes, before and after the program runs', async () => {
    for (const configured of [false, true]) {
      const client = new DapClient();
      await client.request('initialize', INITIALIZE);
      await client.request('launch', { program: '/bin/sleep', args: ['1000'] });
      if (configured) await client.request('configurationDone');
      const { body } = await client.request('threads');
      const pid = (body as { threads: { id: number }[] }).threads[0]!.id;
      client.process.stdin.end();
      assert.equal(await client.end(), 0);
      assert.throws(() => readFileSync(`/proc/${String(pid)}/status`));
    }
  });

  it('ends a launched program on terminate, with the last counts before the word of it', async () => {
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('launch', { program: fixture('loop.c'), args: ['100000000', '1'] });
    await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n}' }],
    });
    await client.request('configurationDone');
    await viewWith(client, ({ counts }) => counts.hits > 0);
    await client.request('terminate');
    await client.event('terminated');
    const kinds = client.messages.map((message) => ('event' in message ? message.event : ''));
    assert.ok(kinds.lastIndexOf('sourcetap/update') < kinds.indexOf('terminated'));
    const { counts, state } = [...views(client).values()][0]!;
    assert.equal(state, 'ended');
    assert.equal(counts.hits, counts.delivered + counts.lost + counts.throttled);
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
  });
});
