import assert from 'node:assert/strict';
import type { CostView, SiteView, TracepointView } from '../../../adapter/protocol';
import { costText, movedText, overheadInWords, overheadOf } from '../../../src/model/costText';

const TRAPS = { emulated: 440, stepped: 1500 };
const WHOLE: CostView = { mean: 1900, traps: TRAPS, program: 400 };
const site = (trap: SiteView['trap'], more: Partial<SiteView> = {}): SiteView => ({
  address: '0x10',
  hits: 3,
  trap,
  ...more,
});
const [EMULATED, STEPPED] = [site('emulated'), site('stepped')];
const plain = (text: string | undefined): string | undefined => text?.replaceAll('\u00a0', ' ');

describe('the cost of a hit', () => {
  const textOf = (cost: CostView, ...sites: SiteView[]): string | undefined => plain(costText(cost, sites));

  it('is the trap, by its kind, and the program', () => {
    assert.equal(
      textOf(WHOLE, STEPPED),
      'Cost 1.9 µs a hit, measured (trap 1.5 µs, stepped; program 400 ns)',
    );
    assert.equal(
      textOf({ ...WHOLE, mean: 840 }, EMULATED, EMULATED),
      'Cost 840 ns a hit, measured (trap 440 ns, emulated; program 400 ns)',
    );
    assert.equal(
      textOf({ ...WHOLE, mean: 1370 }, EMULATED, STEPPED),
      'Cost 1.4 µs a hit, measured (trap 440 ns where emulated, 1.5 µs where stepped; program 400 ns)',
    );
  });

  it('is written in the unit that fits', () => {
    const durations = [999, 1000, 9949, 9951, 15_200, 999_499, 1_200_000].map((mean) =>
      textOf({ mean, traps: TRAPS, program: 1 }, STEPPED)!.slice(5, 12).trim(),
    );
    assert.deepEqual(durations, ['999 ns', '1.0 µs', '9.9 µs', '10 µs a', '15 µs a', '999 µs', '1.2 ms']);
  });

  it('says what is not measured yet, and what cannot be', () => {
    assert.equal(
      textOf({ mean: 1500, traps: TRAPS }, STEPPED),
      'Cost at least 1.5 µs a hit, measured (trap 1.5 µs, stepped; program not timed yet)',
    );
    const gaps = ['the program cannot be timed (EPERM)'];
    assert.equal(
      textOf({ mean: 1500, traps: TRAPS, gaps }, STEPPED),
      'Cost at least 1.5 µs a hit, measured (trap 1.5 µs, stepped); the program cannot be timed (EPERM)',
    );
    assert.equal(
      textOf({ mean: 400, program: 400, gaps: ['the trap cannot be timed (EACCES)'] }, STEPPED),
      'Cost at least 400 ns a hit, measured (program 400 ns); the trap cannot be timed (EACCES)',
    );
    assert.equal(textOf({ mean: 0, gaps: ['one', 'other'] }, STEPPED), 'Cost unknown: one; other');
  });

  it('tells why counts are cheap', () => {
    const moved = site('emulated', { moved: true });
    assert.equal(movedText(WHOLE, [EMULATED]), undefined);
    assert.equal(
      plain(movedText(WHOLE, [moved])),
      'Counted at a neighbouring instruction that the kernel emulates: the trap of one that is single-stepped takes 1.5 µs.',
    );
    assert.equal(
      plain(movedText(undefined, [moved, moved])),
      'Counted at neighbouring instructions that the kernel emulates, not single-steps.',
    );
  });
});

describe('the overhead', () => {
  const view = (rate: number, cost?: CostView): TracepointView =>
    ({ rate, ...(cost && { cost }) }) as TracepointView;
  const wordsOf = (...views: TracepointView[]): string | undefined => {
    const overhead = overheadOf(views);
    return overhead && plain(overheadInWords(overhead));
  };

  it('is the sum of the hits of now by their cost, in percent of one processor', () => {
    assert.equal(wordsOf(view(10_000, WHOLE), view(1000, { ...WHOLE, mean: 2000 })), '2.1 %');
    assert.equal(wordsOf(view(1_000_000, WHOLE)), '190 %');
    assert.equal(wordsOf(view(3, WHOLE)), 'below 0.1 %');
  });

  it('is at least so much where a part is not measured', () => {
    assert.equal(wordsOf(view(10_000, WHOLE), view(1)), 'at least 1.9 %');
    assert.equal(wordsOf(view(10_000, { mean: 1500, traps: TRAPS })), 'at least 1.5 %');
    assert.equal(wordsOf(view(1, { mean: 1500, traps: TRAPS })), undefined);
  });

  it('is not told without hits, or without any cost', () => {
    assert.equal(wordsOf(view(0, WHOLE)), undefined);
    assert.equal(wordsOf(view(100)), undefined);
    assert.equal(wordsOf(view(100, { mean: 0, gaps: ['one', 'other'] })), undefined);
  });
});
