import type { Radix } from '../capture/captured';
import { isCharacter } from '../capture/character';
import { gapIn, type ByteGap } from './byteGap';
import {
  byteSize,
  stripped,
  unknownExtent,
  type ArrayType,
  type BitRange,
  type Member,
  type StructType,
  type Type,
  type VariantPart,
} from '../dwarf/type';
import { BoundedText } from './boundedText';
import { quotedString } from './cString';
import { scalarReader } from './scalar';
import { typeName } from '../dwarf/typeName';
import type { NamedValue, RenderedValue, ValueGap } from './value';
import { variantChoice } from './variant';

/** Reads a value from `available` bytes at `offset`, but for the gaps among them. */
export type ValueReader = (
  bytes: DataView,
  offset: number,
  available: number,
  gaps?: readonly ByteGap[],
) => RenderedValue;

/** How values of a type, or the bits of a bit field, are read: made once for a site, used for each record. */
export const valueReader = (type: Type, bits: BitRange | undefined, radix: Radix): ValueReader =>
  new ReaderCompiler(radix).compile(type, bits, 0);

class ReaderCompiler {
  private made = 0;

  constructor(private readonly radix: Radix) {}

  compile(type: Type, bits: BitRange | undefined, depth: number): ValueReader {
    const inner = stripped(type);
    const name = typeName(type);
    if (++this.made > MAX_READERS) return constantReader({ value: '{...}', type: name });
    switch (inner.kind) {
      case 'base':
      case 'enum':
      case 'pointer':
      case 'memberPointer':
        return bounded(scalarReader(inner, bits, this.radix), name);
      case 'struct':
        if (inner.byteSize === undefined)
          return gapReader({ code: 'incompleteType', name: inner.name }, name);
        return depth === MAX_DEPTH
          ? constantReader({ value: '{...}', type: name })
          : this.struct(inner, name, depth);
      case 'array':
        if (byteSize(inner) === undefined)
          return gapReader({ code: 'unknownLength', extent: unknownExtent(inner) }, name);
        if (this.radix === 10 && isText(inner)) return stringReader(inner.count ?? 0, name);
        return depth === MAX_DEPTH
          ? constantReader({ value: '{...}', type: name })
          : this.array(inner, name, depth);
      case 'unsupported':
        return gapReader({ code: 'unsupportedType', tag: inner.tag }, name);
      case 'function':
      case 'void':
      case 'unspecified':
        return gapReader({ code: 'unsupportedType', tag: name }, name);
    }
  }

  private struct(struct: StructType, type: string, depth: number): ValueReader {
    const parts = this.parts(struct, 0, depth);
    return (bytes, offset, available, gaps) => {
      const children = parts.flatMap((read) => read(bytes, offset, available, gaps));
      return { value: summary(children, ({ name, text }) => `${name} = ${text}`, false), type, children };
    };
  }

  private parts(struct: StructType, base: number, depth: number): PartReader[] {
    const parts = this.members(struct.members, base, depth);
    if (struct.variantPart !== undefined) parts.push(this.variants(struct.variantPart, base, depth));
    return parts;
  }

  /** The members, those of anonymous members among them. */
  private members(members: readonly Member[], base: number, depth: number): PartReader[] {
    return members.slice(0, MAX_CHILDREN).flatMap((member) => {
      const { name } = member;
      const offset = member.offset === undefined ? undefined : base + member.offset;
      if (name !== undefined) return [namedPart(name, offset, this.member(member, depth))];
      const inner = stripped(member.type);
      return inner.kind === 'struct' && offset !== undefined && depth < MAX_DEPTH && ++this.made < MAX_READERS
        ? this.parts(inner, offset, depth + 1)
        : [];
    });
  }

  private member(member: Member, depth: number): ValueReader {
    if (member.offset !== undefined) return this.compile(member.type, member.bits, depth + 1);
    const gap: ValueGap =
      member.computed === undefined
        ? { code: 'unsupportedType', tag: member.name ?? typeName(member.type) }
        : { code: 'computedPlace' };
    return gapReader(gap, typeName(member.type));
  }

  /** The members of the variant that the object is. */
  private variants(part: VariantPart, base: number, depth: number): PartReader {
    const choose = variantChoice(part);
    const variants = part.variants.map(({ members }) => this.members(members, base, depth));
    return (bytes, offset, available, gaps = NONE) => {
      const choice = choose(bytes, offset + base, available - base, gaps);
      if (typeof choice !== 'number') return [{ name: VARIANT, unavailable: choice, type: '' }];
      return variants[choice]!.flatMap((read) => read(bytes, offset, available, gaps));
    };
  }

  private array(array: ArrayType, type: string, depth: number): ValueReader {
    const count = array.count ?? 0;
    const stride = array.strideBits ?? 8 * (byteSize(array.element) ?? 0);
    const element = this.elements(array, depth);
    return (bytes, offset, available, gaps) => {
      const whole = stride > 0 ? Math.floor((8 * available) / stride) : 0;
      const shown = Math.min(count, whole, MAX_CHILDREN);
      const children = Array.from({ length: shown }, (_, i) => {
        const { at, read } = element(i * stride);
        return { name: `[${i}]`, ...read(bytes, offset + at, available - at, gaps) };
      });
      return { value: summary(children, ({ text }) => text, shown < count), type, children };
    };
  }

  /** Reads elements by their bit; those that take less than their type's bytes are bit fields. */
  private elements(array: ArrayType, depth: number): (bit: number) => { at: number; read: ValueReader } {
    const size = 8 * (byteSize(array.element) ?? 0);
    const stride = array.strideBits ?? size;
    if (stride % 8 === 0 && stride >= size) {
      const read = this.compile(array.element, undefined, depth + 1);
      return (bit) => ({ at: bit / 8, read });
    }
    const readers = Array.from({ length: 8 }, (_, offset) =>
      this.compile(array.element, { offset, size: Math.min(stride, size) }, depth + 1),
    );
    return (bit) => ({ at: Math.floor(bit / 8), read: readers[bit % 8]! });
  }
}

/** Values of a part of a struct: a member, or those of a variant. */
type PartReader = (
  bytes: DataView,
  offset: number,
  available: number,
  gaps?: readonly ByteGap[],
) => NamedValue[];

const namedPart =
  (name: string, at: number | undefined, read: ValueReader): PartReader =>
  (bytes, offset, available, gaps) => [
    { name, ...read(bytes, offset + (at ?? 0), available - (at ?? 0), gaps) },
  ];

/** Is it an array of `char`? Other types of one byte hold numbers as often as text. */
function isText(array: ArrayType): boolean {
  const element = stripped(array.element);
  return (
    element.kind === 'base' && (element.name === 'char' || element.encoding === 'utf') && isCharacter(element)
  );
}

/** Up to the NUL; an array without one is shown whole. */
function stringReader(count: number, type: string): ValueReader {
  return (bytes, offset, available, gaps = NONE) => {
    const captured = Math.min(count, available);
    const unavailable = gapIn(gaps, offset, captured);
    if (unavailable) return { unavailable, type };
    const text = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, captured);
    const nul = text.indexOf(0);
    const value =
      nul >= 0 ? quotedString(text.subarray(0, nul), false) : quotedString(text, captured < count);
    return { value, type };
  };
}

/** `{...}` around the children's text, cut after MAX_TEXT characters; `more`: there are children that are not given. */
function summary(
  children: readonly NamedValue[],
  format: (child: { name: string; text: string }) => string,
  more: boolean,
): string {
  const text = new BoundedText(MAX_TEXT);
  for (const [i, child] of children.entries()) {
    const part = format({ name: child.name, text: 'value' in child ? child.value : '<unavailable>' });
    if (!text.append(i === 0 ? part : `, ${part}`)) return `{${text.toString()}...}`;
  }
  return `{${text.toString()}${more ? '...' : ''}}`;
}

function bounded(scalar: ReturnType<typeof scalarReader>, type: string): ValueReader {
  if (!scalar) return gapReader({ code: 'unsupportedType', tag: type }, type);
  const { size, text } = scalar;
  return (bytes, offset, available, gaps = NONE) => {
    const unavailable = size > available ? OVER_BUDGET : gapIn(gaps, offset, size);
    return unavailable ? { unavailable, type } : { value: text(bytes, offset), type };
  };
}

const constantReader =
  (value: RenderedValue): ValueReader =>
  () =>
    value;
const gapReader = (unavailable: ValueGap, type: string): ValueReader => constantReader({ unavailable, type });

/** Stands for the members of a variant where it is not known which. */
const VARIANT = '<variant>';
const NONE: readonly ByteGap[] = [];
const OVER_BUDGET: ValueGap = { code: 'overBudget' };
/** Levels of structs and arrays that are opened. */
const MAX_DEPTH = 8;
/** Elements of an array, members of a struct. */
const MAX_CHILDREN = 200;
/** Readers of one expression: what ends types that broken debug information makes endless. */
const MAX_READERS = 5000;
/** Characters of the text of a struct or array. */
const MAX_TEXT = 512;
