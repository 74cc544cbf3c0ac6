import { AT, TAG, tagName } from './constants';
import type { Die } from './die';
import type { TypeDefinitions } from './typeDefinitions';
import type { QualifiedNames } from './qualifiedName';
import { readArray } from './arrayReader';
import { once } from './once';
import { readMembers } from './structMembers';
import {
  stripped,
  type BaseEncoding,
  type EnumType,
  type PointerType,
  type QualifiedType,
  type StructType,
  type Type,
} from './type';
import { sizeOf } from './typeSize';
import type { TypeSource } from './typeSource';
import type { Unit } from './unit';

const VOID: Type = { kind: 'void' };

/** Reads types (DWARF 5, chapter 5). The same entry always gives the same object; what it refers to is read when touched. */
export class TypeReader implements TypeSource {
  private readonly known = new Map<Unit, Map<number, Type>>();

  constructor(
    private readonly names: QualifiedNames,
    private readonly definitions: TypeDefinitions,
  ) {}

  /** DW_AT_type of an entry, void where it has none. @throws DecodeError */
  typeOf(die: Die): Type {
    const target = die.reference(AT.type);
    return target === undefined ? VOID : this.read(target);
  }

  /** The type that an entry describes. @throws DecodeError */
  read(die: Die): Type {
    let types = this.known.get(die.unit);
    if (types === undefined) this.known.set(die.unit, (types = new Map<number, Type>()));
    let type = types.get(die.offset);
    if (type === undefined) {
      type = (READERS.get(die.tag) ?? unsupported)(die, this);
      types.set(die.offset, type);
    }
    return type;
  }

  nameOf(die: Die): string | undefined {
    return this.names.of(die);
  }

  /** The entry that completes a declaration; the entry itself where it is complete or nothing completes it. */
  definitionOf(die: Die): Die {
    const declared = die.reference(AT.signature) ?? die;
    return declared.flag(AT.declaration) ? (this.definitions.of(declared) ?? declared) : declared;
  }
}

type Reader = (die: Die, types: TypeReader) => Type;

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [TAG.baseType, baseType],
  [TAG.unspecifiedType, () => VOID],
  [TAG.pointerType, pointerOf('pointer')],
  [TAG.referenceType, pointerOf('reference')],
  [TAG.rvalueReferenceType, pointerOf('rvalueReference')],
  [TAG.structureType, structOf('struct')],
  [TAG.unionType, structOf('union')],
  [TAG.classType, structOf('class')],
  [TAG.interfaceType, structOf('class')],
  [TAG.arrayType, readArray],
  [TAG.enumerationType, enumType],
  [TAG.typedef, typedef],
  [TAG.templateAlias, typedef],
  [TAG.constType, qualifiedBy('const')],
  [TAG.immutableType, qualifiedBy('const')],
  [TAG.volatileType, qualifiedBy('volatile')],
  [TAG.restrictType, qualifiedBy('restrict')],
  [TAG.atomicType, qualifiedBy('atomic')],
  [TAG.subroutineType, functionType],
]);

function unsupported(die: Die, types: TypeReader): Type {
  return { kind: 'unsupported', tag: tagName(die.tag), name: types.nameOf(die) };
}

/** DW_ATE_* (DWARF 5, 7.8). */
const ENCODINGS: Readonly<Partial<Record<number, BaseEncoding>>> = {
  1: 'address',
  2: 'boolean',
  3: 'complexFloat',
  4: 'float',
  5: 'signed',
  6: 'signedChar',
  7: 'unsigned',
  8: 'unsignedChar',
  0x10: 'utf',
  0x11: 'utf', // DW_ATE_UCS
  0x12: 'utf', // DW_ATE_ASCII
};

function baseType(die: Die, types: TypeReader): Type {
  return {
    kind: 'base',
    name: types.nameOf(die) ?? '',
    byteSize: die.size(AT.byteSize) ?? 0,
    encoding: ENCODINGS[die.number(AT.encoding) ?? 0] ?? 'other',
  };
}

function pointerOf(flavour: PointerType['flavour']): Reader {
  return (die, types) => {
    const target = once(() => types.typeOf(die));
    return {
      kind: 'pointer',
      flavour,
      byteSize: die.size(AT.byteSize) ?? die.unit.encoding.addressSize,
      get target() {
        return target();
      },
    };
  };
}

function structOf(keyword: StructType['keyword']): Reader {
  return (die, types) => {
    const definition = types.definitionOf(die);
    const members = once(() => readMembers(definition, types));
    return {
      kind: 'struct',
      keyword,
      name: types.nameOf(definition),
      byteSize: definition.flag(AT.declaration) ? undefined : definition.size(AT.byteSize),
      get members() {
        return members();
      },
    };
  };
}

function enumType(die: Die, types: TypeReader): EnumType {
  const definition = types.definitionOf(die);
  const enumerators = once(() => readEnumerators(definition));
  const underlying = once(() => stripped(types.typeOf(definition)));
  return {
    kind: 'enum',
    name: types.nameOf(definition),
    byteSize: definition.size(AT.byteSize) ?? sizeOf(underlying()) ?? 0,
    get signed() {
      const base = underlying();
      if (base.kind === 'base') return base.encoding === 'signed' || base.encoding === 'signedChar';
      return enumerators().some(({ value }) => value < 0n);
    },
    get enumerators() {
      return enumerators();
    },
  };
}

function readEnumerators(die: Die): EnumType['enumerators'] {
  return [...die.children()]
    .filter(({ tag }) => tag === TAG.enumerator)
    .map((child) => ({ name: child.text(AT.name) ?? '', value: child.integer(AT.constantValue) ?? 0n }));
}

function typedef(die: Die, types: TypeReader): Type {
  const target = once(() => types.typeOf(die));
  return {
    kind: 'typedef',
    name: types.nameOf(die) ?? '',
    get target() {
      return target();
    },
  };
}

function qualifiedBy(qualifier: QualifiedType['qualifier']): Reader {
  return (die, types) => {
    const target = once(() => types.typeOf(die));
    return {
      kind: 'qualified',
      qualifier,
      get target() {
        return target();
      },
    };
  };
}

function functionType(die: Die, types: TypeReader): Type {
  const result = once(() => types.typeOf(die));
  const parameters = once(() =>
    [...die.children()].filter(({ tag }) => tag === TAG.formalParameter).map((child) => types.typeOf(child)),
  );
  return {
    kind: 'function',
    get result() {
      return result();
    },
    get parameters() {
      return parameters();
    },
  };
}
