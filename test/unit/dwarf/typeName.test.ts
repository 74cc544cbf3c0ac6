import assert from 'node:assert/strict';
import type { Type } from '../../../adapter/dwarf/type';
import { typeName } from '../../../adapter/dwarf/typeName';
import {
  array,
  base,
  char,
  constant,
  enumeration,
  int,
  node,
  nothing,
  pointer,
  procedure,
  qualified,
  reference,
  struct,
  typedef,
  union,
  unsignedLong,
} from '../expression/types';

describe('the name of a type', () => {
  const names: [string, Type][] = [
    ['int', int],
    ['unsigned short', base('short unsigned int', 2, 'unsigned')],
    ['long *', pointer(base('long int', 8, 'signed'))],
    ['unsigned long', unsignedLong],
    ['void *', pointer(nothing)],
    ['struct node *', pointer(node)],
    ['struct {...}', struct(undefined, 0, [])],
    ['union {...} *', pointer(union(undefined, 0, []))],
    ['enum colour', enumeration('colour', {})],
    ['enum {...}', enumeration(undefined, {})],
    ['Dog', { ...struct('Dog', 8, []), keyword: 'class', language: 'cplus' }],
    ['size_t', typedef('size_t', unsignedLong)],
    ['const char *', pointer(constant(char))],
    ['char * const', constant(pointer(char))],
    ['const char * const', constant(pointer(constant(char)))],
    ['const volatile int', constant(qualified('volatile', int))],
    ['char * restrict', qualified('restrict', pointer(char))],
    ['_Atomic int', qualified('atomic', int)],
    ['char [16]', array(char, 16)],
    ['int []', array(int, undefined)],
    ['int [2][3]', array(array(int, 3), 2)],
    ['char *[4]', array(pointer(char), 4)],
    ['const char * const[4]', array(constant(pointer(constant(char))), 4)],
    ['int (*)[4]', pointer(array(int, 4))],
    ['int (*)(int, char)', pointer(procedure(int, int, char))],
    ['void (*)(void)', pointer(procedure(nothing))],
    ['int (*[3])(void)', array(pointer(procedure(int)), 3)],
    ['int (*(*)(void))(char)', pointer(procedure(pointer(procedure(int, char))))],
    ['int (void)', procedure(int)],
    ['int &', reference(int)],
    ['DW_TAG_set_type', { kind: 'unsupported', tag: 'DW_TAG_set_type', name: undefined }],
  ];
  for (const [name, type] of names) {
    it(name, () => {
      assert.equal(typeName(type), name);
    });
  }

  it('ends where debug information goes round in circles', () => {
    const endless: Type = { kind: 'pointer', flavour: 'pointer', language: 'c', name: undefined, byteSize: 8, get target() { return endless; } }; // prettier-ignore
    assert.match(typeName(endless), /^\.\.\. \*+$|^\.\.\.$/);
  });
});
