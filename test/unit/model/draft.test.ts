import assert from 'node:assert/strict';
import {
  cursorAfter,
  draftText,
  EMPTY_DRAFT,
  limitOf,
  limitsText,
  problemText,
  withCompletion,
  withLimit,
  withText,
} from '../../../src/model/draft';

describe('a tracepoint that is being written', () => {
  it('says what it will do', () => {
    assert.equal(draftText(EMPTY_DRAFT), 'all arguments and locals');
    const extras = withLimit(withLimit({}, 'maxHits', 50), 'hitsPerSecond', 10);
    assert.equal(
      draftText({ logMessage: 'n={n}', condition: 'n > 3', hitCondition: '%2', extras }),
      'logs n={n} · if n > 3 · hits %2 · at most 10 a second, 50 in all',
    );
    assert.equal(draftText({ ...EMPTY_DRAFT, extras: { mode: 'count' } }), 'counts');
  });

  it('counts alone until another message is written', () => {
    const counting = { ...EMPTY_DRAFT, extras: withLimit({ mode: 'count' }, 'maxHits', 50) };
    assert.deepEqual(withText(counting, 'logMessage', ''), counting);
    assert.equal(withText(counting, 'condition', 'n > 3').extras.mode, 'count');
    assert.deepEqual(withText(counting, 'logMessage', 'n={n}').extras, { filter: { maxHits: 50 } });
    assert.equal(withText({ ...counting, logMessage: 'n={n}' }, 'logMessage', '').extras.mode, undefined);
  });

  it('takes limits and gives them up, others untouched', () => {
    const changed = { filter: { changed: 'n' } };
    const limited = withLimit(withLimit(changed, 'sampling', 10), 'hitsPerSecond', 5);
    assert.deepEqual(limited, { filter: { changed: 'n', sampling: 10 }, limits: { hitsPerSecond: 5 } });
    assert.equal(limitOf(limited, 'sampling'), 10);
    assert.equal(limitsText(limited), 'one in 10, at most 5 a second');
    const none = withLimit(withLimit(limited, 'sampling', undefined), 'hitsPerSecond', undefined);
    assert.deepEqual(none, changed);
    assert.deepEqual(withLimit({}, 'maxHits', undefined), {});
  });

  it('knows where the cursor is by what has changed', () => {
    for (const [before, after] of [
      ['', 'n|'],
      ['n={n} b', 'n={nu|} b'],
      ['n={nu} b', 'n={n|} b'],
      ['{p} {q}', '{p->x|} {q}'],
      ['abc', '|'],
    ] as const)
      assert.equal(cursorAfter(before, after.replace('|', '')), after.indexOf('|'), after);
  });

  it('puts a completion in the place of what was written of it', () => {
    const item = { text: '->stock', start: 4, length: 3, kind: 'member' } as const;
    assert.equal(withCompletion('a={p.st} b', item), 'a={p->stock} b');
  });

  it('tells the column of a problem once', () => {
    const problem = { field: 'condition', severity: 'error', start: 3, length: 1 } as const;
    assert.equal(problemText({ ...problem, message: 'no variable m here' }), 'no variable m here (column 4)');
    assert.equal(problemText({ ...problem, message: 'no m (column 4).' }), 'no m (column 4).');
    assert.equal(problemText({ field: 'line', severity: 'error', message: 'no code' }), 'no code');
  });
});
