import type { Nested, Radix } from '../capture/captured';
import { gapIn, type ByteGap } from './byteGap';
import {
  byteSize,
  stripped,
  unknownExtent,
  type ArrayType,
  type BitRange,
  type Member,
  type PointerType,
  type StructType,
  type Type,
  type VariantPart,
} from '../dwarf/type';
import type { HeldRecord } from './heldRecord';
import {
  constantReader,
  contentsOf,
  gapReader,
  nestedIn,
  OVER_BUDGET,
  type PartCompiler,
  type ValueReader,
} from './library/compiler';
import { dynamicObjectReader, dynamicPointerReader } from './library/dynamic';
import { followedReader } from './library/pointer';
import { libraryReader } from './library/reader';
import { MAX_CHILDREN } from './library/sequence';
import { stringReader } from './library/string';
import { namedCharacter, scalarReader } from './scalar';
import { typeName } from '../dwarf/typeName';
import { rustText, structText } from './rustText';
import { summary, unnamed } from './summary';
import { isText, textReader } from './textArray';
import { namedValue, type NamedValue, type ValueGap } from './value';
import { variantChoice } from './variant';

/** How values of a type, or the bits of a bit field, are read: made once for a site, used for each record. */
export const valueReader = (
  type: Type,
  bits: BitRange | undefined,
  radix: Radix,
  held: HeldRecord,
  nested: readonly Nested[] = NOTHING,
): ValueReader => new ReaderCompiler(radix, held).compile(type, bits, 0, nested);

class ReaderCompiler {
  private made = 0;

  constructor(
    private readonly radix: Radix,
    private readonly held: HeldRecord,
  ) {}

  /** @param nested what was captured of the contents of objects within the value */
  compile(
    type: Type,
    bits: BitRange | undefined,
    depth: number,
    nested: readonly Nested[],
    isBase = false,
  ): ValueReader {
    const inner = stripped(type);
    const name = typeName(type);
    if (++this.made > MAX_READERS) return constantReader({ value: '{...}', type: name });
    switch (inner.kind) {
      case 'pointer':
        return this.pointer(inner, bits, name, depth, nested);
      case 'base':
        return bounded(scalarReader(namedCharacter(type, inner), bits, this.radix, this.held.symbols), name);
      case 'enum':
      case 'memberPointer':
        return bounded(scalarReader(inner, bits, this.radix, this.held.symbols), name);
      case 'struct':
        if (inner.byteSize === undefined)
          return gapReader({ code: 'incompleteType', name: inner.name }, name);
        return depth === MAX_DEPTH
          ? constantReader({ value: '{...}', type: name })
          : (this.library(inner, name, depth, nested) ?? this.struct(inner, name, depth, nested, isBase));
      case 'array':
        if (byteSize(inner) === undefined)
          return gapReader({ code: 'unknownLength', extent: unknownExtent(inner) }, name);
        if (this.radix === 10 && isText(inner)) return textReader(inner, name);
        return depth === MAX_DEPTH
          ? constantReader({ value: '{...}', type: name })
          : this.array(inner, name, depth, nested);
      case 'unsupported':
        return gapReader({ code: 'unsupportedType', tag: inner.tag }, name);
      case 'function':
      case 'void':
      case 'unspecified':
        return gapReader({ code: 'unsupportedType', tag: name }, name);
    }
  }

  private pointer(
    pointer: PointerType,
    bits: BitRange | undefined,
    name: string,
    depth: number,
    nested: readonly Nested[],
  ): ValueReader {
    const contents = contentsOf(nested, pointer);
    if (contents?.kind === 'string' && this.radix === 10)
      return stringReader(contents, pointer.target, this.held, name);
    const bare = bounded(scalarReader(pointer, bits, this.radix, this.held.symbols), name);
    const plain = this.radix === 10 ? dynamicPointerReader(bare, pointer, contents, this.held) : bare;
    if (depth === MAX_DEPTH) return plain;
    return (
      this.library(pointer, name, depth, nested) ??
      followedReader(plain, pointer.target, contents, this.partCompiler(depth))
    );
  }

  private partCompiler(depth: number): PartCompiler {
    return {
      held: this.held,
      compile: (part, within) => this.compile(part, undefined, depth + 1, within),
    };
  }

  private library(
    object: StructType | PointerType,
    name: string,
    depth: number,
    nested: readonly Nested[],
  ): ValueReader | undefined {
    return libraryReader(object, name, nested, this.partCompiler(depth));
  }

  /** @param isBase it is a part of an object of a class that derives from this one */
  private struct(
    struct: StructType,
    type: string,
    depth: number,
    nested: readonly Nested[],
    isBase: boolean,
  ): ValueReader {
    const parts = this.parts(struct, 0, depth, nested);
    const text = struct.language === 'rust' ? rustText(struct) : structText;
    const read: ValueReader = (bytes, offset, available, gaps) => {
      const children = parts.flatMap((part) => part(bytes, offset, available, gaps));
      return { value: text(children), type, children };
    };
    return isBase ? read : dynamicObjectReader(read, struct, this.held.symbols);
  }

  private parts(struct: StructType, base: number, depth: number, nested: readonly Nested[]): PartReader[] {
    const parts = this.members(struct.members, base, depth, nested);
    if (struct.variantPart !== undefined) parts.push(this.variants(struct.variantPart, base, depth, nested));
    return parts;
  }

  /** The members, those of anonymous members among them. */
  private members(
    members: readonly Member[],
    base: number,
    depth: number,
    nested: readonly Nested[],
  ): PartReader[] {
    return members.slice(0, MAX_CHILDREN).flatMap((member) => {
      const { name } = member;
      const offset = member.offset === undefined ? undefined : base + member.offset;
      if (name !== undefined)
        return [namedPart(name, offset, this.member(member, offset ?? 0, depth, nested))];
      const inner = stripped(member.type);
      return inner.kind === 'struct' && offset !== undefined && depth < MAX_DEPTH && ++this.made < MAX_READERS
        ? this.parts(inner, offset, depth + 1, nested)
        : [];
    });
  }

  private member(member: Member, offset: number, depth: number, nested: readonly Nested[]): ValueReader {
    if (member.offset !== undefined) {
      const within = member.bits ? NOTHING : nestedIn(nested, offset, byteSize(member.type) ?? 0);
      return this.compile(member.type, member.bits, depth + 1, within, member.inherited);
    }
    const gap: ValueGap =
      member.computed === undefined
        ? { code: 'unsupportedType', tag: member.name ?? typeName(member.type) }
        : { code: 'computedPlace' };
    return gapReader(gap, typeName(member.type));
  }

  /** The members of the variant that the object is. */
  private variants(part: VariantPart, base: number, depth: number, nested: readonly Nested[]): PartReader {
    const choose = variantChoice(part);
    const variants = part.variants.map(({ members }) => this.members(members, base, depth, nested));
    return (bytes, offset, available, gaps = NONE) => {
      const choice = choose(bytes, offset + base, available - base, gaps);
      if (typeof choice !== 'number') return [{ name: VARIANT, unavailable: choice, type: '' }];
      return variants[choice]!.flatMap((read) => read(bytes, offset, available, gaps));
    };
  }

  private array(array: ArrayType, type: string, depth: number, nested: readonly Nested[]): ValueReader {
    const count = array.count ?? 0;
    const stride = array.strideBits ?? 8 * (byteSize(array.element) ?? 0);
    const element = this.elements(array, depth, nested);
    return (bytes, offset, available, gaps) => {
      if (available <= 0 && stride * count > 0) return { unavailable: OVER_BUDGET, type };
      const whole = stride > 0 ? Math.floor((8 * available) / stride) : 0;
      const shown = Math.min(count, whole, MAX_CHILDREN);
      const children = Array.from({ length: shown }, (_, i) => {
        const { at, read } = element(i * stride, i);
        return namedValue(`[${i}]`, read(bytes, offset + at, available - at, gaps));
      });
      return { value: summary(children, unnamed, shown < count), type, children };
    };
  }

  /** Reads elements by their bit; those that take less than their type's bytes are bit fields. */
  private elements(
    array: ArrayType,
    depth: number,
    nested: readonly Nested[],
  ): (bit: number, index: number) => { at: number; read: ValueReader } {
    const size = 8 * (byteSize(array.element) ?? 0);
    const stride = array.strideBits ?? size;
    if (stride % 8 === 0 && stride >= size) {
      const read = this.compile(array.element, undefined, depth + 1, NOTHING);
      const own = this.elementsWithContents(array.element, stride / 8, depth, nested);
      return (bit, index) => ({ at: bit / 8, read: own.get(index) ?? read });
    }
    const readers = Array.from({ length: 8 }, (_, offset) =>
      this.compile(array.element, { offset, size: Math.min(stride, size) }, depth + 1, NOTHING),
    );
    return (bit) => ({ at: Math.floor(bit / 8), read: readers[bit % 8]! });
  }

  private elementsWithContents(
    element: Type,
    size: number,
    depth: number,
    nested: readonly Nested[],
  ): Map<number, ValueReader> {
    const indices = new Set(nested.map(({ offset }) => Math.floor(offset / size)));
    return new Map(
      [...indices].map((index) => [
        index,
        this.compile(element, undefined, depth + 1, nestedIn(nested, index * size, size)),
      ]),
    );
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
    namedValue(name, read(bytes, offset + (at ?? 0), available - (at ?? 0), gaps)),
  ];

function bounded(scalar: ReturnType<typeof scalarReader>, type: string): ValueReader {
  if (!scalar) return gapReader({ code: 'unsupportedType', tag: type }, type);
  const { size, text } = scalar;
  return (bytes, offset, available, gaps = NONE) => {
    const unavailable = size > available ? OVER_BUDGET : gapIn(gaps, offset, size);
    return unavailable ? { unavailable, type } : { value: text(bytes, offset), type };
  };
}

/** Stands for the members of a variant where it is not known which. */
const VARIANT = '<variant>';
const NONE: readonly ByteGap[] = [];
const NOTHING: readonly Nested[] = [];
/** Levels of structs and arrays that are opened. */
const MAX_DEPTH = 8;
/** Readers of one expression: what ends types that broken debug information makes endless. */
const MAX_READERS = 5000;
