import assert from 'node:assert/strict';
import { columnsOf } from '../../../src/model/columns';

describe('columns of a text', () => {
  it('are its characters', () => {
    assert.equal(columnsOf(''), 0);
    assert.equal(columnsOf('n = 42 · "naïve" (1–13 ▁▅█)'), 27);
  });

  it('go to the next stop at a tab', () => {
    assert.equal(columnsOf('\tx', 4), 5);
    assert.equal(columnsOf('ab\tx', 4), 5);
    assert.equal(columnsOf('abcd\tx', 8), 9);
  });

  it('are two for wide characters, however many units they have', () => {
    assert.equal(columnsOf('漢字'), 4);
    assert.equal(columnsOf('한글'), 4);
    assert.equal(columnsOf('カナ、'), 6);
    assert.equal(columnsOf('Ａ'), 2);
    assert.equal(columnsOf('🦀!'), 3);
  });
});
