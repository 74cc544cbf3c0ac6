import assert from 'node:assert/strict';
import { fixture, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { Tracing, type Value } from './sourcetap';

const PLACE = `graph.c:${probeLine('graph.c', 'walk')}`;

const child = (value: Value, ...names: readonly string[]): Value | undefined =>
  names.reduce<Value | undefined>((at, name) => at?.children?.find((one) => one.name === name), value);

describe('Pointers in a snapshot', function () {
  this.timeout(60_000);
  before(needsKernel);

  it('show the structs that they lead to, whose own pointers are pointers alone', async () => {
    const { hits, stderr } = await new Tracing(PLACE, '--program', fixture('graph.c')).end();
    assert.equal(hits.length, 1, stderr);
    const { first, n } = hits[0]!.values;
    assert.ok(first && n?.value === '5');
    assert.match(first.value!, /^0x[0-9a-f]+$/);
    assert.equal(child(first, 'id')?.value, '1');
    assert.equal(child(first, 'name')?.value, '"one"');
    assert.equal(child(first, 'peer')?.value, first.value);
    assert.equal(child(first, 'peer')?.children, undefined);
    assert.equal(child(first, 'next')?.children, undefined);
  });

  it('and are pointers alone in a message', async () => {
    const { hits } = await new Tracing(PLACE, '--log', '{first}', '--program', fixture('graph.c')).end();
    const { first } = hits[0]!.values;
    assert.match(first!.value!, /^0x[0-9a-f]+$/);
    assert.equal(first!.children, undefined);
  });
});
