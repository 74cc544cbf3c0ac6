import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openProgram } from '../../../adapter/symbols/module';
import { lua } from '../../corpus/corpus';

describe('the memory that debug information takes', () => {
  it('is free once the module is closed', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const debug = useAndClose();
    // A WeakRef holds its target to the end of the turn that looked at it, compiled code until it is thrown away.
    for (let turns = 0; turns < 50 && debug.deref() !== undefined; turns++) {
      await new Promise((turn) => setTimeout(turn, 20));
      collect();
    }
    assert.equal(debug.deref(), undefined);
  });
});

/** Asks for lines, variables, types and functions. */
function useAndClose(): WeakRef<object> {
  const module = openProgram(lua());
  const debug = module.debug!;
  const found = debug.lines.resolve('lvm.c', 1200);
  assert.ok(found.ok);
  const context = debug.info.contextAt(found.sites[0]!.address)!;
  assert.ok(context.locals().some(({ location }) => location.kind !== 'unavailable'));
  assert.ok(context.lookup('luaT_typenames_') !== undefined);
  assert.equal(debug.info.functionsNamed('luaV_execute').length, 1);
  module.close();
  return new WeakRef(debug);
}
