import type { Language } from './language';
import { MAX_TYPE_DEPTH, type ArrayType, type FunctionType, type QualifiedType, type Type } from './type';

/**
 * A type as its language writes it and gdb's `whatis` prints it: `struct node *`, `char [16]`, `int (*)(char)` in C,
 * `ns::Shape &` in C++, `&[u8]`, `[i32; 3]` in Rust. Names come from the debug information: of Rust's pointers too, which
 * gdb calls `*mut` all.
 */
export const typeName = (type: Type): string => new TypeText().declare(type, '', 0);

/**
 * The type around a declarator, which grows from the inside out: pointers to its left, arrays and parameters to its
 * right (C11, 6.7.6).
 */
class TypeText {
  private parts = 0;

  declare(type: Type, declarator: string, depth: number): string {
    if (depth === MAX_TYPE_DEPTH || ++this.parts > MAX_PARTS || declarator.length > MAX_DECLARATOR)
      return '...';
    switch (type.kind) {
      case 'base':
        return spaced(BASE_NAMES.get(type.name) ?? type.name, declarator);
      case 'typedef':
      case 'unspecified':
        return spaced(type.name, declarator);
      case 'void':
        return spaced('void', declarator);
      case 'struct':
      case 'enum':
        return spaced(tagged(type.kind === 'enum' ? 'enum' : type.keyword, type), declarator);
      case 'unsupported':
        return spaced(type.name ?? type.tag, declarator);
      case 'pointer':
        if (type.name !== undefined) return spaced(type.name, declarator);
        if (type.language === 'rust') return `*mut ${this.declare(type.target, '', depth + 1)}`;
        return this.pointer(type.target, POINTER[type.flavour] + declarator, depth);
      case 'memberPointer':
        return this.pointer(
          type.target,
          `${this.declare(type.containing, '', depth + 1)}::*${declarator}`,
          depth,
        );
      case 'qualified':
        return this.qualified(type, declarator, depth);
      case 'array':
        return type.language === 'rust' ? this.rustArray(type, depth) : this.array(type, declarator, depth);
      case 'function':
        return type.language === 'rust'
          ? this.rustFunction(type, depth)
          : this.function(type, declarator, depth);
    }
  }

  private pointer(target: Type, declarator: string, depth: number): string {
    const binds = (target.kind === 'array' && target.flavour === 'array') || target.kind === 'function';
    return this.declare(target, binds ? `(${declarator})` : declarator, depth + 1);
  }

  /** Qualifiers stand before what they qualify, but after the star of a pointer. */
  private qualified(type: QualifiedType, declarator: string, depth: number): string {
    const found = new Set<QualifiedType['qualifier']>();
    let inner: Type = type;
    for (let i = 0; inner.kind === 'qualified' && i < MAX_TYPE_DEPTH; i++) {
      found.add(inner.qualifier);
      inner = inner.target;
    }
    const words = { ...QUALIFIERS, ...(type.language === 'cplus' ? { restrict: '__restrict__' } : {}) };
    const text = QUALIFIER_ORDER.filter((each) => found.has(each))
      .map((each) => words[each])
      .join(' ');
    if (inner.kind === 'pointer' || inner.kind === 'memberPointer')
      return this.declare(
        inner,
        ` ${declarator.startsWith('[') ? text + declarator : spaced(text, declarator)}`,
        depth + 1,
      );
    return `${text} ${this.declare(inner, declarator, depth + 1)}`;
  }

  private array(type: ArrayType, declarator: string, depth: number): string {
    const count = type.extent === 'computed' ? 'variable length' : (type.count ?? '');
    const suffix = type.flavour === 'vector' ? ` __attribute__ ((vector_size(${count})))` : `[${count}]`;
    return this.declare(type.element, declarator + suffix, depth + 1);
  }

  private function(type: FunctionType, declarator: string, depth: number): string {
    return this.declare(type.result, `${declarator}(${this.parameters(type, depth)})`, depth + 1);
  }

  /** GCC's `...` alone stands for arguments that are not known, as of `int f()`. */
  private parameters(type: FunctionType, depth: number): string {
    if (type.parameters.length === 0) return type.isPrototyped ? 'void' : '';
    return [...this.parameterList(type, depth), ...(type.isVariadic ? ['...'] : [])].join(', ');
  }

  private parameterList({ parameters }: FunctionType, depth: number): string[] {
    return parameters.slice(0, MAX_PARTS).map((parameter) => this.declare(parameter, '', depth + 1));
  }

  private rustArray({ element, count }: ArrayType, depth: number): string {
    const text = this.declare(element, '', depth + 1);
    return count === undefined ? `[${text}]` : `[${text}; ${count}]`;
  }

  private rustFunction(type: FunctionType, depth: number): string {
    const text = `fn (${this.parameterList(type, depth).join(', ')})`;
    return type.result.kind === 'void' ? text : `${text} -> ${this.declare(type.result, '', depth + 1)}`;
  }
}

/** C++ and the languages after it name a struct without its keyword. */
function tagged(
  keyword: string,
  type: { readonly name: string | undefined; readonly language: Language },
): string {
  if (type.name === undefined) return `${keyword} {...}`;
  return type.language === 'c' ? `${keyword} ${type.name}` : type.name;
}

const spaced = (name: string, declarator: string): string =>
  declarator === '' ? name : `${name} ${declarator.trimStart()}`;

const POINTER = { pointer: '*', reference: '&', rvalueReference: '&&' } as const;
const QUALIFIERS: Record<QualifiedType['qualifier'], string> = {
  const: 'const',
  volatile: 'volatile',
  restrict: 'restrict',
  atomic: '_Atomic',
  packed: 'packed',
  shared: 'shared',
};
const QUALIFIER_ORDER = ['const', 'volatile', 'restrict', 'atomic', 'packed', 'shared'] as const;
/** GCC's names of the integer types, as C programmers and gdb write them. */
const BASE_NAMES: ReadonlyMap<string, string> = new Map([
  ['short int', 'short'],
  ['short unsigned int', 'unsigned short'],
  ['long int', 'long'],
  ['long unsigned int', 'unsigned long'],
  ['long long int', 'long long'],
  ['long long unsigned int', 'unsigned long long'],
  ['__int128 unsigned', 'unsigned __int128'],
]);
/** Types in one name: what ends circles in broken debug information. */
const MAX_PARTS = 500;
const MAX_DECLARATOR = 4096;
