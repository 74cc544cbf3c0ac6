import assert from 'node:assert/strict';
import { expressionInList } from '../../../adapter/dwarf/locationList';
import type { FormValue } from '../../../adapter/dwarf/form';
import type { Unit } from '../../../adapter/dwarf/unit';
import { virtualAddress } from '../../../adapter/elf/address';
import { Cursor } from '../../../adapter/elf/cursor';
import { DecodeError } from '../../../adapter/elf/decodeError';
import { uleb } from './builder';

const OFFSET_PAIR = 4;
const END = 0;
/** DW_OP_lit0 + n for the addresses from 16 * n. */
const LIST = Uint8Array.from([
  ...[0, 1, 2].flatMap((n) => [OFFSET_PAIR, ...uleb(16 * n), ...uleb(16 * n + 16), 1, 0x30 + n]),
  END,
]);

/** A unit of DWARF 5 with this section of location lists, and how often lists of it were entered. */
function unitWith(section: Uint8Array): { unit: Unit; entered: () => number } {
  let entered = 0;
  const unit = {
    encoding: { version: 5, addressSize: 8, offsetSize: 4 },
    baseAddress: virtualAddress(0),
    sections: { isSplit: false },
    sectionOffsetOf: ({ value }: { value: number }) => value,
    decodeAt: <T>(name: string, offset: number, decode: (cursor: Cursor) => T): T => {
      entered++;
      return decode(new Cursor(section, name, 0, offset));
    },
  };
  return { unit: unit as unknown as Unit, entered: () => entered };
}
const at = (value: number): FormValue => ({ kind: 'sectionOffset', value });

describe('A location list that many variables have', () => {
  it('is read once for an address', () => {
    const { unit, entered } = unitWith(LIST);
    for (const [address, operation] of [
      [5, 0x30],
      [40, 0x32],
      [5, 0x30],
    ] as const) {
      const before = entered();
      for (let variable = 0; variable < 1000; variable++)
        assert.equal(expressionInList(unit, at(0), virtualAddress(address))!.u8(), operation);
      assert.equal(entered(), before + 1);
    }
    assert.equal(expressionInList(unit, at(0), virtualAddress(48)), undefined);
  });

  it('is another one at another offset, and in another unit', () => {
    const { unit } = unitWith(Uint8Array.of(...LIST, OFFSET_PAIR, 0, 64, 1, 0x3f, END));
    const other = unitWith(Uint8Array.of(OFFSET_PAIR, 0, 64, 1, 0x3e, END)).unit;
    const found = [at(0), at(LIST.length)].map((list) => expressionInList(unit, list, virtualAddress(5)));
    assert.deepEqual([...found, expressionInList(other, at(0), virtualAddress(5))].map((cursor) => cursor!.u8()), [0x30, 0x3f, 0x3e]); // prettier-ignore
  });

  it('is damaged for all of them, and read once', () => {
    const { unit, entered } = unitWith(LIST.subarray(0, LIST.length - 1));
    for (let variable = 0; variable < 1000; variable++)
      assert.throws(
        () => expressionInList(unit, at(0), virtualAddress(48)),
        (error) => error instanceof DecodeError && error.code === 'truncated',
      );
    assert.equal(entered(), 1);
  });
});
