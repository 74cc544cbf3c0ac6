import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { CountResponseBody, CountsBody, LineCountView } from '../../adapter/protocol';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { DapClient, type Response } from './dapClient';
import { Target } from './sourcetap';

const INITIALIZE = { clientID: 'test', adapterID: 'sourcetap', pathFormat: 'path', linesStartAt1: true };
const SOURCE = join(FIXTURES, 'loop.c');

/** The last that the client was told of each line that is counted. */
function told(client: DapClient): Map<number, LineCountView> {
  const lines = new Map<number, LineCountView>();
  for (const { body } of client.events('sourcetap/counts'))
    for (const view of (body as CountsBody).lines) lines.set(view.line, view);
  return lines;
}

const hitsAt = (client: DapClient, name: string): number | undefined => {
  const view = told(client).get(probeLine('loop.c', name));
  return view && 'hits' in view ? view.hits : undefined;
};

describe('counting in a debug session', function () {
  before(needsKernel);

  it('tells the count of every line of a file, the last ones before the end', async () => {
    const client = new DapClient();
    const program = fixture('loop.c');
    await client.request('initialize', INITIALIZE);
    await client.request('launch', { program, args: ['1000', '3'] });
    const { success, body } = await client.request('sourcetap/count', { files: [SOURCE] });
    assert.equal(success, true);
    await client.request('configurationDone');
    await client.event('terminated');
    const { lines, probes } = body as CountResponseBody;
    assert.equal(told(client).size, lines);
    assert.ok(probes > 0 && probes < lines);
    assert.equal(hitsAt(client, 'work'), 3000);
    assert.equal(told(client).get(probeLine('loop.c', 'work'))!.path, SOURCE);
    assert.equal(told(client).get(probeLine('loop.c', 'work'))!.function, 'work');
    const kinds = client.messages.map((message) => ('event' in message ? message.event : ''));
    assert.ok(kinds.lastIndexOf('sourcetap/counts') < kinds.indexOf('terminated'));
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
  });

  it('tells only what has changed, and nothing once it is stopped', async () => {
    const client = new DapClient();
    const target = new Target(fixture('loop.c'), '2000', '1', 'wait');
    await target.printed(/ready/);
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { pid: target.pid });
    await client.request('configurationDone');
    await client.request('sourcetap/count', { functions: ['work'] });
    await client.event('sourcetap/counts');
    const [first] = client.events('sourcetap/counts').map((event) => (event.body as CountsBody).lines);
    assert.ok(first!.every((view) => view.function === 'work' && 'hits' in view && view.hits === 0));
    await client.request('sourcetap/count', { functions: ['thread'] });
    await client.request('sourcetap/countStop');
    const before = client.events('sourcetap/counts').length;
    target.go();
    await target.end();
    await client.event('terminated');
    assert.equal(client.events('sourcetap/counts').length, before);
    await client.request('disconnect');
  });

  it('goes on with what it counted where another count is refused, and says when it counts another', async () => {
    const client = new DapClient();
    const target = new Target(fixture('loop.c'), '2000', '1', 'wait');
    await target.printed(/ready/);
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { pid: target.pid });
    await client.request('configurationDone');
    await client.request('sourcetap/count', { functions: ['work'] });
    await client.event('sourcetap/counts', ({ isFirst }: CountsBody) => isFirst === true);
    for (const refused of [
      { files: ['nowhere.c'] },
      { functions: ['thread', 'nobody'] },
      { functionAt: { path: SOURCE, line: 1 } },
    ])
      assert.equal((await client.request('sourcetap/count', refused)).success, false);
    target.go();
    await target.end();
    await client.event('terminated');
    assert.equal(hitsAt(client, 'work'), 2000);
    const bodies = client.events('sourcetap/counts').map(({ body }) => body as CountsBody);
    assert.deepEqual(
      new Set(bodies.flatMap(({ lines }) => lines.map((view) => view.function))),
      new Set(['work']),
    );
    assert.deepEqual(
      bodies.map(({ isFirst }) => isFirst),
      bodies.map((_, i) => (i === 0 ? true : undefined)),
    );
    await client.request('disconnect');
  });

  it('counts the function that a line is in', async () => {
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('launch', { program: fixture('loop.c'), args: ['1000', '3'] });
    const count = (line: number): Promise<Response> =>
      client.request('sourcetap/count', { functionAt: { path: SOURCE, line } });
    assert.match((await count(1)).message!, /has no code/);
    assert.equal((await count(probeLine('loop.c', 'linked'))).success, true);
    await client.request('configurationDone');
    await client.event('terminated');
    assert.deepEqual([...new Set([...told(client).values()].map((view) => view.function))], ['work']);
    assert.equal(hitsAt(client, 'work'), 3000);
    await client.request('disconnect');
  });

  it('is refused before there is a target, and for what is not there', async () => {
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    const early = await client.request('sourcetap/count', { files: [SOURCE] });
    assert.equal(early.success, false);
    assert.match(early.message!, /no target yet/);
    assert.equal((await client.request('sourcetap/countStop')).success, false);
    await client.request('launch', { program: fixture('loop.c'), args: ['5', '1'] });
    const wrong = await client.request('sourcetap/count', { files: [SOURCE], functions: ['nobody'] });
    assert.equal(wrong.success, false);
    assert.match(wrong.message!, /^nobody: /);
    await client.request('configurationDone');
    await client.event('terminated');
    assert.equal(told(client).size, 0);
    const late = await client.request('sourcetap/count', {});
    assert.match(late.message!, /has ended/);
    await client.request('disconnect');
  });
});
