/**
 * A few lines to build DWARF: entries as a tree, other sections as bytes, and an ELF file around them.
 *
 *     const info = debugInfo({
 *       units: [unit(entry(TAG.compileUnit, { [AT.name]: text('x.c') }, entry(TAG.variable, ...)))],
 *       sections: { '.debug_ranges': [...] },
 *     });
 */
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import { imageOf } from './program';

export interface Entry {
  readonly tag: number;
  readonly attributes: readonly (readonly [attribute: number, value: Value])[];
  readonly children: readonly Entry[];
  /** For `to`. */
  readonly label: string | undefined;
}

/** DW_FORM_ code and the bytes of the value, which may depend on where labelled entries are. */
export interface Value {
  readonly form: number;
  readonly bytes:
    readonly number[] | ((places: Places, encoding: Required<UnitOptions>) => readonly number[]);
  /** Of DW_FORM_implicit_const. */
  readonly implicit?: number;
}

/** Offsets of labelled entries in .debug_info, and of their units. */
interface Places {
  readonly entries: ReadonlyMap<string, number>;
  readonly unit: number;
}

export interface UnitOptions {
  readonly version?: number;
  readonly offsetSize?: 4 | 8;
  /** DW_UT_ of version 5; 2 makes a type unit. */
  readonly type?: number;
  /** Of a type unit; the dwo_id of a skeleton (4) or split unit (5). */
  readonly signature?: bigint;
  /** Label of a type unit's type. */
  readonly typeEntry?: string;
}
export interface Unit {
  readonly root: Entry;
  readonly options: Required<UnitOptions>;
}

export const little = (value: number | bigint, size: number): number[] =>
  Array.from({ length: size }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 0xffn));

export function uleb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(Math.floor(value / 128))];
}
export function sleb(value: number): number[] {
  const low = value & 0x7f;
  const rest = Math.floor(value / 128);
  const done = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return done ? [low] : [low | 0x80, ...sleb(rest)];
}

export const form = (code: number, ...bytes: number[]): Value => ({ form: code, bytes });
export const address = (value: number): Value => form(0x01, ...little(value, 8));
export const data1 = (value: number): Value => form(0x0b, value);
export const data8 = (value: number | bigint): Value => form(0x07, ...little(value, 8));
export const sdata = (value: number): Value => form(0x0d, ...sleb(value));
export const udata = (value: number): Value => form(0x0f, ...uleb(value));
export const text = (value: string): Value => form(0x08, ...Buffer.from(value), 0);
export const flag: Value = form(0x19);
export const expression = (...bytes: number[]): Value => form(0x18, ...uleb(bytes.length), ...bytes);
export const sectionOffset = (value: number): Value => ({
  form: 0x17,
  bytes: (_, { offsetSize }) => little(value, offsetSize),
});
/** DW_FORM_ref4 in the same unit. */
export const to = (label: string): Value => ({
  form: 0x13,
  bytes: ({ entries, unit: start }) => little((entries.get(label) ?? 0) - start, 4),
});
/** DW_FORM_ref_addr into any unit. */
export const toAny = (label: string): Value => ({
  form: 0x10,
  bytes: ({ entries }, { offsetSize }) => little(entries.get(label) ?? 0, offsetSize),
});

export function entry(
  tag: number,
  attributes: Readonly<Record<number, Value>> | readonly (readonly [number, Value])[],
  ...children: Entry[]
): Entry {
  const pairs = Array.isArray(attributes)
    ? (attributes as readonly (readonly [number, Value])[])
    : Object.entries(attributes as Readonly<Record<number, Value>>).map(
        ([attribute, value]) => [Number(attribute), value] as const,
      );
  return { tag, attributes: pairs, children, label: undefined };
}
export const labelled = (label: string, made: Entry): Entry => ({ ...made, label });

export const unit = (root: Entry, options: UnitOptions = {}): Unit => ({
  root,
  options: { version: 5, offsetSize: 4, type: 1, signature: 0n, typeEntry: '', ...options },
});

export interface File {
  readonly units: readonly Unit[];
  readonly sections?: Readonly<Record<string, readonly number[]>>;
}

/** @throws if there are no units */
export const debugInfo = (file: File): DebugInfo => DebugInfo.open(imageOf(elfFile(file)))!;

export function elfFile({ units, sections = {} }: File): Uint8Array {
  const abbreviations: number[] = [];
  const unresolved: Places = { entries: new Map(), unit: 0 };
  // Sizes do not depend on values, so a first pass over zeros finds the labels.
  const entries = new Map<string, number>();
  let offset = 0;
  for (const each of units) offset += encodeUnit(each, offset, [], unresolved, entries).length;
  const info: number[] = [];
  for (const each of units)
    for (const byte of encodeUnit(
      each,
      info.length,
      abbreviations,
      { entries, unit: info.length },
      new Map(),
    ))
      info.push(byte);
  return elf({ '.debug_info': info, '.debug_abbrev': abbreviations, ...sections });
}

function encodeUnit(
  { root, options }: Unit,
  start: number,
  abbreviations: number[],
  places: Places,
  labels: Map<string, number>,
): number[] {
  const { version, offsetSize, type, signature, typeEntry } = options;
  const table = little(abbreviations.length, offsetSize);
  const typeOffset = (places.entries.get(typeEntry) ?? start) - start;
  const isType = type === 2;
  const header = [
    ...little(version, 2),
    ...(version >= 5 ? [type, 8, ...table] : [...table, 8]),
    ...(type === 4 || type === 5 ? little(signature, 8) : []),
    ...(isType ? [...little(signature, 8), ...little(typeOffset, offsetSize)] : []),
  ];
  const prefix = offsetSize === 8 ? 12 : 4;
  let code = 0;
  const body: number[] = [];
  const write = ({ tag, attributes, children, label }: Entry): void => {
    if (label !== undefined) labels.set(label, start + prefix + header.length + body.length);
    code++;
    abbreviations.push(...uleb(code), ...uleb(tag), children.length > 0 ? 1 : 0);
    body.push(...uleb(code));
    for (const [attribute, { form: number, bytes, implicit }] of attributes) {
      abbreviations.push(
        ...uleb(attribute),
        ...uleb(number),
        ...(number === 0x21 ? sleb(implicit ?? 0) : []),
      );
      for (const byte of typeof bytes === 'function' ? bytes(places, options) : bytes) body.push(byte);
    }
    abbreviations.push(0, 0);
    children.forEach(write);
    if (children.length > 0) body.push(0);
  };
  write(root);
  abbreviations.push(0);
  const length = header.length + body.length;
  return [
    ...(offsetSize === 8 ? [255, 255, 255, 255] : []),
    ...little(length, offsetSize),
    ...header,
    ...body,
  ];
}

/** An ELF64 executable for x86-64 with these sections and no program headers. */
function elf(sections: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const names = [...Object.keys(sections), '.shstrtab'];
  const strings = Buffer.from(`\0${names.join('\0')}\0`);
  const bodies = [...Object.values(sections), [...strings]];
  let place = ELF_HEADER;
  const headers = bodies.map((body, index) => {
    const header = sectionHeader(strings.indexOf(`\0${names[index]!}\0`) + 1, place, body.length);
    place += body.length;
    return header;
  });
  const identity = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...little(0, 9)];
  const counts = [ELF_HEADER, 56, 0, SECTION_HEADER, bodies.length + 1, bodies.length];
  return Uint8Array.from([
    ...identity,
    ...little(2, 2),
    ...little(62, 2),
    ...little(1, 4),
    ...little(0, 8),
    ...little(0, 8),
    ...little(place, 8),
    ...little(0, 4),
    ...counts.flatMap((count) => little(count, 2)),
    ...bodies.flat(),
    ...little(0, SECTION_HEADER),
    ...headers.flat(),
  ]);
}

const ELF_HEADER = 64;
const SECTION_HEADER = 64;
const sectionHeader = (name: number, offset: number, size: number): number[] => [
  ...little(name, 4),
  ...little(1, 4), // SHT_PROGBITS
  ...little(0, 8),
  ...little(0, 8),
  ...little(offset, 8),
  ...little(size, 8),
  ...little(0, 4),
  ...little(0, 4),
  ...little(1, 8),
  ...little(0, 8),
];
