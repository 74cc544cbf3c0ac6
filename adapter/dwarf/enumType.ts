import { AT, TAG } from './constants';
import type { Die } from './die';
import { languageOf } from './language';
import { once } from './once';
import { tolerant } from './tolerance';
import { stripped, type EnumType, type Type } from './type';
import type { TypeSource } from './typeSource';
import { wideInteger } from './wideInteger';

/** DW_TAG_enumeration_type (DWARF 5, 5.7.11). @throws DecodeError */
export function readEnum(die: Die, types: TypeSource): EnumType {
  const definition = types.definitionOf(die);
  const name = types.nameOf(definition);
  const isScoped = definition.flag(AT.enumClass);
  const underlying = once(() => (definition.has(AT.type) ? types.typeOf(definition) : undefined));
  const ownSize = definition.size(AT.byteSize);
  const enumerators = once(
    () => tolerant(() => readEnumerators(definition, isScoped ? name : types.scopeOf(definition))) ?? [],
  );
  return {
    kind: 'enum',
    language: languageOf(definition.unit),
    name,
    get byteSize() {
      return ownSize ?? sizeBeneath(underlying());
    },
    isScoped,
    get signed() {
      return signOf(underlying()) ?? enumerators().some(({ value }) => value < 0n);
    },
    get underlying() {
      return underlying();
    },
    get enumerators() {
      return enumerators();
    },
  };
}

function sizeBeneath(underlying: Type | undefined): number {
  const base = underlying && stripped(underlying);
  return base?.kind === 'base' ? base.byteSize : 0;
}

function signOf(underlying: Type | undefined): boolean | undefined {
  const base = underlying && stripped(underlying);
  return base?.kind === 'base' ? base.encoding === 'signed' || base.encoding === 'signedChar' : undefined;
}

function readEnumerators(die: Die, scope: string | undefined): EnumType['enumerators'] {
  const prefix = scope === undefined || languageOf(die.unit) === 'c' ? '' : `${scope}::`;
  const enumerators: { name: string; value: bigint }[] = [];
  for (const child of die.children()) {
    if (child.tag !== TAG.enumerator) continue;
    if (enumerators.length === MAX_ENUMERATORS) throw die.error('tooLarge', 'enumerators');
    const own = child.text(AT.name) ?? '';
    enumerators.push({ name: prefix + own, value: wideInteger(child.value(AT.constantValue)) ?? 0n });
  }
  return enumerators;
}

const MAX_ENUMERATORS = 1 << 16;
