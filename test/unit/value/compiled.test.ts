import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DEFAULT_CAPTURE_LIMITS } from '../../../adapter/capture/captured';
import { lowerSite } from '../../../adapter/capture/site';
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import type { AddressContext } from '../../../adapter/dwarf/scope';
import { virtualAddress } from '../../../adapter/elf/address';
import type { ByteSource } from '../../../adapter/elf/byteSource';
import { ElfImage } from '../../../adapter/elf/image';
import { parseExpression } from '../../../adapter/expression/message';
import { typeExpression } from '../../../adapter/expression/typed';
import { compileReader } from '../../../adapter/value/reader';
import type { RenderedValue } from '../../../adapter/value/value';
import { fixture, probeLine, VARIANTS } from '../../fixtures/build';
import { record } from '../capture/interpreter';
import { stopAt, type Printed, type Stop } from './gdb';

const EXPRESSIONS = [
  'p', 'p->id', 'p->name', 'p->next', 'p->next->name', 'p->next->weight', 'p->weight', 'p->tag', 'p->next->tag', 'p->tag[1]', '*p->name', 'p->name[2]',
  '(*p).id', 'p[0].id', 'c', 'm', 'm->whole', 'm->low', 'm->high', 'm->kind', 'm->delta', 'm->far', 'm->colour', 'm->access', 'm->corners[1].y', 'm->corners[1]',
  'm->corners', 'm->on', 'm->letter', 'm->ratio', 'm->parts[0]', 'm->parts[1]', 'm->parts[2]', 'm->grid', 'm->grid[1]', 'm->grid[1][2]', '*m->grid[1]',
  'm->compare', 'm->opaque', 'm->names', 'm->names[0]', 'm->names[1]', '*m->names', 'm->nodes[1]->name', 'm->nodes[0]->next->id',
  'mixed.grid[0][1]', 'mixed.nodes[1]->tag', 'counter', 'third', 'last.weight', 'last.tag', 'list.name', 'NAMES[1]', 'n', 's', 'pt', 'pt.x', 'pt.y', 'sum',
]; // prettier-ignore
function contextAt(program: string, address: number): AddressContext {
  const bytes = readFileSync(program);
  const source: ByteSource = {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
  const context = DebugInfo.open(ElfImage.parse(source))?.contextAt(virtualAddress(address));
  assert.ok(context);
  return context;
}

function valuesAt(stop: Stop, context: AddressContext, texts: readonly string[]): Map<string, RenderedValue> {
  const values = texts.map((text) => {
    const expression = { text, typed: typeExpression(parseExpression(text), context) };
    const site = lowerSite([expression], context, DEFAULT_CAPTURE_LIMITS);
    const { view, offset } = record(site.program.captures, stop);
    return [text, compileReader(site)(view, offset)[0]!] as const;
  });
  return new Map(values);
}

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
