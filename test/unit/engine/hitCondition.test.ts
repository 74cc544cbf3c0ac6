import assert from 'node:assert/strict';
import { parseHitCondition } from '../../../adapter/engine/hitCondition';

describe('a hit condition', () => {
  for (const [text, operator, value] of [
    ['3', '==', 3],
    ['=3', '==', 3],
    [' == 3 ', '==', 3],
    ['>0', '>', 0],
    ['>= 10', '>=', 10],
    ['<2', '<', 2],
    ['<=1', '<=', 1],
    ['%7', '%', 7],
  ] as const)
    it(`"${text}" is read`, () => {
      assert.deepEqual(parseHitCondition(text), { operator, value });
    });

  for (const text of ['', '0', '=0', '<1', '<=0', '%0', '-1', 'x', '1.5', '3 4', '!= 3', '1234567890123456'])
    it(`"${text}" is refused: no hit would meet it, or it means nothing`, () => {
      assert.equal(parseHitCondition(text), undefined);
    });
});
