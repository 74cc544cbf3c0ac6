import assert from 'node:assert/strict';
import type { TracepointView } from '../../../adapter/protocol';
import { EMPTY_DRAFT } from '../../../src/model/draft';
import type { SessionView } from '../../../src/model/lineBoard';
import { statusText } from '../../../src/model/statusText';
import { rowOf, type ListedTracepoint, type TracepointRow } from '../../../src/model/tracepointRow';

const counts = (hits: number, lost = 0): TracepointView['counts'] => ({
  hits,
  delivered: hits - lost,
  lost,
  filtered: 0,
  throttled: 0,
  conditionErrors: 0,
});
const view = (change: Partial<SessionView> = {}): SessionView => ({
  id: 1,
  state: 'armed',
  counts: counts(3412),
  rate: 120,
  throttledRate: 0,
  mode: 'log',
  values: [{ name: 'n', value: '42', type: 'int' }],
  sites: [{ address: '0x1000', hits: 3412, trap: 'emulated' }],
  isOver: change.state === 'ended',
  earlierHits: 0,
  ...change,
});
const plain = (text: string): string => text.replace(/\u00a0/g, ' ');

describe('a row of the list', () => {
  const row = (change: Partial<ListedTracepoint>): TracepointRow =>
    rowOf({ where: 46, enabled: true, draft: { ...EMPTY_DRAFT, logMessage: 'n={n}' }, views: [], ...change });

  it('has hits and rate first, then what it does', () => {
    const { label, description } = row({ views: [view()] });
    assert.equal(label, '46');
    assert.equal(plain(description), '3 412 hits · 120/s · logs n={n}');
    assert.equal(row({}).description, 'logs n={n}');
  });

  it('has the hits of the runs before a restart, where these are kept, beside those of this one', () => {
    const { description, spoken } = row({ views: [view({ earlierHits: 1000 })] });
    assert.match(plain(description), /^3 412 hits \+ 1 000 before the restart · 120\/s/);
    assert.match(plain(spoken), /3 412 hits \+ 1 000 before the restart/);
  });

  it('has the last hit, and that values are held back, behind the numbers', () => {
    const lastHit = { time: Date.UTC(2026, 0, 1, 12), pid: 7, tid: 7 };
    const { description } = row({ views: [view({ throttledRate: 3, lastHit })] });
    assert.match(
      plain(description),
      /^3 412 hits · 120\/s · hitting, values of some hits only · logs n=\{n\} · last hit \d\d:00:00/,
    );
  });

  it('has what a hit costs among its details', () => {
    const cost = { mean: 1900, traps: { emulated: 400, stepped: 1500 }, program: 400 };
    assert.match(row({ views: [view({ cost })] }).details.join('\n'), /^Cost 1\.9\u00a0µs a hit, measured/m);
  });

  it('has the state first where it is not as it should be, with its cause', () => {
    const failed = view({ state: 'failed', message: 'the line has no code', counts: counts(0), rate: 0 });
    assert.equal(row({ views: [failed] }).description, 'failed: the line has no code · logs n={n}');
    assert.equal(row({ enabled: false }).description, 'disabled · logs n={n}');
    assert.match(row({ views: [view({ state: 'ended', rate: 0 })] }).description, /^session ended · 3/);
  });

  it('sums sessions, and looks like those that run', () => {
    const { description, look } = row({
      views: [view({ counts: counts(8) }), view({ state: 'ended', counts: counts(4), rate: 0 })],
    });
    assert.equal(plain(description), '12 hits · 120/s · logs n={n}');
    assert.equal(look, 'hitting');
  });

  it('has the counts, not the cause of another session, once all have ended', () => {
    const message = 'no loaded module has this line';
    const client = view({ state: 'pending', message, counts: counts(0), rate: 0, isOver: true });
    const server = view({ state: 'ended', rate: 0 });
    for (const views of [
      [client, server],
      [server, client],
    ])
      assert.equal(plain(row({ views }).description), 'session ended · 3 412 hits · logs n={n}');
    assert.equal(row({ views: [client] }).description, `pending: ${message} · logs n={n}`);
  });

  it('is told in words to who does not see it', () => {
    const lost = view({ counts: counts(5, 2), rate: 0 });
    assert.equal(
      plain(row({ views: [lost] }).spoken),
      'line 46, logs n={n}, 5 hits, armed, no hits now, 2 hits lost, because the buffer was full, n = 42',
    );
    assert.match(row({}).spoken, /no session$/);
    assert.match(row({ where: 'take' }).spoken, /^take, /);
  });
});

describe('the status bar', () => {
  it('is empty without a session', () => {
    assert.equal(statusText([view()], 0), undefined);
  });

  it('says how many probes are in, how often they are hit, and what was lost', () => {
    const two = [view(), view({ id: 2, counts: counts(9, 4), rate: 30 }), view({ id: 3, state: 'failed' })];
    const { text, facts, isWarning } = statusText(two, 1)!;
    assert.equal(plain(text), '2 probes · 270/s · 4 lost');
    assert.equal(facts[0], '2 of 3 tracepoints armed, at 2 machine addresses');
    assert.equal(isWarning, true);
    assert.equal(plain(statusText([view({ rate: 0 })], 1)!.text), '1 probe');
  });

  it('says what the hits of now cost, once that is measured', () => {
    const cost = { mean: 175_000, traps: { emulated: 5000, stepped: 15_000 }, program: 160_000 };
    const { text, facts } = statusText([view({ cost }), view({ state: 'ended', cost })], 1)!;
    assert.equal(plain(text), '1 probe · 120/s · overhead 2.1 %');
    assert.ok(facts.map(plain).includes('Tracepoints take the programs 2.1 % of one processor, as measured'));
  });
});
