import assert from 'node:assert/strict';
import { Cursor } from '../../../adapter/elf/cursor';
import { StringTable } from '../../../adapter/dwarf/stringTable';

/** A section of these strings, what of it was read, and where each string starts. */
function sectionOf(strings: readonly string[]): { table: StringTable; offsets: number[]; read: string[] } {
  const bytes = Buffer.from(strings.map((text) => `${text}\0`).join(''));
  const offsets = strings.map((_, index) =>
    strings.slice(0, index).reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0),
  );
  const read: string[] = [];
  const table = new StringTable({
    size: bytes.length,
    slice: (offset, length) => {
      read.push('piece');
      return bytes.subarray(offset, offset + length);
    },
    whole: () => {
      read.push('whole');
      return new Cursor(bytes, '.debug_str');
    },
  });
  return { table, offsets, read };
}

describe('strings of a section', () => {
  it('are read one by one, and those of all units once', () => {
    const { table, offsets, read } = sectionOf(['GNU C++17', 'main', 'größer']);
    for (let unit = 0; unit < 1000; unit++) assert.equal(table.at(offsets[0]!), 'GNU C++17');
    assert.deepEqual([table.at(offsets[1]!), table.at(offsets[2]!)], ['main', 'größer']);
    assert.deepEqual(read, ['piece', 'piece', 'piece']);
  });

  it('are read as a whole once there are many, or long ones', () => {
    const names = Array.from({ length: 500 }, (_, index) => `name${index}`);
    const many = sectionOf(names);
    for (const round of [1, 2])
      assert.deepEqual(
        many.offsets.map((offset) => many.table.at(offset)),
        names,
        `round ${round}`,
      );
    assert.equal(many.read.filter((what) => what === 'whole').length, 1);
    const template = `Map<${'int, '.repeat(2000)}int>`;
    const long = sectionOf(['a', template]);
    assert.deepEqual(
      [1, 1, 0].map((index) => long.table.at(long.offsets[index]!)),
      [template, template, 'a'],
    );
    assert.deepEqual(long.read, ['piece', 'whole']);
  });

  it('that are not in the section are an error that says where', () => {
    const { table } = sectionOf(['a']);
    assert.throws(() => table.at(100), { code: 'outOfRange', section: '.debug_str' });
  });
});
