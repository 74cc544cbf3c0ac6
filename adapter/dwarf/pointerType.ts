import { AT } from './constants';
import type { Die } from './die';
import { languageOf, type Language } from './language';
import { once } from './once';
import { stripped, type MemberPointerType, type PointerType } from './type';
import type { TypeSource } from './typeSource';

/** DW_TAG_pointer_type, reference_type, rvalue_reference_type (DWARF 5, 5.3). @throws DecodeError */
export const readPointer =
  (flavour: PointerType['flavour']) =>
  (die: Die, types: TypeSource): PointerType => {
    const target = once(() => types.typeOf(die));
    const language = languageOf(die.unit);
    return {
      kind: 'pointer',
      flavour,
      language,
      name: NAMELESS.has(language) ? undefined : die.text(AT.name),
      byteSize: die.size(AT.byteSize) ?? die.unit.encoding.addressSize,
      get target() {
        return target();
      },
    };
  };

/** C and C++ have no names for pointers; GCC's for the table of virtual functions is its own. */
const NAMELESS: ReadonlySet<Language> = new Set<Language>(['c', 'cplus']);

/** DW_TAG_ptr_to_member_type (DWARF 5, 5.14). @throws DecodeError */
export function readMemberPointer(die: Die, types: TypeSource): MemberPointerType {
  const target = once(() => types.typeOf(die));
  const containing = once(() => types.typeIn(die, AT.containingType));
  const word = die.unit.encoding.addressSize;
  const ownSize = die.size(AT.byteSize);
  return {
    kind: 'memberPointer',
    // A pointer to member functions has an adjustment of `this` beside it (Itanium C++ ABI, 2.3).
    get byteSize() {
      return ownSize ?? (stripped(target()).kind === 'function' ? 2 * word : word);
    },
    get target() {
      return target();
    },
    get containing() {
      return containing();
    },
  };
}
