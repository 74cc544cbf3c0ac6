import type { AddressContext, Scope } from '../dwarf/scope';
import type { Type } from '../dwarf/type';
import { converted } from './conversion';
import type { SpecialExpression } from './expression';
import { refusal } from './expressionError';
import { CHAR, INT, LONG, pointerTo, UNSIGNED_LONG } from './scalarType';
import { similarNames } from './similar';
import type { SpecialName, TypedExpression } from './typed';

/** `$rip`, `$pid`. @throws ExpressionError `noSuchSpecial` */
export function typeSpecial(expression: SpecialExpression): TypedExpression {
  const { name } = expression;
  const special = SPECIALS.get(name);
  if (special) return { kind: 'special', name: special.name, type: special.type };
  const register = REGISTERS.get(name);
  if (register === undefined) {
    const similar = similarNames(name, [...SPECIALS.keys(), ...REGISTERS.keys()]);
    throw refusal(expression, { code: 'noSuchSpecial', name, similar });
  }
  const whole: TypedExpression = { kind: 'register', register: register.number, type: register.type };
  return register.part === undefined ? whole : converted(whole, register.part);
}

/** The names that `$` stands before, but for registers, with their types. */
export const specialTypes = (): [name: string, type: Type][] =>
  [...SPECIALS].map(([name, { type }]) => [name, type]);

/** The 64-bit registers; their parts have names, too. */
export const registerNames = (): string[] =>
  [...REGISTERS].flatMap(([name, { part }]) => (part === undefined && name.startsWith('r') ? [name] : []));

/** `$function`: the innermost function at an address, inlined or not, as its source has it. */
export function functionName({ scope }: AddressContext): string {
  let inner: Scope | undefined = scope;
  while (inner?.kind === 'block') inner = inner.parent;
  return inner?.name ?? '??';
}

const STRING: Type = pointerTo(CHAR);
const SPECIALS: ReadonlyMap<string, { readonly name: SpecialName; readonly type: Type }> = new Map(
  (
    [
      ['pid', INT],
      ['tid', INT],
      ['cpu', INT],
      ['time', UNSIGNED_LONG],
      ['comm', STRING],
      ['function', STRING],
      ['hits', UNSIGNED_LONG],
    ] as const
  ).map(([name, type]) => [name, { name, type }]),
);

interface NamedRegister {
  readonly number: number;
  readonly type: Type;
  /** The type of the low bytes that the name stands for. */
  readonly part?: Type;
}

const POINTER = pointerTo({ kind: 'void' });
/** The low part of a register, as gdb has it: signed. */
const SHORT: Type = { kind: 'base', name: 'short', byteSize: 2, encoding: 'signed' };
const BYTE: Type = { kind: 'base', name: 'signed char', byteSize: 1, encoding: 'signedChar' };

/** DWARF numbers of the psABI for x86-64, figure 3.36. */
const LEGACY = ['ax', 'dx', 'cx', 'bx', 'si', 'di', 'bp', 'sp'] as const;

const REGISTERS: ReadonlyMap<string, NamedRegister> = new Map<string, NamedRegister>([
  ...LEGACY.flatMap((name, number): [string, NamedRegister][] => {
    const type = name === 'bp' || name === 'sp' ? POINTER : LONG;
    return [
      [`r${name}`, { number, type }],
      [`e${name}`, { number, type, part: INT }],
      [name, name === 'bp' || name === 'sp' ? { number, type } : { number, type, part: SHORT }],
      [`${name.endsWith('x') ? name.slice(0, 1) : name}l`, { number, type, part: BYTE }],
    ];
  }),
  ...Array.from({ length: 8 }, (_, i) => i + 8).flatMap((number): [string, NamedRegister][] => [
    [`r${number}`, { number, type: LONG }],
    [`r${number}d`, { number, type: LONG, part: INT }],
    [`r${number}w`, { number, type: LONG, part: SHORT }],
    [`r${number}b`, { number, type: LONG, part: BYTE }],
  ]),
  ['rip', { number: 16, type: POINTER }],
  ['pc', { number: 16, type: POINTER }],
  ['fp', { number: 6, type: POINTER }],
  ['eflags', { number: 49, type: LONG, part: INT }],
  ['rflags', { number: 49, type: LONG }],
]);
