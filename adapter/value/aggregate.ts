import { isCharacter } from '../capture/character';
import { byteSize, stripped, type ArrayType, type Member, type StructType, type Type } from '../dwarf/type';
import { gapIn, type ByteGap } from './byteGap';
import { BoundedText } from './boundedText';
import { quotedString } from './cString';
import { scalarReader } from './scalar';
import { typeName } from './typeName';
import type { NamedValue, RenderedValue, ValueGap } from './value';

/** Reads a value from `available` bytes at `offset`, but for the gaps among them. */
export type ValueReader = (
  bytes: DataView,
  offset: number,
  available: number,
  gaps?: readonly ByteGap[],
) => RenderedValue;

/** How values of a type, or the bits of a bit field, are read: made once for a site, used for each record. */
export const valueReader = (type: Type, bits: Member['bits']): ValueReader =>
  new ReaderCompiler().compile(type, bits, 0);

class ReaderCompiler {
  private made = 0;

  compile(type: Type, bits: Member['bits'], depth: number): ValueReader {
    const inner = stripped(type);
    const name = typeName(type);
    if (++this.made > MAX_READERS) return constantReader({ value: '{...}', type: name });
    switch (inner.kind) {
      case 'base':
      case 'enum':
      case 'pointer':
        return bounded(scalarReader(inner, bits), name);
      case 'struct':
        if (inner.byteSize === undefined)
          return gapReader({ code: 'incompleteType', name: inner.name }, name);
        return depth === MAX_DEPTH
          ? constantReader({ value: '{...}', type: name })
          : this.struct(inner, name, depth);
      case 'array':
        if (byteSize(inner) === undefined)
          return gapReader({ code: 'incompleteType', name: undefined }, name);
        if (isText(inner)) return stringReader(inner.count ?? 0, name);
        return depth === MAX_DEPTH
          ? constantReader({ value: '{...}', type: name })
          : this.array(inner, name, depth);
      case 'unsupported':
        return gapReader({ code: 'unsupportedType', tag: inner.tag }, name);
      case 'function':
      case 'void':
        return gapReader({ code: 'unsupportedType', tag: name }, name);
    }
  }

  private struct(struct: StructType, type: string, depth: number): ValueReader {
    const fields = this.fields(struct, 0, depth);
    return (bytes, offset, available, gaps) => {
      const children = fields.map(({ name, offset: at, read }) => ({
        name,
        ...read(bytes, offset + at, available - at, gaps),
      }));
      return { value: summary(children, ({ name, text }) => `${name} = ${text}`, false), type, children };
    };
  }

  /** The members, those of anonymous members among them. */
  private fields(
    struct: StructType,
    base: number,
    depth: number,
  ): { name: string; offset: number; read: ValueReader }[] {
    return struct.members.slice(0, MAX_CHILDREN).flatMap((member) => {
      const { name } = member;
      const offset = base + member.offset;
      if (name !== undefined)
        return [{ name, offset, read: this.compile(member.type, member.bits, depth + 1) }];
      const inner = stripped(member.type);
      return inner.kind === 'struct' && depth < MAX_DEPTH && ++this.made < MAX_READERS
        ? this.fields(inner, offset, depth + 1)
        : [];
    });
  }

  private array(array: ArrayType, type: string, depth: number): ValueReader {
    const size = byteSize(array.element) ?? 0;
    const count = array.count ?? 0;
    const read = this.compile(array.element, undefined, depth + 1);
    return (bytes, offset, available, gaps) => {
      const whole = size > 0 ? Math.floor(available / size) : 0;
      const shown = Math.min(count, whole, MAX_CHILDREN);
      const children = Array.from({ length: shown }, (_, i) => ({
        name: `[${i}]`,
        ...read(bytes, offset + i * size, size, gaps),
      }));
      return { value: summary(children, ({ text }) => text, shown < count), type, children };
    };
  }
}

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
