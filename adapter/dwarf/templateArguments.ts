import { AT, TAG } from './constants';
import type { Die } from './die';
import { byteSize, stripped, type Type } from './type';
import { typeName } from './typeName';
import { wideInteger } from './wideInteger';

/**
 * `<int, 3>` of an entry whose compiler left the arguments out of its name (clang's -gsimple-template-names), from its
 * template parameters (DWARF 5, 2.23); empty where it has none.
 * @throws DecodeError
 */
export function templateArguments(die: Die, typeOf: (parameter: Die) => Type): string {
  const texts: string[] = [];
  collect(die, typeOf, texts);
  if (texts.length === 0) return '';
  const length = texts.reduce((sum, each) => sum + each.length, 0);
  if (length > MAX_LENGTH) throw die.error('tooLarge', 'template arguments');
  const text = texts.join(', ');
  return `<${text}${text.endsWith('>') ? ' ' : ''}>`;
}

function collect(die: Die, typeOf: (parameter: Die) => Type, texts: string[]): void {
  for (const child of die.children()) {
    if (texts.length === MAX_ARGUMENTS) return;
    switch (child.tag) {
      case TAG.templateTypeParameter:
        texts.push(typeName(typeOf(child)));
        break;
      case TAG.templateValueParameter:
        texts.push(valueText(child, stripped(typeOf(child))));
        break;
      case TAG.gnuTemplateTemplateParameter:
        texts.push(child.text(AT.gnuTemplateName) ?? UNKNOWN);
        break;
      case TAG.gnuTemplateParameterPack:
        if (child.offset !== die.offset) collect(child, typeOf, texts);
    }
  }
}

function valueText(parameter: Die, type: Type): string {
  const value = wideInteger(parameter.value(AT.constantValue));
  if (value === undefined) return UNKNOWN;
  if (type.kind === 'enum')
    return type.enumerators.find((each) => each.value === value)?.name ?? `(${typeName(type)})${value}`;
  if (type.kind !== 'base') return String(value);
  if (type.encoding === 'boolean') return value === 0n ? 'false' : 'true';
  const isSigned = type.encoding === 'signed' || type.encoding === 'signedChar';
  const number = isSigned ? BigInt.asIntN(8 * (byteSize(type) ?? 8), value) : value;
  if (type.name !== 'char') return String(number);
  const character = String.fromCharCode(Number(BigInt.asUintN(8, value)));
  return /^[ -&(-[\]-~]$/.test(character) ? `'${character}'` : `(char)${number}`;
}

const UNKNOWN = '?';
const MAX_ARGUMENTS = 1000;
const MAX_LENGTH = 1 << 18;
