import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Hit } from '../../../adapter/engine/hit';
import { History } from '../../../adapter/engine/history';
import { HitColumn, HitSelection } from '../../../adapter/engine/hitSelection';
import { hitOf, hitSource } from '../../builders/hits';

const SOURCE = hitSource();
const KIB = 1024;
const never = (): boolean => false;

const numberOf = (hit: Hit): number => {
  const [value] = hit.values();
  return 'value' in value! ? Number(value.value) : NaN;
};

/** A history of hits whose n is their number. */
function filled(count: number, limits: { hits: number; bytes: number }, name = ''): History {
  const history = new History(limits);
  for (let n = 0; n < count; n++) history.add(hitOf(SOURCE, { n, name, tid: n % 3, time: 10 * n }));
  return history;
}

const remembered = (history: History): number[] => {
  const numbers: number[] = [];
  for (let id = history.first; id < history.total; id++) numbers.push(numberOf(history.at(id)));
  return numbers;
};

describe('the history of hits', () => {
  it('has the latest hits, by numbers that stay theirs', () => {
    const history = filled(10, { hits: 4, bytes: 64 * KIB });
    assert.equal(history.total, 10);
    assert.equal(history.first, 6);
    assert.deepEqual(remembered(history), [6, 7, 8, 9]);
    assert.equal(history.tidOf(7), 1);
    assert.equal(history.timeOf(7), 70);
    assert.equal(history.sourceOf(7), SOURCE);
  });

  it('keeps within its bytes, however few hits that are', () => {
    const history = new History({ hits: 1_000_000, bytes: 64 * KIB });
    const { size } = hitOf(SOURCE, { n: 0 });
    for (let n = 0; n < 5000; n++) history.add(hitOf(SOURCE, { n }));
    const bytes = (history.total - history.first) * size;
    assert.ok(bytes <= 64 * KIB);
    assert.ok(history.total - history.first > 0);
    assert.equal(remembered(history).at(-1), 4999);
  });

  it('remembers none where that is the limit, and still counts them', () => {
    const history = filled(5, { hits: 0, bytes: 64 * KIB });
    assert.equal(history.total, 5);
    assert.equal(history.first, 5);
  });

  it('holds records of any sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 60 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        (names, hits) => {
          const history = new History({ hits, bytes: 4 * KIB });
          names.forEach((name, n) => {
            history.add(hitOf(SOURCE, { n, name }));
          });
          const expected = names.map((_, n) => n).slice(history.first);
          assert.deepEqual(remembered(history), expected);
          assert.ok(history.total - history.first <= hits);
        },
      ),
    );
  });
});

describe('a selection of hits', () => {
  it('tests each hit once, also those that come later', () => {
    const history = filled(10, { hits: 100, bytes: 64 * KIB });
    let tested = 0;
    const selection = new HitSelection(history, (hit) => {
      tested++;
      return numberOf(hit) % 2 === 1;
    });
    selection.advance(never);
    selection.advance(never);
    assert.equal(tested, 10);
    history.add(hitOf(SOURCE, { n: 11 }));
    assert.equal(selection.pending, 1);
    selection.advance(never);
    assert.equal(tested, 11);
    const ids = Array.from({ length: selection.end - selection.first }, (_, i) =>
      selection.at(selection.first + i),
    );
    assert.deepEqual(ids, [1, 3, 5, 7, 9, 10]);
  });

  it('forgets what the history has dropped, and keeps the places of the others', () => {
    const history = filled(10, { hits: 10, bytes: 64 * KIB });
    const selection = new HitSelection(history, (hit) => numberOf(hit) % 2 === 1);
    selection.advance(never);
    assert.equal(selection.at(3), 7);
    for (let n = 10; n < 15; n++) history.add(hitOf(SOURCE, { n }));
    selection.advance(never);
    assert.equal(selection.first, 2, 'the hits 1 and 3 are gone');
    assert.equal(selection.at(3), 7);
    assert.equal(selection.end, 7);
  });

  it('stops at its deadline, and goes on from there', () => {
    const history = filled(1000, { hits: 1000, bytes: KIB * KIB });
    const selection = new HitSelection(history, () => true);
    let slices = 0;
    for (; selection.pending > 0; slices++) selection.advance(() => true);
    assert.ok(slices > 5);
    assert.equal(selection.end - selection.first, 1000);
  });

  it('gives every hit where there is no test', () => {
    const history = filled(10, { hits: 4, bytes: 64 * KIB });
    const selection = new HitSelection(history, undefined);
    assert.equal(selection.pending, 0);
    assert.deepEqual([selection.first, selection.end, selection.at(8)], [6, 10, 8]);
  });

  it('has a number of each hit, in step with what is remembered', () => {
    const history = filled(10, { hits: 6, bytes: 64 * KIB });
    const column = new HitColumn(new HitSelection(history, undefined), (hit) => {
      const n = numberOf(hit);
      return n === 7 ? undefined : n;
    });
    column.advance(never);
    assert.deepEqual([...column.before()], [4, 5, 6, NaN, 8, 9]);
    assert.deepEqual([...column.before(6)], [4, 5]);
    for (let n = 10; n < 30; n++) history.add(hitOf(SOURCE, { n }));
    column.advance(never);
    assert.deepEqual([...column.before()], [24, 25, 26, 27, 28, 29]);
  });
});
