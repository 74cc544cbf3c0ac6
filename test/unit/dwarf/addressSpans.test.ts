import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AddressSpans } from '../../../adapter/dwarf/addressSpans';
import { virtualAddress } from '../../../adapter/elf/address';

describe('Address spans', () => {
  const span = fc.tuple(fc.nat(20), fc.nat(20)).map(([low, high]) => [low, high] as const);
  const of = (spans: readonly (readonly [number, number])[]): AddressSpans<number> =>
    new AddressSpans(
      spans.map(([low, high], holder) => ({ low: virtualAddress(low), high: virtualAddress(high), holder })),
    );

  it('that overlap give the one that starts last, and of those that start together the last one', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
        const found = of(spans);
        for (let address = -1; address <= 21; address++) {
          const covering = spans
            .map(([low, high], index) => ({ low, high, index }))
            .filter(({ low, high }) => low <= address && address < high);
          const last = Math.max(...covering.map(({ low }) => low));
          assert.equal(
            found.at(virtualAddress(address)),
            covering.filter(({ low }) => low === last).at(-1)?.index,
          );
        }
      }),
    );
  });

  it('are found as fast where many are around one another', () => {
    const count = 100_000;
    const nested = Array.from({ length: count }, (_, n) => [n, n === 0 ? 4 * count : n + 1] as const);
    const found = of(nested);
    for (let address = count; address < 3 * count; address++)
      assert.equal(found.at(virtualAddress(address)), 0);
  });
});
