import assert from 'node:assert/strict';
import { runOf } from '../corpus/runs';
import { compareValues } from '../corpus/values';
import { needsKernel } from './available';

describe('Variables of a running program have the values that gdb finds at the same stops', function () {
  this.timeout(120_000);
  before(needsKernel);

  for (const name of ['lua-gcc12-O0-dw5', 'lua-gcc12-O2-dw5', 'lua-clang14-O2-dw5', 'inst-gcc12-O2'])
    it(`in ${name}, at the first hit of sampled statements`, () => {
      const { wrong, stops, variables } = compareValues(runOf(name), 150);
      assert.ok(stops > 30 && variables > 100, `${stops} stops, ${variables} variables`);
      assert.deepEqual(wrong, []);
    });
});
