import assert from 'node:assert/strict';
import { CountHistory, type CountLine } from '../../../adapter/dap/countHistory';

const MS = 1_000_000;
const SECOND = 1000 * MS;

const view = (hits: number, id = 1) => ({
  id,
  mode: 'log' as const,
  counts: { hits, delivered: hits, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
});

/** Looks at tracepoint 1: time in milliseconds, and its hits. The look before them is at 0. */
function lineOf(...looks: (readonly [number, number])[]): CountLine {
  const history = new CountHistory(0);
  for (const [time, hits] of looks) history.note([view(hits)], time * MS);
  return history.of([1]).get(1)!;
}

const sum = (counts: readonly (number | null)[]): number => counts.map(Number).reduce((a, b) => a + b, 0);

describe('the history of counts', () => {
  it('has the hits of each second', () => {
    const line = lineOf([1000, 30], [2000, 30], [3000, 500]);
    assert.deepEqual(line.counts(0, SECOND, 3), [30, 0, 470]);
    assert.deepEqual(line.counts(0, SECOND / 2, 6), [15, 15, 0, 0, 235, 235], 'even between looks');
    assert.deepEqual(line.span, { start: 0, end: 3 * SECOND });
  });

  it('knows nothing before its first look, and after the latest one', () => {
    const history = new CountHistory(5 * SECOND);
    history.note([view(10)], 6 * SECOND);
    assert.deepEqual(
      history
        .of([1])
        .get(1)!
        .counts(4 * SECOND, SECOND, 4),
      [null, 10, null, null],
    );
  });

  it('takes the rate of a part that is known for the whole of a span', () => {
    assert.deepEqual(lineOf([1000, 100], [1200, 120]).counts(0, SECOND, 2), [100, 100]);
  });

  it('goes on where counts were reset, or are those of a new definition', () => {
    const line = lineOf([1000, 1_000_000], [2000, 5], [3000, 25], [4000, 0], [5000, 10]);
    assert.deepEqual(line.counts(0, SECOND, 5), [1_000_000, 5, 20, 0, 10]);
    assert.equal(line.total, 1_000_035);
  });

  it('has the latest look, however soon it came: a program may end in that', () => {
    const line = lineOf([200, 1], [400, 2], [600, 3], [1000, 10], [1200, 20], [1230, 77]);
    assert.equal(line.total, 77);
    assert.equal(line.span!.end, 1230 * MS);
    assert.equal(line.counts(0, SECOND, 1)[0], 10, 'looks of the same second are one');
  });

  it('is as long as there are hits, and leaves out the quiet around them', () => {
    const quiet = Array.from({ length: 50_000 }, (_, i) => [8000 + i * 200, 60] as const);
    const line = lineOf([1000, 0], [2000, 0], [5000, 0], [6000, 40], [7000, 60], ...quiet);
    assert.deepEqual(line.span, { start: 5 * SECOND, end: 7 * SECOND });
    assert.deepEqual(line.counts(5 * SECOND, SECOND, 2), [40, 20], 'hours later');
    assert.equal(lineOf([1000, 0], [2000, 0]).span, undefined);
  });

  it('is bounded, with the last half hour to the hit', () => {
    const history = new CountHistory(0);
    let [time, hits] = [0, 0];
    while (time < 3 * 3600 * SECOND) {
      time += 200 * MS;
      hits += 20_000;
      history.note(
        Array.from({ length: 20 }, (_, i) => view(hits, i)),
        time,
      );
    }
    for (const line of history.of(undefined).values()) {
      const { start, end } = line.span!;
      assert.equal(end, time);
      assert.ok(start >= time - 2000 * SECOND, 'older looks are dropped');
      assert.equal(sum(line.counts(time - 1790 * SECOND, SECOND, 1790)), 1790 * 100_000);
    }
  });

  it('keeps those that were removed, but not for ever', () => {
    const history = new CountHistory(0);
    for (let id = 1; id <= 500; id++) history.note([view(3, id), view(id, 0)], id * SECOND);
    const kept = history.of(undefined);
    assert.equal(kept.size, 100);
    assert.ok(kept.has(0) && kept.has(500) && kept.has(499) && !kept.has(1));
  });
});
