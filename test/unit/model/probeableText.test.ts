import assert from 'node:assert/strict';
import { probeableText } from '../../../src/model/probeableText';

describe('what is said of a line that can be traced', () => {
  const text = (copies: number, optimisedOut?: string[]): string =>
    probeableText({ line: 1, copies, probeable: true, ...(optimisedOut && { optimisedOut }) });

  it('is nothing where there is nothing to know', () => {
    assert.equal(text(1), '');
  });

  it('is how many copies there are, and which variables are gone', () => {
    assert.equal(text(3), '3 copies');
    assert.equal(text(1, ['n']), 'n optimised out');
    assert.equal(text(2, ['i', 'n']), '2 copies · i, n optimised out');
  });

  it('names a few variables and counts the others', () => {
    assert.equal(text(1, ['a', 'b', 'c']), 'a, b, c optimised out');
    assert.equal(text(1, ['a', 'b', 'c', 'd', 'e']), 'a, b, c and 2 more optimised out');
  });

  it('is why no probe may go there', () => {
    assert.equal(
      probeableText({ line: 1, copies: 2, probeable: false, reason: 'a lock prefix' }),
      'no probe: a lock prefix',
    );
  });
});
