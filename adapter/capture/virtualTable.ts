import { stripped, type StructType, type Type } from '../dwarf/type';

/** The class, if objects of the type begin with a pointer to their class's virtual table (Itanium C++ ABI, 2.4). */
export function polymorphicClass(type: Type): StructType | undefined {
  const inner = stripped(type);
  return inner.kind === 'struct' && hasTable(inner, 0) ? inner : undefined;
}

/** The class that a pointer or reference is to. */
export function polymorphicTarget(type: Type): StructType | undefined {
  const inner = stripped(type);
  return inner.kind === 'pointer' ? polymorphicClass(inner.target) : undefined;
}

/** gcc names the pointer `_vptr.Class`, clang `_vptr$Class`; of a derived class it is the first base's. */
function hasTable({ members }: StructType, depth: number): boolean {
  return members.some(({ name, offset, inherited, type }) => {
    if (offset !== 0) return false;
    if (!inherited) return /^_vptr[.$]/.test(name ?? '');
    const base = stripped(type);
    return base.kind === 'struct' && depth < MAX_BASES && hasTable(base, depth + 1);
  });
}

/** Classes of which each derives from the next. */
const MAX_BASES = 64;
/** Bytes of the pointer. */
export const TABLE_POINTER_BYTES = 8;
