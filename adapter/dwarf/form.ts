import type { VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import type { Cursor } from '../elf/cursor';

/** What the size of a value depends on, besides its form. */
export interface Encoding {
  readonly version: number;
  readonly addressSize: number;
  /** 4 in 32-bit DWARF, 8 in 64-bit DWARF (DWARF 5, 7.4). */
  readonly offsetSize: 4 | 8;
}

/** An attribute's value as it is encoded; indices and offsets are resolved by the unit. */
export type FormValue =
  | { readonly kind: 'address'; readonly value: VirtualAddress }
  /** `width`: bytes of a DW_FORM_data*, else undefined. Those are zero-extended. */
  | { readonly kind: 'constant'; readonly value: bigint; readonly width: number | undefined }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  /** `offset`: of the first byte, in the section that it was read from. */
  | { readonly kind: 'block' | 'expression'; readonly value: Uint8Array; readonly offset: number }
  | { readonly kind: 'signature'; readonly value: bigint }
  | { readonly kind: NumberKind; readonly value: number };

type NumberKind =
  | 'addressIndex'
  | 'stringOffset'
  | 'lineStringOffset'
  | 'stringIndex'
  | 'unitReference'
  | 'infoReference'
  | 'sectionOffset'
  | 'locationListIndex'
  | 'rangeListIndex'
  | 'supplementaryReference'
  | 'supplementaryString';

/** How a value is laid out: so many bytes, or as named. */
type Layout =
  | number
  | 'address'
  | 'offset'
  | 'reference' // an address in DWARF 2, an offset since
  | 'uleb'
  | 'sleb'
  | 'text'
  | 'block1'
  | 'block2'
  | 'block4'
  | 'block'
  | 'implicit'
  | 'indirect';

export interface Form {
  readonly name: string;
  readonly layout: Layout;
  readonly kind: FormValue['kind'];
}

/** DWARF 5, 7.5.5 and 7.5.6, and the GNU forms of split and supplementary files. */
const FORMS: Readonly<Record<number, readonly [name: string, layout: Layout, kind: FormValue['kind']]>> = {
  0x01: ['addr', 'address', 'address'],
  0x03: ['block2', 'block2', 'block'],
  0x04: ['block4', 'block4', 'block'],
  0x05: ['data2', 2, 'constant'],
  0x06: ['data4', 4, 'constant'],
  0x07: ['data8', 8, 'constant'],
  0x08: ['string', 'text', 'text'],
  0x09: ['block', 'block', 'block'],
  0x0a: ['block1', 'block1', 'block'],
  0x0b: ['data1', 1, 'constant'],
  0x0c: ['flag', 1, 'flag'],
  0x0d: ['sdata', 'sleb', 'constant'],
  0x0e: ['strp', 'offset', 'stringOffset'],
  0x0f: ['udata', 'uleb', 'constant'],
  0x10: ['ref_addr', 'reference', 'infoReference'],
  0x11: ['ref1', 1, 'unitReference'],
  0x12: ['ref2', 2, 'unitReference'],
  0x13: ['ref4', 4, 'unitReference'],
  0x14: ['ref8', 8, 'unitReference'],
  0x15: ['ref_udata', 'uleb', 'unitReference'],
  0x16: ['indirect', 'indirect', 'constant'],
  0x17: ['sec_offset', 'offset', 'sectionOffset'],
  0x18: ['exprloc', 'block', 'expression'],
  0x19: ['flag_present', 0, 'flag'],
  0x1a: ['strx', 'uleb', 'stringIndex'],
  0x1b: ['addrx', 'uleb', 'addressIndex'],
  0x1c: ['ref_sup4', 4, 'supplementaryReference'],
  0x1d: ['strp_sup', 'offset', 'supplementaryString'],
  0x1e: ['data16', 16, 'block'],
  0x1f: ['line_strp', 'offset', 'lineStringOffset'],
  0x20: ['ref_sig8', 8, 'signature'],
  0x21: ['implicit_const', 'implicit', 'constant'],
  0x22: ['loclistx', 'uleb', 'locationListIndex'],
  0x23: ['rnglistx', 'uleb', 'rangeListIndex'],
  0x24: ['ref_sup8', 8, 'supplementaryReference'],
  0x25: ['strx1', 1, 'stringIndex'],
  0x26: ['strx2', 2, 'stringIndex'],
  0x27: ['strx3', 3, 'stringIndex'],
  0x28: ['strx4', 4, 'stringIndex'],
  0x29: ['addrx1', 1, 'addressIndex'],
  0x2a: ['addrx2', 2, 'addressIndex'],
  0x2b: ['addrx3', 3, 'addressIndex'],
  0x2c: ['addrx4', 4, 'addressIndex'],
  0x1f01: ['GNU_addr_index', 'uleb', 'addressIndex'],
  0x1f02: ['GNU_str_index', 'uleb', 'stringIndex'],
  0x1f20: ['GNU_ref_alt', 'offset', 'supplementaryReference'],
  0x1f21: ['GNU_strp_alt', 'offset', 'supplementaryString'],
};

const forms = new Map<number, Form>(
  Object.entries(FORMS).map(([code, [name, layout, kind]]) => [
    Number(code),
    { name: `DW_FORM_${name}`, layout, kind },
  ]),
);

export const formOfCode = (code: number): Form | undefined => forms.get(code);

/** Bytes of every value of this form; undefined where each value says. */
export function fixedSize({ layout }: Form, encoding: Encoding): number | undefined {
  if (typeof layout === 'number') return layout;
  switch (layout) {
    case 'address':
      return encoding.addressSize;
    case 'offset':
      return encoding.offsetSize;
    case 'reference':
      return encoding.version === 2 ? encoding.addressSize : encoding.offsetSize;
    case 'implicit':
      return 0;
    default:
      return undefined;
  }
}

/** Moves past one value. @throws DecodeError `truncated`, `badForm` */
export function skipForm(cursor: Cursor, form: Form, encoding: Encoding): void {
  const size = fixedSize(form, encoding);
  if (size !== undefined) {
    cursor.skip(size);
    return;
  }
  switch (form.layout) {
    case 'uleb':
    case 'sleb':
      skipLeb128(cursor);
      return;
    case 'text':
      cursor.stringBytes();
      return;
    case 'indirect':
      skipForm(cursor, indirectForm(cursor), encoding);
      return;
    default:
      cursor.skip(blockLength(cursor, form));
  }
}

function skipLeb128(cursor: Cursor): void {
  for (let length = 0; length < MAX_LEB128_BYTES; length++) if (cursor.u8() < 0x80) return;
  throw cursor.error('badEncoding', 'LEB128 over 10 bytes');
}

/**
 * Reads one value. `implicit` is the value that DW_FORM_implicit_const has in the abbreviation.
 * @throws DecodeError `truncated`, `badForm`, `badEncoding`
 */
export function readForm(cursor: Cursor, form: Form, encoding: Encoding, implicit = 0n): FormValue {
  const { kind } = form;
  switch (kind) {
    case 'address':
      return { kind, value: virtualAddress(cursor.address(encoding.addressSize)) };
    case 'constant':
      return readConstant(cursor, form, encoding, implicit);
    case 'flag':
      return { kind, value: form.layout === 0 || cursor.u8() !== 0 };
    case 'text':
      return { kind, value: cursor.string() };
    case 'block':
    case 'expression': {
      const length = form.layout === 16 ? 16 : blockLength(cursor, form);
      const { offset } = cursor;
      return { kind, value: cursor.take(length), offset };
    }
    case 'signature':
      return { kind, value: cursor.u64() };
    default:
      return { kind, value: readNumber(cursor, form, encoding) };
  }
}

function readConstant(cursor: Cursor, form: Form, encoding: Encoding, implicit: bigint): FormValue {
  const kind = 'constant';
  switch (form.layout) {
    case 'uleb':
      return { kind, value: cursor.ulebBig(), width: undefined };
    case 'sleb':
      return { kind, value: cursor.slebBig(), width: undefined };
    case 'implicit':
      return { kind, value: implicit, width: undefined };
    case 'indirect':
      return readForm(cursor, indirectForm(cursor), encoding);
    case 8:
      return { kind, value: cursor.u64(), width: 8 };
    default:
      return { kind, value: BigInt(readNumber(cursor, form, encoding)), width: form.layout as number };
  }
}

function readNumber(cursor: Cursor, form: Form, encoding: Encoding): number {
  const size = fixedSize(form, encoding);
  switch (size) {
    case undefined:
      return cursor.uleb();
    case 1:
      return cursor.u8();
    case 2:
      return cursor.u16();
    case 3:
      return cursor.u24();
    case 4:
      return cursor.u32();
    case 8:
      return cursor.u64AsNumber();
    default:
      throw cursor.error('badForm', `${form.name} of ${size} bytes`);
  }
}

function blockLength(cursor: Cursor, form: Form): number {
  switch (form.layout) {
    case 'block1':
      return cursor.u8();
    case 'block2':
      return cursor.u16();
    case 'block4':
      return cursor.u32();
    default:
      return cursor.uleb();
  }
}

/** DW_FORM_indirect: the form stands before the value. It may not name itself, nor a form whose value is elsewhere. */
function indirectForm(cursor: Cursor): Form {
  const code = cursor.uleb();
  const form = formOfCode(code);
  if (form === undefined || form.layout === 'indirect' || form.layout === 'implicit')
    throw cursor.error('badForm', `DW_FORM_indirect to 0x${code.toString(16)}`);
  return form;
}

/** Bytes of the longest LEB128 that 64 bits need. */
const MAX_LEB128_BYTES = 10;
