/** What could be written at the cursor in a message or an expression: names, members, methods and specials, with their types. */
import type { AddressContext, Variable } from '../dwarf/scope';
import { stripped, type StructType, type Type } from '../dwarf/type';
import type { Expression } from './expression';
import { ExpressionError } from './expressionError';
import { findMember, memberNames } from './member';
import { heldBy, methodsOf } from './library/method';
import { parseExpression } from './message';
import { registerNames, specialTypes } from './special';
import { isPlace, type TypedExpression } from './typed';
import { typeDereference } from './access';
import { typeExpression } from './typing';
import { expressionStart, objectBefore, type WrittenObject } from './unfinished';

export interface Completions {
  /** What an item replaces: from here to the cursor, columns from 0 in the text. */
  readonly start: number;
  readonly items: readonly Completion[];
}

export interface Completion {
  /** As it is to be written. */
  readonly text: string;
  readonly kind: 'variable' | 'member' | 'method' | 'special' | 'function';
  /** Undefined for functions, and where a variable has none that is known. */
  readonly type: Type | undefined;
  /** Of a name. */
  readonly variable?: Variable;
}

/**
 * What can follow at `offset` (from 0, in UTF-16 units) of a text that is being written. Undefined where no expression is:
 * outside the braces of a message, or within a string.
 */
export function completionsAt(
  text: string,
  kind: 'message' | 'expression',
  offset: number,
  context: AddressContext,
): Completions | undefined {
  const before = text.slice(0, offset);
  const start = expressionStart(before, kind);
  if (start === undefined) return undefined;
  const written = before.slice(start);
  const word = /[\p{L}\p{N}_$]*$/u.exec(written)![0];
  const wordStart = offset - word.length;
  const left = written.slice(0, written.length - word.length);
  const object = objectBefore(left);
  if (object) {
    const members = membersOf(object, context);
    // `.` on a pointer becomes `->`.
    const corrected = members.arrow === object.arrow ? '' : members.arrow ? '->' : '.';
    return {
      start: corrected === '' ? wordStart : start + object.end,
      items: matching(members.items, word).map((item) => ({ ...item, text: corrected + item.text })),
    };
  }
  if (/\d/.test(word.charAt(0))) return undefined;
  if (word.startsWith('$')) return { start: wordStart, items: matching(specials(), word) };
  const scope = /(?:[\p{L}\p{N}_]+\s*(?:<[^<>]*>)?\s*::\s*)+$/u.exec(left)?.[0].replaceAll(/\s/g, '');
  if (scope === undefined) return { start: wordStart, items: matching(names(context), word) };
  return { start: wordStart, items: matching(namesWithin(scope, context), word) };
}

function matching(items: Iterable<Completion>, word: string): Completion[] {
  const prefix = word.toLowerCase();
  const found: Completion[] = [];
  for (const item of items) {
    if (found.length === MAX_ITEMS) break;
    if (item.text.toLowerCase().startsWith(prefix)) found.push(item);
  }
  return found;
}

/** The nearest first, each name once: the function's own, its class's, those of the functions around an inlined copy, the unit's. */
function* names(context: AddressContext): Generator<Completion> {
  const seen = new Set<string>();
  for (const item of allNames(context)) {
    if (seen.has(item.text)) continue;
    seen.add(item.text);
    yield item;
  }
}

function* allNames(context: AddressContext): Generator<Completion> {
  const own = context.frameLocals();
  yield* own.map(ofVariable);
  const self = own.find(({ name }) => name === 'this');
  const target = self && stripped(self.type);
  const struct = target?.kind === 'pointer' ? stripped(target.target) : undefined;
  if (struct?.kind === 'struct') yield* dataMembers(struct);
  yield* context.locals().map(ofVariable);
  yield* context.globals().map(ofVariable);
  yield* specials();
  for (const text of ['startswith', 'sizeof']) yield { text, kind: 'function', type: undefined };
}

const ofVariable = (variable: Variable): Completion => ({
  text: variable.name,
  kind: 'variable',
  type: variable.type,
  variable,
});

/** Of variables outside functions, what follows `scope`, which ends in `::`. */
function* namesWithin(scope: string, context: AddressContext): Generator<Completion> {
  for (const variable of context.globals())
    if (variable.name.startsWith(scope))
      yield { ...ofVariable(variable), text: variable.name.slice(scope.length) };
}

function* specials(): Generator<Completion> {
  for (const [name, type] of specialTypes()) yield { text: `$${name}`, kind: 'special', type };
  for (const name of registerNames()) yield { text: `$${name}`, kind: 'special', type: undefined };
}

interface Members {
  /** The operator that they are reached by. */
  readonly arrow: boolean;
  readonly items: readonly Completion[];
}

function membersOf({ text, arrow }: WrittenObject, context: AddressContext): Members {
  try {
    const expression = parseExpression(text);
    const object = typeExpression(expression, context);
    const type = stripped(object.type);
    const isArrow = isRust(type) ? false : type.kind === 'pointer' || (arrow && heldBy(object) !== undefined);
    const whole = type.kind === 'pointer' || isArrow ? dereferenced(expression, object) : object;
    return { arrow: isArrow, items: [...itemsOf(whole)] };
  } catch (error) {
    if (error instanceof ExpressionError) return { arrow, items: [] };
    throw error;
  }
}

const dereferenced = (operand: Expression, object: TypedExpression): TypedExpression =>
  typeDereference({ kind: 'dereference', operand, column: operand.column, text: operand.text }, object);

const isRust = (type: Type): boolean =>
  (type.kind === 'struct' || type.kind === 'pointer') && type.language === 'rust';

function* itemsOf(object: TypedExpression): Generator<Completion> {
  const struct = stripped(object.type);
  if (struct.kind === 'struct') yield* dataMembers(struct);
  if (isPlace(object))
    for (const [name, { type }] of methodsOf(object)) yield { text: `${name}()`, kind: 'method', type };
  // Rust's `.` goes through `Rc` and the like.
  const held = isRust(struct) ? heldBy(object) : undefined;
  if (held) yield* itemsOf(held);
}

function* dataMembers(struct: StructType): Generator<Completion> {
  for (const name of memberNames(struct)) {
    const member = findMember(struct, name);
    // Rust's tuple fields are `__0` in its debug information.
    const text = struct.language === 'rust' ? name.replace(/^__(?=\d)/, '') : name;
    if (member) yield { text, kind: 'member', type: member.type };
  }
}

/** More than anybody reads. */
const MAX_ITEMS = 500;
