import { readArray, readString } from './arrayType';
import { readBaseType } from './baseType';
import { AT, TAG, tagName } from './constants';
import type { Die } from './die';
import { readEnum } from './enumType';
import { readFunctionType } from './functionType';
import { languageOf } from './language';
import { once } from './once';
import { readMemberPointer, readPointer } from './pointerType';
import type { QualifiedNames } from './qualifiedName';
import { readStruct } from './structType';
import { tolerant } from './tolerance';
import type { QualifiedType, Type } from './type';
import type { TypeDefinitions } from './typeDefinitions';
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

  typeOf(die: Die): Type {
    return this.typeIn(die, AT.type);
  }

  typeIn(die: Die, attribute: number): Type {
    const type = tolerant(() => {
      const target = die.reference(attribute);
      return target === undefined ? VOID : this.read(target);
    });
    return type ?? { kind: 'unsupported', tag: 'damaged', name: undefined };
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

  scopeOf(die: Die): string | undefined {
    return this.names.scopeOf(die);
  }

  definitionOf(die: Die): Die {
    const declared = die.reference(AT.signature) ?? die;
    return declared.flag(AT.declaration) ? (this.definitions.of(declared) ?? declared) : declared;
  }
}

type Reader = (die: Die, types: TypeSource) => Type;

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [TAG.baseType, readBaseType],
  [TAG.unspecifiedType, unspecified],
  [TAG.pointerType, readPointer('pointer')],
  [TAG.referenceType, readPointer('reference')],
  [TAG.rvalueReferenceType, readPointer('rvalueReference')],
  [TAG.pointerToMemberType, readMemberPointer],
  [TAG.structureType, readStruct('struct')],
  [TAG.unionType, readStruct('union')],
  [TAG.classType, readStruct('class')],
  [TAG.interfaceType, readStruct('class')],
  [TAG.arrayType, readArray],
  [TAG.stringType, readString],
  [TAG.enumerationType, readEnum],
  [TAG.typedef, typedef],
  [TAG.templateAlias, typedef],
  [TAG.constType, qualifiedBy('const')],
  [TAG.immutableType, qualifiedBy('const')],
  [TAG.volatileType, qualifiedBy('volatile')],
  [TAG.restrictType, qualifiedBy('restrict')],
  [TAG.atomicType, qualifiedBy('atomic')],
  [TAG.packedType, qualifiedBy('packed')],
  [TAG.sharedType, qualifiedBy('shared')],
  [TAG.subroutineType, readFunctionType],
]);

function unsupported(die: Die, types: TypeSource): Type {
  return { kind: 'unsupported', tag: tagName(die.tag), name: types.nameOf(die) };
}

/** `void` where it has no name (DWARF 5, 5.2). */
function unspecified(die: Die, types: TypeSource): Type {
  const name = types.nameOf(die);
  return name === undefined || name === 'void' ? VOID : { kind: 'unspecified', name };
}

/** DW_TAG_typedef, and DW_TAG_template_alias, which is one (DWARF 5, 5.4, 5.7.9). */
function typedef(die: Die, types: TypeSource): Type {
  const target = once(() => types.typeOf(die));
  return {
    kind: 'typedef',
    name: types.nameOf(die) ?? '',
    get target() {
      return target();
    },
  };
}

/** DWARF 5, 5.3. */
function qualifiedBy(qualifier: QualifiedType['qualifier']): Reader {
  return (die, types) => {
    const target = once(() => types.typeOf(die));
    return {
      kind: 'qualified',
      language: languageOf(die.unit),
      qualifier,
      get target() {
        return target();
      },
    };
  };
}
