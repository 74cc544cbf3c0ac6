import { MAX_TYPE_DEPTH, type FunctionType, type QualifiedType, type Type } from '../dwarf/type';

/** A type as C writes it and gdb's `whatis` prints it: `int`, `struct node *`, `char [16]`, `int (*)(char)`. */
export const typeName = (type: Type): string => declare(type, '', 0);

/**
 * The type around a declarator, which grows from the inside out: pointers to its left, arrays and parameters to its
 * right (C11, 6.7.6).
 */
function declare(type: Type, declarator: string, depth: number): string {
  if (depth === MAX_TYPE_DEPTH) return '...';
  switch (type.kind) {
    case 'base':
      return spaced(BASE_NAMES.get(type.name) ?? type.name, declarator);
    case 'typedef':
      return spaced(type.name, declarator);
    case 'void':
      return spaced('void', declarator);
    case 'struct':
      return spaced(
        type.keyword === 'class' ? (type.name ?? 'class {...}') : tagged(type.keyword, type.name),
        declarator,
      );
    case 'enum':
      return spaced(tagged('enum', type.name), declarator);
    case 'unsupported':
      return spaced(type.name ?? type.tag, declarator);
    case 'pointer':
      return declarePointer(type.target, POINTER[type.flavour] + declarator, depth);
    case 'qualified':
      return declareQualified(type, declarator, depth);
    case 'array':
      return declare(type.element, `${declarator}[${type.count ?? ''}]`, depth + 1);
    case 'function':
      return declare(type.result, `${declarator}(${parameters(type, depth)})`, depth + 1);
  }
}

function declarePointer(target: Type, declarator: string, depth: number): string {
  const binds = target.kind === 'array' || target.kind === 'function';
  return declare(target, binds ? `(${declarator})` : declarator, depth + 1);
}

/** Qualifiers stand before what they qualify, but after the star of a pointer. */
function declareQualified(type: QualifiedType, declarator: string, depth: number): string {
  const word = QUALIFIER[type.qualifier];
  let inner: Type = type.target;
  for (let i = 0; inner.kind === 'qualified' && i < MAX_TYPE_DEPTH; i++) inner = inner.target;
  if (inner.kind === 'pointer')
    return declare(
      type.target,
      ` ${declarator.startsWith('[') ? word + declarator : spaced(word, declarator)}`,
      depth + 1,
    );
  return `${word} ${declare(type.target, declarator, depth + 1)}`;
}

function parameters(type: FunctionType, depth: number): string {
  if (type.parameters.length === 0) return 'void';
  return type.parameters.map((parameter) => declare(parameter, '', depth + 1)).join(', ');
}

const tagged = (keyword: string, name: string | undefined): string => `${keyword} ${name ?? '{...}'}`;
const spaced = (name: string, declarator: string): string =>
  declarator === '' ? name : `${name} ${declarator.trimStart()}`;

const POINTER = { pointer: '*', reference: '&', rvalueReference: '&&' } as const;
const QUALIFIER = { const: 'const', volatile: 'volatile', restrict: 'restrict', atomic: '_Atomic' } as const;
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
