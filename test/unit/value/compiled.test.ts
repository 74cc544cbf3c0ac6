import assert from 'node:assert/strict';
import type { RenderedValue } from '../../../adapter/value/value';
import { fixture, probeLine, VARIANTS } from '../../fixtures/build';
import { stopAt, type Printed } from './gdb';
import { contextAt, valuesAt } from './stopped';

const EXPRESSIONS = [
  'p', 'p->id', 'p->name', 'p->next', 'p->next->name', 'p->next->weight', 'p->weight', 'p->tag', 'p->next->tag', 'p->tag[1]', '*p->name', 'p->name[2]',
  '(*p).id', 'p[0].id', 'c', 'm', 'm->whole', 'm->low', 'm->high', 'm->kind', 'm->delta', 'm->far', 'm->colour', 'm->access', 'm->corners[1].y', 'm->corners[1]',
  'm->corners', 'm->on', 'm->letter', 'm->ratio', 'm->parts[0]', 'm->parts[1]', 'm->parts[2]', 'm->grid', 'm->grid[1]', 'm->grid[1][2]', '*m->grid[1]',
  'm->compare', 'm->opaque', 'm->names', 'm->names[0]', 'm->names[1]', '*m->names', 'm->nodes[1]->name', 'm->nodes[0]->next->id',
  'mixed.grid[0][1]', 'mixed.nodes[1]->tag', 'counter', 'third', 'last.weight', 'last.tag', 'list.name', 'NAMES[1]', 'n', 's', 'pt', 'pt.x', 'pt.y', 'sum',
]; // prettier-ignore

/** gdb's text in our form: strings without their address, functions without their name, flags without parentheses. */
const asOurs = (text: string): string =>
  text.replace(/^0x[0-9a-f]+ (?=")/, '').replace(/ <.*>$/, '').replace(/^\((.*)\)$/, '$1'); // prettier-ignore

/** Floats are equal as numbers: gdb prints more digits than it takes. */
function assertSame(text: string, value: RenderedValue, printed: Printed): void {
  assert.ok('value' in value, `${text}: ${JSON.stringify(value)}`);
  assert.equal(value.type, printed.type, text);
  if (printed.type === 'double') assert.ok(Object.is(Number(value.value), Number(printed.text)), text);
  else if (printed.type === 'float')
    assert.equal(Math.fround(Number(value.value)), Math.fround(Number(printed.text)), text);
  else assert.equal(value.value, asOurs(printed.text), text);
}

/** What -O2 leaves of the line; the globals among EXPRESSIONS are always there. */
const MIN_AVAILABLE = 8;

describe('captures of a compiled program find what gdb prints', function () {
  this.timeout(60_000);
  for (const variant of VARIANTS) {
    const name = `${variant.compiler} ${variant.flags.join(' ')}`;
    it(name, () => {
      const program = fixture('values.c', variant);
      const stop = stopAt(program, `values.c:${String(probeLine('values.c', 'look'))}`, EXPRESSIONS);
      const values = valuesAt(stop, contextAt(program, stop.address), EXPRESSIONS);
      let available = 0;
      for (const [text, value] of values) {
        const printed = stop.printed.get(text)!;
        const readable = !printed.text.includes('optimized out');
        if (!readable) {
          assert.ok('unavailable' in value, `${text}: ${JSON.stringify(value)}`);
        } else {
          assertSame(text, value, printed);
          available++;
        }
      }
      assert.ok(available >= (name.endsWith('-O0') ? EXPRESSIONS.length : MIN_AVAILABLE), String(available));
    });
  }
});
