import assert from 'node:assert/strict';
import { ConsoleLog } from '../../../adapter/dap/consoleLog';

describe('the console', () => {
  const skipped: [number, number][] = [];
  const log = (lines: number): ConsoleLog =>
    new ConsoleLog(
      () => lines,
      (hits) => skipped.push(...hits),
    );
  beforeEach(() => skipped.splice(0));

  it('has a line for each hit while there are few', () => {
    const console = log(20);
    const shown = Array.from({ length: 20 }, (_, i) => console.admits(1, i));
    assert.ok(shown.every(Boolean));
    console.flush();
    assert.deepEqual(skipped, []);
  });

  it('samples a flood, and says how many hits have no line', () => {
    const console = log(20);
    let shown = 0;
    for (let i = 0; i < 3432; i++) if (console.admits(1, i / 10)) shown++;
    assert.equal(shown, 20);
    console.flush(500);
    assert.deepEqual(skipped, [], 'the second is not over');
    console.flush(1000);
    assert.deepEqual(skipped, [[1, 3412]]);
  });

  it('starts anew every second, and accounts for every hit', () => {
    const console = log(5);
    let shown = 0;
    for (let i = 0; i < 10_000; i++) if (console.admits(1, i)) shown++;
    console.flush();
    assert.equal(shown, 50);
    assert.equal(shown + skipped.reduce((sum, [, hits]) => sum + hits, 0), 10_000);
  });

  it('has few lines for a flood of many tracepoints, and tells of it once a second', () => {
    let told = 0;
    const console = new ConsoleLog(
      () => 20,
      () => told++,
    );
    const shown = new Map<number, number>();
    for (let i = 0; i < 20_000; i++) {
      const tracepoint = i % 50;
      if (console.admits(tracepoint, 0)) shown.set(tracepoint, (shown.get(tracepoint) ?? 0) + 1);
    }
    console.flush();
    assert.deepEqual([...shown.values()], Array(50).fill(1), 'each has its first hit');
    assert.equal(told, 1);
  });

  it('has no more lines than its limit for tracepoints that flood on', () => {
    const console = log(20);
    const shownIn = (second: number): number => {
      let shown = 0;
      for (let i = 0; i < 5000; i++) if (console.admits(i % 50, second * 1000 + i / 10)) shown++;
      return shown;
    };
    assert.equal(shownIn(0), 50, 'the first of each');
    assert.equal(shownIn(1), 20);
    assert.ok(console.admits(99, 1900), 'a rare one has its line');
    assert.equal(shownIn(2), 20);
    assert.equal(shownIn(9), 50, 'they had gone quiet');
  });

  it('has no line for some seconds after an answer, and then tells once how many hits came', () => {
    const console = log(20);
    assert.ok(console.admits(1, 0));
    console.hold(300);
    for (let i = 0; i < 40; i++) {
      assert.equal(console.admits(1, 400 + 100 * i), false);
      console.flush(400 + 100 * i);
    }
    assert.deepEqual(skipped, []);
    console.flush(10_000);
    assert.deepEqual(skipped, [[1, 40]]);
    assert.ok(console.admits(1, 10_000));
  });

  it('waits anew with each answer, and loses nothing at the end', () => {
    const console = log(20);
    for (let i = 0; i < 100; i++) {
      console.hold(1000 * i);
      assert.equal(console.admits(1, 1000 * i), false);
    }
    assert.deepEqual(skipped, []);
    console.flush();
    assert.deepEqual(skipped, [[1, 100]]);
  });

  it('tells after an answer of the hits that had no line before it, too', () => {
    const console = log(1);
    for (let i = 0; i < 5; i++) console.admits(1, i);
    console.hold(10);
    console.admits(2, 20);
    console.flush(100_000);
    assert.deepEqual(skipped, [
      [1, 4],
      [2, 1],
    ]);
  });

  it('has a line for a rare hit in a flood that an answer has interrupted', () => {
    const console = log(5);
    const flood = (from: number): void => {
      for (let i = 0; i < 100; i++) console.admits(1, from + i);
    };
    flood(0);
    flood(1000);
    console.hold(1500);
    console.admits(2, 1600);
    console.flush(10_000);
    flood(10_000);
    assert.ok(console.admits(2, 10_100));
  });

  it('keeps one tracepoint from silencing another', () => {
    const console = log(2);
    for (let i = 0; i < 100; i++) console.admits(1, 0);
    assert.ok(console.admits(2, 0));
  });
});
