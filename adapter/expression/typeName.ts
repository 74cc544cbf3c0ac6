import type { AddressContext } from '../dwarf/scope';
import type { BaseType, Type } from '../dwarf/type';
import type { TypeExpression } from './expression';
import { refusal } from './expressionError';
import {
  BOOL,
  CHAR,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  LONG_DOUBLE,
  pointerTo,
  UNSIGNED_INT,
  UNSIGNED_LONG,
} from './scalarType';

/** The type that a name stands for at an address. @throws ExpressionError `noSuchType` */
export function namedType(expression: TypeExpression, context: AddressContext): Type {
  const { keyword, name, pointers } = expression;
  let type = keyword === undefined ? baseType(name) : undefined;
  type ??= context.typeNamed(name, keyword);
  if (type === undefined) throw refusal(expression, { code: 'noSuchType', name: expression.text });
  for (let i = 0; i < pointers; i++) type = pointerTo(type);
  return type;
}

/** C's words may come in any order (C11, 6.7.2): `long unsigned int`. */
function baseType(name: string): Type | undefined {
  const words = name.split(' ').filter((word) => word !== 'const');
  const key = words.sort().join(' ');
  return BASE_TYPES.get(key);
}

const base = (name: string, byteSize: number, encoding: BaseType['encoding']): BaseType => ({
  kind: 'base',
  name,
  byteSize,
  encoding,
});

/** By their words in alphabetical order. */
const BASE_TYPES: ReadonlyMap<string, Type> = new Map<string, Type>(
  (
    [
      ['void', { kind: 'void' }],
      ['bool', BOOL],
      ['_Bool', BOOL],
      ['char', CHAR],
      ['signed char', base('signed char', 1, 'signedChar')],
      ['unsigned char', base('unsigned char', 1, 'unsignedChar')],
      ...integers('short', base('short', 2, 'signed'), base('unsigned short', 2, 'unsigned')),
      ['int', INT],
      ['signed', INT],
      ['signed int', INT],
      ['unsigned', UNSIGNED_INT],
      ['unsigned int', UNSIGNED_INT],
      ...integers('long', LONG, UNSIGNED_LONG),
      ...integers('long long', base('long long', 8, 'signed'), base('unsigned long long', 8, 'unsigned')),
      ['__int128', base('__int128', 16, 'signed')],
      ['unsigned __int128', base('unsigned __int128', 16, 'unsigned')],
      ['float', FLOAT],
      ['double', DOUBLE],
      ['long double', LONG_DOUBLE],
      // <stdint.h> and <stddef.h>, for programs that do not use them
      ...[8, 16, 32, 64].flatMap((bits): [string, Type][] => [
        [`int${bits}_t`, base(`int${bits}_t`, bits / 8, 'signed')],
        [`uint${bits}_t`, base(`uint${bits}_t`, bits / 8, 'unsigned')],
      ]),
      ['size_t', base('size_t', 8, 'unsigned')],
      ['ssize_t', base('ssize_t', 8, 'signed')],
      ['uintptr_t', base('uintptr_t', 8, 'unsigned')],
      ['intptr_t', base('intptr_t', 8, 'signed')],
      ['ptrdiff_t', base('ptrdiff_t', 8, 'signed')],
    ] as [string, Type][]
  ).map(([words, type]) => [words.split(' ').sort().join(' '), type]),
);

function integers(words: string, signed: Type, unsigned: Type): [string, Type][] {
  return [
    [words, signed],
    [`${words} int`, signed],
    [`signed ${words}`, signed],
    [`signed ${words} int`, signed],
    [`unsigned ${words}`, unsigned],
    [`unsigned ${words} int`, unsigned],
  ];
}
