import { AT, TAG } from './constants';
import { readBaseClass, readMember, unreadable } from './dataMember';
import type { Die } from './die';
import { languageOf } from './language';
import { once } from './once';
import { tolerant } from './tolerance';
import type { Member, StaticMember, StructType, Type, VariantPart } from './type';
import type { TypeSource } from './typeSource';
import { readVariantPart } from './variantPart';

/**
 * DW_TAG_structure_type, union_type, class_type, interface_type (DWARF 5, 5.7). What completes a declaration is looked for
 * when more than the name is asked for.
 * @throws DecodeError
 */
export const readStruct =
  (keyword: StructType['keyword']) =>
  (die: Die, types: TypeSource): StructType => {
    const definition = once(() => tolerant(() => types.definitionOf(die)) ?? die);
    const parts = once(() => tolerant(() => readParts(definition(), types)) ?? damaged(definition()));
    const size = once(() =>
      tolerant(() => (definition().flag(AT.declaration) ? undefined : definition().size(AT.byteSize))),
    );
    const templateTypes = once(() => tolerant(() => readTemplateTypes(definition(), types)) ?? []);
    const named = die.has(AT.name) ? die : definition();
    return {
      kind: 'struct',
      keyword,
      language: languageOf(named.unit),
      name: types.nameOf(named),
      get byteSize() {
        return size();
      },
      get members() {
        return parts().members;
      },
      get variantPart() {
        return parts().variantPart;
      },
      get staticMembers() {
        return parts().staticMembers;
      },
      get templateTypes() {
        return templateTypes();
      },
    };
  };

interface Parts {
  readonly members: Member[];
  readonly staticMembers: StaticMember[];
  variantPart: VariantPart | undefined;
}

/** Of a struct whose members cannot be read. */
const damaged = (struct: Die): Parts => ({
  members: [unreadable(struct, '<damaged>')],
  staticMembers: [],
  variantPart: undefined,
});

/** In the file's order. Nested types and functions are no parts. */
function readParts(struct: Die, types: TypeSource): Parts {
  const parts: Parts = { members: [], staticMembers: [], variantPart: undefined };
  for (const child of struct.children()) {
    if (parts.members.length + parts.staticMembers.length === MAX_MEMBERS)
      throw struct.error('tooLarge', 'members');
    readPart(child, types, parts);
  }
  return parts;
}

function readPart(child: Die, types: TypeSource, parts: Parts): void {
  const { members, staticMembers } = parts;
  switch (child.tag) {
    case TAG.member:
      if (isStatic(child)) staticMembers.push(readStatic(child, types));
      else members.push(readMember(child, types));
      return;
    case TAG.variable:
      staticMembers.push(readStatic(child, types));
      return;
    case TAG.inheritance:
      members.push(readBaseClass(child, types));
      return;
    case TAG.variantPart:
      if (parts.variantPart === undefined) parts.variantPart = readVariantPart(child, types);
      else members.push(unreadable(child, undefined));
  }
}

function readTemplateTypes(struct: Die, types: TypeSource): Type[] {
  const found: Type[] = [];
  for (const child of struct.children()) {
    if (found.length >= MAX_MEMBERS) break;
    if (child.tag === TAG.templateTypeParameter) found.push(types.typeOf(child));
    else if (child.tag === TAG.gnuTemplateParameterPack) found.push(...readTemplateTypes(child, types));
  }
  return found;
}

/** Before DWARF 5 a static member is a DW_TAG_member declaration (DWARF 4, 5.5.7). */
const isStatic = (member: Die): boolean => member.flag(AT.external) || member.flag(AT.declaration);

const readStatic = (die: Die, types: TypeSource): StaticMember => ({
  name: die.text(AT.name) ?? '',
  type: types.typeOf(die),
});

const MAX_MEMBERS = 1 << 16;
