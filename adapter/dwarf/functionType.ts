import { AT, TAG } from './constants';
import type { Die } from './die';
import { languageOf } from './language';
import { once } from './once';
import { tolerant } from './tolerance';
import type { FunctionType, Type } from './type';
import type { TypeSource } from './typeSource';

/** DW_TAG_subroutine_type (DWARF 5, 5.9). @throws DecodeError */
export function readFunctionType(die: Die, types: TypeSource): FunctionType {
  const language = languageOf(die.unit);
  const result = once(() => types.typeOf(die));
  const parameters = once(() => tolerant(() => readParameters(die, types)) ?? NO_PARAMETERS);
  return {
    kind: 'function',
    language,
    get result() {
      return result();
    },
    get parameters() {
      return parameters().types;
    },
    get isVariadic() {
      return parameters().isVariadic;
    },
    isPrototyped: language !== 'c' || die.flag(AT.prototyped),
  };
}

interface Parameters {
  readonly types: readonly Type[];
  readonly isVariadic: boolean;
}

function readParameters(die: Die, types: TypeSource): Parameters {
  const found: Type[] = [];
  for (const child of die.children()) {
    if (child.tag === TAG.unspecifiedParameters) return { types: found, isVariadic: true };
    if (child.tag !== TAG.formalParameter) continue;
    if (found.length === MAX_PARAMETERS) throw die.error('tooLarge', 'parameters');
    found.push(
      found.length === 0 && child.flag(AT.artificial) ? constant(types.typeOf(child)) : types.typeOf(child),
    );
  }
  return { types: found, isVariadic: false };
}

/** `this`, which compilers leave without its const in the types of functions. */
const constant = (type: Type): Type =>
  type.kind === 'pointer' ? { kind: 'qualified', language: 'cplus', qualifier: 'const', target: type } : type;

const NO_PARAMETERS: Parameters = { types: [], isVariadic: false };
const MAX_PARAMETERS = 1 << 12;
