import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { UpdateBody } from '../../adapter/protocol';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { DapClient, type Response } from './dapClient';
import { Target } from './sourcetap';

const INITIALIZE = { clientID: 'test', adapterID: 'sourcetap', pathFormat: 'path', linesStartAt1: true };
const SOURCE = join(FIXTURES, 'instances.cc');
const TICK = probeLine('instances.cc', 'tick');
/** Lines of 1000 machine addresses each. */
const LONG = Array.from(
  { length: probeLine('instances.cc', 'last') - probeLine('instances.cc', 'first') + 1 },
  (_, i) => probeLine('instances.cc', 'first') + i,
);
/** So that they are planned for nothing, which takes the kernel no time. */
const FEW = { sites: 100 };

interface Progress {
  readonly progressId: string;
  readonly title?: string;
  readonly message?: string;
  readonly percentage?: number;
  readonly cancellable?: boolean;
}
interface Breakpoint {
  readonly id: number;
  readonly verified: boolean;
  readonly message?: string;
}

/** Of each progress, the events in their order. */
function progresses(client: DapClient): { event: string; body: Progress }[][] {
  const byId = new Map<string, { event: string; body: Progress }[]>();
  for (const message of client.messages) {
    if (message.type !== 'event' || !message.event.startsWith('progress')) continue;
    const body = message.body as Progress;
    byId.set(body.progressId, [...(byId.get(body.progressId) ?? []), { event: message.event, body }]);
  }
  return [...byId.values()];
}

/** Each has a start, updates that go forwards, and an end. */
function assertWhole(client: DapClient): void {
  for (const events of progresses(client)) {
    const names = events.map(({ event }) => event);
    const updates = names.slice(1, -1).map(() => 'progressUpdate');
    assert.deepEqual(names, ['progressStart', ...updates, 'progressEnd']);
    const percentages = events.flatMap(({ body }) => body.percentage ?? []);
    assert.deepEqual(
      percentages,
      [...percentages].sort((a, b) => a - b),
    );
  }
}

const breakpointsOf = ({ body }: Response): Breakpoint[] =>
  (body as { breakpoints: Breakpoint[] }).breakpoints;

describe('planning that takes long, in a debug session', function () {
  this.timeout(120_000);
  before(needsKernel);

  let target: Target;
  let client: DapClient;

  const attach = async (capabilities: object, limits: object = {}): Promise<void> => {
    target = new Target(fixture('instances.cc'));
    await target.printed(/ready/);
    client = new DapClient();
    await client.request('initialize', { ...INITIALIZE, ...capabilities });
    await client.request('attach', { pid: target.pid, limits });
  };
  const set = (lines: readonly number[]): Promise<Response> =>
    client.request('setBreakpoints', {
      source: { path: SOURCE },
      breakpoints: lines.map((line) => ({ line })),
    });
  const finish = async (): Promise<void> => {
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
  };
  afterEach(() => {
    target.process.kill();
    client.process.kill();
  });

  it('is told from its start to its end, while hits go on to be shown', async () => {
    await attach({ supportsProgressReporting: true }, FEW);
    await set([TICK]);
    await client.request('configurationDone');
    const before = progresses(client).length;
    const long = set([TICK, ...LONG]);
    await client.event('progressStart', () => progresses(client).length > before);
    target.process.stdin.write('x');
    const isHit = ({ tracepoints }: UpdateBody): boolean =>
      tracepoints.some(({ counts }) => counts.delivered === 1);
    await client.event('sourcetap/update', isHit);
    const left = progresses(client).at(-1)!;
    assert.notEqual(left.at(-1)!.event, 'progressEnd', 'the hit is shown before the end');
    const [tick, ...others] = breakpointsOf(await long);
    assert.equal(tick!.verified, true);
    for (const { message: why } of others) assert.match(why!, /^That is \d+ machine addresses/);
    const { title, message, cancellable } = left[0]!.body;
    assert.equal(title, 'Reading debug information');
    assert.match(message!, /^\d of \d+: instances\.cc:\d+$/);
    assert.equal(cancellable, true);
    assertWhole(client);
    await finish();
  });

  it('stops when it is cancelled: what is not in says so, and is planned when it is set again', async () => {
    await attach({ supportsProgressReporting: true });
    const long = set([TICK, ...LONG]);
    const { body } = await client.event('progressStart');
    const { progressId } = body as Progress;
    assert.equal((await client.request('cancel', { progressId: 'other' })).success, true);
    assert.equal((await client.request('cancel', { progressId })).success, true);
    await client.event('progressEnd', (end: Progress) => end.progressId === progressId);
    const breakpoints = breakpointsOf(await long);
    const cancelled = breakpoints.filter(({ verified }) => !verified);
    assert.ok(cancelled.length > 0);
    for (const { message } of cancelled) assert.match(message!, /^Cancelled before it was in: set it again/);
    assert.equal(breakpoints.at(-1)!.verified, false);
    const again = breakpointsOf(await set([TICK, LONG.at(-1)!]));
    assert.deepEqual(
      again.map(({ verified, id }) => ({ verified, id })),
      [breakpoints[0]!, breakpoints.at(-1)!].map(({ id }) => ({ verified: true, id })),
    );
    assertWhole(client);
    await finish();
  });

  it('does not hold up the end of the session', async () => {
    await attach({ supportsProgressReporting: true });
    const long = set(LONG);
    await client.event('progressStart');
    await finish();
    assert.ok(breakpointsOf(await long).some(({ verified }) => !verified));
    assertWhole(client);
  });

  it('is told to no client that does not know of progress', async () => {
    await attach({}, FEW);
    await set(LONG);
    await finish();
    assert.deepEqual(progresses(client), []);
  });
});
