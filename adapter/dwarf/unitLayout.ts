import type { Cursor } from '../elf/cursor';
import type { Encoding } from './form';

/**
 * The header of a unit (DWARF 5, 7.5.1).
 *
 *     versions 2-4:  unit_length | version u16 | debug_abbrev_offset | address_size u8
 *     version 5:     unit_length | version u16 | unit_type u8 | address_size u8 | debug_abbrev_offset
 *     then, in type units:              type_signature u64 | type_offset
 *     in skeletons and their partners:  dwo_id u64
 */
export interface UnitLayout {
  readonly section: string;
  /** Bytes from the start of the section: of the header, of the first DIE, and past the last. */
  readonly offset: number;
  readonly firstDie: number;
  readonly end: number;
  readonly encoding: Encoding;
  readonly type: UnitType;
  readonly abbreviations: number;
  /** Of a type unit: its signature, and the type's DIE from the start of the unit. */
  readonly signature: bigint | undefined;
  readonly typeOffset: number | undefined;
  /** What a skeleton and its split unit have in common, in version 5. */
  readonly dwoId: bigint | undefined;
}

/** DW_UT_* (DWARF 5, 7.5.1). */
const UNIT_TYPES = {
  1: 'compile',
  2: 'type',
  3: 'partial',
  4: 'skeleton',
  5: 'splitCompile',
  6: 'splitType',
} as const;
export type UnitType = (typeof UNIT_TYPES)[keyof typeof UNIT_TYPES];

/** More than any header has. */
export const MAX_UNIT_HEADER = 48;

/** Reads how long a unit is. @throws DecodeError `truncated`, `badEncoding` */
export function readUnitLength(cursor: Cursor): { readonly length: number; readonly offsetSize: 4 | 8 } {
  const length = cursor.u32();
  if (length === 0xffff_ffff) return { length: cursor.u64AsNumber(), offsetSize: 8 };
  if (length >= 0xffff_fff0) throw cursor.error('badEncoding', 'reserved unit length');
  return { length, offsetSize: 4 };
}

/**
 * Reads a header.
 * @param end offset past the unit
 * @throws DecodeError `truncated`, `badVersion`, `badEncoding`
 */
export function readUnitLayout(cursor: Cursor, section: string, offset: number, end: number): UnitLayout {
  const { offsetSize } = readUnitLength(cursor);
  const version = cursor.u16();
  if (version < 2 || version > 5) throw cursor.error('badVersion', `unit of version ${version}`);
  const code = version === 5 ? cursor.u8() : section.startsWith('.debug_types') ? 2 : 1;
  const type = (UNIT_TYPES as Partial<Record<number, UnitType>>)[code];
  if (type === undefined) throw cursor.error('badEncoding', `unit of type ${code}`);
  const early = version === 5 ? cursor.u8() : 0;
  const abbreviations = cursor.sectionOffset(offsetSize);
  const addressSize = version === 5 ? early : cursor.u8();
  if (addressSize !== 8 && addressSize !== 4)
    throw cursor.error('badEncoding', `address of ${addressSize} bytes`);
  const isType = type === 'type' || type === 'splitType';
  const hasId = version === 5 && (type === 'skeleton' || type === 'splitCompile');
  const id = isType || hasId ? cursor.u64() : undefined;
  const typeOffset = isType ? cursor.sectionOffset(offsetSize) : undefined;
  return {
    section,
    offset,
    firstDie: cursor.offset,
    end,
    encoding: { version, addressSize, offsetSize },
    type,
    abbreviations,
    signature: isType ? id : undefined,
    typeOffset,
    dwoId: hasId ? id : undefined,
  };
}
