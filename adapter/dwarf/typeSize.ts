import { MAX_TYPE_DEPTH, type Type } from './type';

/** Bytes of a value of this type; undefined where it has no size, or none that is known. */
export function sizeOf(type: Type, depth = 0): number | undefined {
  if (depth === MAX_TYPE_DEPTH) return undefined;
  switch (type.kind) {
    case 'base':
    case 'pointer':
    case 'struct':
    case 'enum':
      return type.byteSize;
    case 'array': {
      const element = sizeOf(type.element, depth + 1);
      const size = (element ?? NaN) * (type.count ?? NaN);
      return Number.isSafeInteger(size) ? size : undefined;
    }
    case 'typedef':
    case 'qualified':
      return sizeOf(type.target, depth + 1);
    case 'function':
    case 'void':
    case 'unsupported':
      return undefined;
  }
}
