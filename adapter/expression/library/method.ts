import { stripped } from '../../dwarf/type';
import { converted } from '../conversion';
import { BOOL, pointerTo, UNSIGNED_LONG } from '../scalarType';
import { isPlace, type TypedExpression, type TypedPlace } from '../typed';
import { isEqual, isLess, pointerWhere, whereOnly } from './condition';
import { asNumber } from './measure';
import { recognise } from './recognise';
import { variantTest } from './variantTest';
import type { LibraryView } from './view';

/** What a method without arguments gives, by its name; those that an object has. */
export function methodsOf(object: TypedPlace): ReadonlyMap<string, TypedExpression> {
  const view = recognise(object);
  return new Map([...(view ? viewMethods(view) : []), ...variantMethods(object)]);
}

function* viewMethods(view: LibraryView): Generator<[string, TypedExpression]> {
  const count = countOf(view);
  if (count) {
    for (const name of view.kind === 'text' ? ['size', 'length', 'len'] : ['size', 'len'])
      yield [name, count];
    yield* both(isEqual(count, 0n), 'empty', 'is_empty');
  } else if (view.kind === 'chain') yield* both(isEqual(view.first, 0n), 'empty');
  if (view.kind === 'text') for (const name of ['data', 'c_str', 'as_ptr']) yield [name, view.data];
  if (view.kind === 'owner') yield ['get', view.holder];
  if (view.kind === 'owner' && view.useCount) yield ['use_count', view.useCount];
  if (view.kind === 'optional') yield* both(view.isEngaged, 'has_value');
  if (view.kind === 'variant') yield ['index', asNumber(view.index)];
}

/** Rust's `is_some()`: is the enum this variant? */
function* variantMethods(object: TypedPlace): Generator<[string, TypedExpression]> {
  const type = stripped(object.type);
  if (type.kind !== 'struct' || !type.variantPart) return;
  for (const [index, { members }] of type.variantPart.variants.entries()) {
    const name = members[0]?.name;
    const test = name === undefined ? undefined : variantTest(type.variantPart, object, index);
    if (test) yield* both(test, `is_${snakeCase(name!)}`);
  }
}

const snakeCase = (name: string): string => name.replace(/(?<=.)([A-Z])/g, '_$1').toLowerCase();

function* both(test: TypedExpression, ...names: readonly string[]): Generator<[string, TypedExpression]> {
  for (const name of names) yield [name, converted(test, BOOL)];
}

function countOf(view: LibraryView): TypedExpression | undefined {
  switch (view.kind) {
    case 'text':
    case 'sequence':
    case 'chain':
      return view.count;
    case 'fixed': {
      const array = stripped(view.array.type);
      return array.kind === 'array' && array.count !== undefined
        ? { kind: 'literal', value: BigInt(array.count), type: UNSIGNED_LONG }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** What `*` and `->` lead to: what an owning pointer or an optional holds. Where it holds nothing, nothing can be read there. */
export function heldBy(object: TypedExpression): TypedPlace | undefined {
  const view = viewOf(object);
  if (view?.kind === 'owner' && !view.isWeak) return view.target;
  return view?.kind === 'optional' ? whereOnly(view.isEngaged, view.value) : undefined;
}

/**
 * What `[last]`, and what is before it, is an element of: a C array, or a pointer through which nothing can be read where there
 * are not so many elements. Undefined for what has no elements that follow one another.
 */
export function elementsOf(object: TypedExpression, last: TypedExpression): TypedExpression | undefined {
  const view = viewOf(object);
  if (view?.kind === 'fixed') return view.array;
  if (view?.kind === 'text') return pointerWhere(isLess(last, view.count), view.data);
  if (view?.kind !== 'sequence' || view.isBits || !view.isWhole) return undefined;
  return {
    ...pointerWhere(isLess(last, view.count), view.data),
    type: pointerTo(view.element),
  };
}

/** What `[index]` is where elements do not follow one another. */
export function elementAt(object: TypedExpression, index: TypedExpression): TypedPlace | undefined {
  const view = viewOf(object);
  return view?.kind === 'sequence' ? view.elementAt?.(index) : undefined;
}

const viewOf = (object: TypedExpression): LibraryView | undefined =>
  isPlace(object) ? recognise(object) : undefined;
