import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { LinesResponseBody, LineView } from '../../adapter/protocol';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { DapClient } from './dapClient';
import { Transcript } from './dapTranscript';
import { sourcetap } from './sourcetap';

const INITIALIZE = { clientID: 'test', adapterID: 'sourcetap', pathFormat: 'path', linesStartAt1: true };
const OPTIMISED = { compiler: 'gcc', flags: ['-O2'] };
const LOOP = join(FIXTURES, 'loop.c');

async function begin(program: string, initialize: object = INITIALIZE): Promise<DapClient> {
  const client = new DapClient();
  await client.request('initialize', initialize);
  await client.request('launch', { program, args: ['5'] });
  return client;
}

async function end(client: DapClient): Promise<void> {
  await client.request('disconnect');
  assert.equal(await client.end(), 0);
}

async function linesOf(client: DapClient, path: string, first: number, last: number): Promise<LineView[]> {
  const { success, body, message } = await client.request('sourcetap/lines', { path, first, last });
  assert.equal(success, true, message);
  return (body as LinesResponseBody).lines;
}

/** What gdb calls optimised out where the program, run with `args`, first stops on each of the lines: there and not at another. */
function gdbOptimisedOut(program: string, args: string, lines: readonly number[]): Map<number, string[]> {
  const stops = lines.map(
    (line) =>
      `tbreak ${line}\ncommands\nsilent\nprintf "line ${line}: "\ninfo line *$pc\ninfo args\ninfo locals\ncont\nend\n`,
  );
  const output = execFileSync('gdb', ['-nx', '-q', program], {
    input: `set debuginfod enabled off\nset confirm off\nset prompt\n${stops.join('')}run ${args}\n`,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const found = new Map<number, string[]>();
  let names: string[] = [];
  for (const row of output.split('\n')) {
    const [, line, stop] = /^line (\d+): Line (\d+) /.exec(row) ?? [];
    if (line !== undefined) names = [];
    if (line !== undefined && line === stop) found.set(Number(line), names);
    const name = /^(\w+) = <optimized out>$/.exec(row)?.[1];
    if (name !== undefined) names.push(name);
  }
  return found;
}

describe('the lines that could be traced', function () {
  before(needsKernel);

  for (const [source, variant] of [
    ['loop.c', { compiler: 'gcc', flags: ['-O0'] }],
    ['places.cc', OPTIMISED],
    ['places.cc', { compiler: 'clang', flags: ['-O2'] }],
  ] as const)
    it(`have the places of \`sourcetap lines\`: ${source} by ${variant.compiler} ${variant.flags.join()}`, async () => {
      const program = fixture(source, variant);
      const client = await begin(program);
      const lines = await linesOf(client, join(FIXTURES, source), 1, 200);
      const rows = await text(sourcetap('lines', source, '--program', program, '--json').stdout);
      const addresses = new Map<number, Set<string>>();
      const probeable = new Set<number>();
      for (const row of rows.trim().split('\n')) {
        const { resolvedLine, address, ...site } = JSON.parse(row) as {
          resolvedLine: number;
          address: string;
          probeable: boolean;
        };
        addresses.set(resolvedLine, (addresses.get(resolvedLine) ?? new Set()).add(address));
        if (site.probeable) probeable.add(resolvedLine);
      }
      assert.ok(lines.length > 10);
      assert.deepEqual(
        lines.map((view) => [view.line, view.copies, view.probeable]),
        [...addresses].sort(([a], [b]) => a - b).map(([line, { size }]) => [line, size, probeable.has(line)]),
      );
      await end(client);
    });

  it('name what the compiler did without, as gdb does when it stops there', async () => {
    const program = fixture('loop.c', OPTIMISED);
    const client = await begin(program);
    const views = (await linesOf(client, LOOP, 1, 200)).filter(({ copies }) => copies === 1);
    const stops = gdbOptimisedOut(
      program,
      '3 1',
      views.map(({ line }) => line),
    );
    const met = views.filter(({ line }) => stops.has(line));
    assert.ok(met.length > 10);
    assert.ok(met.some(({ optimisedOut }) => optimisedOut !== undefined));
    for (const { line, optimisedOut = [] } of met)
      assert.deepEqual([line, [...optimisedOut].sort()], [line, [...stops.get(line)!].sort()]);
    await end(client);
  });

  it('are none that have no code, and end with the range', async () => {
    const client = await begin(fixture('loop.c'));
    const work = probeLine('loop.c', 'work');
    assert.deepEqual(await linesOf(client, LOOP, 1, work - 2), []);
    assert.deepEqual(
      (await linesOf(client, LOOP, work, work)).map(({ line }) => line),
      [work],
    );
    assert.deepEqual(await linesOf(client, '/no/such.c', 1, 200), []);
    await end(client);
  });

  it('are told as the client counts lines, and refused to one that sends none', async () => {
    const program = fixture('loop.c', OPTIMISED);
    const work = probeLine('loop.c', 'work');
    const transcript = new Transcript(new DapClient(), { [program]: '$PROGRAM' });
    await transcript.request('initialize', { ...INITIALIZE, linesStartAt1: false });
    await transcript.request('launch', { program, args: ['1'] });
    await transcript.event('initialized');
    await transcript.request('sourcetap/lines', { path: LOOP, first: work - 1, last: work + 1 });
    await transcript.request('sourcetap/lines', { path: LOOP, first: -1, last: work });
    await transcript.request('sourcetap/lines', { first: 1, last: work });
    await transcript.request('configurationDone');
    await transcript.event('terminated');
    await transcript.request('disconnect');
    transcript.check('lines');
    assert.equal(await transcript.client.end(), 0);
  });
});
