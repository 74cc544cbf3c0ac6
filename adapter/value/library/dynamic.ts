import type { Contents } from '../../capture/captured';
import { polymorphicClass, polymorphicTarget, TABLE_POINTER_BYTES } from '../../capture/virtualTable';
import type { PointerType, StructType } from '../../dwarf/type';
import { gapIn } from '../byteGap';
import type { HeldRecord } from '../heldRecord';
import { readUint64 } from '../integer';
import type { HitSymbols } from '../symbol';
import type { ValueReader } from './compiler';

/** Reads a pointer or reference; what it is to is named before it, where that is of another class than declared: `(Derived *) 0x5560`. */
export function dynamicPointerReader(
  pointer: ValueReader,
  type: PointerType,
  contents: Contents | undefined,
  held: HeldRecord,
): ValueReader {
  const declared = polymorphicTarget(type);
  const capture =
    contents?.kind === 'target'
      ? contents.target
      : contents?.kind === 'virtualTable'
        ? contents.table
        : undefined;
  if (!declared || capture === undefined) return pointer;
  const field = held.field(capture);
  if (field.capacity < TABLE_POINTER_BYTES) return pointer;
  const sign = SIGNS[type.flavour];
  return (bytes, offset, available, gaps) => {
    const value = pointer(bytes, offset, available, gaps);
    if (!('value' in value) || readUint64(bytes, offset) === 0 || held.hasFaulted(field)) return value;
    const name = dynamicClass(held.view, held.at(field), declared, held.symbols);
    return name === undefined ? value : { ...value, value: `(${name} ${sign}) ${value.value}` };
  };
}

/** Reads an object, the class that it is of before it in the same way: `(Derived) {...}`. */
export function dynamicObjectReader(object: ValueReader, type: StructType, symbols: HitSymbols): ValueReader {
  const declared = polymorphicClass(type);
  if (!declared) return object;
  return (bytes, offset, available, gaps = []) => {
    const value = object(bytes, offset, available, gaps);
    const isKnown = available >= TABLE_POINTER_BYTES && !gapIn(gaps, offset, TABLE_POINTER_BYTES);
    if (!('value' in value) || !isKnown) return value;
    const name = dynamicClass(bytes, offset, declared, symbols);
    return name === undefined ? value : { ...value, value: `(${name}) ${value.value}` };
  };
}

/**
 * The name of the class that an object is of, by the virtual table that it points to, where that is another than the one it is
 * declared as. Undefined also for what points to no such table: it is not an object yet, or not any more.
 */
function dynamicClass(
  bytes: DataView,
  offset: number,
  declared: StructType,
  symbols: HitSymbols,
): string | undefined {
  const name = symbols.at(readUint64(bytes, offset))?.name;
  if (!name?.startsWith(TABLE) || name.endsWith('...')) return undefined;
  const found = name.slice(TABLE.length);
  return compact(found) === compact(declared.name ?? '') ? undefined : found;
}

/** Compilers and demanglers space the arguments of templates differently. */
const compact = (name: string): string => name.replaceAll(' ', '');

const SIGNS = { pointer: '*', reference: '&', rvalueReference: '&&' } as const;
const TABLE = 'vtable for ';
