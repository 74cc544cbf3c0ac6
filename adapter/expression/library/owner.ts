import { stripped, type Type } from '../../dwarf/type';
import type { TypedExpression, TypedPlace } from '../typed';
import { number, plus } from './measure';
import { memberAt, pointeeOf, structOf, targetOf, uncompressed } from './memberPath';
import { tupleElements } from './tuple';
import type { OwnerView } from './view';

/** `std::unique_ptr`; its deleter may be in the object, too. */
export function viewUnique(object: TypedPlace): OwnerView | undefined {
  const tuple = memberAt(object, '_M_t', '_M_t') ?? memberAt(object, '_M_t');
  const compressed = memberAt(object, '__ptr_');
  const holder = (tuple && tupleElements(tuple)?.[0]) ?? (compressed && uncompressed(compressed));
  return holder && viewHolder(holder, undefined);
}

/** `std::weak_ptr`: what it points to is gone when nothing owns it any more, so that must be known. */
export function viewWeak(object: TypedPlace): OwnerView | undefined {
  const view = viewShared(object);
  return view?.useCount && { ...view, isWeak: true };
}

/** `std::shared_ptr`. */
export function viewShared(object: TypedPlace): OwnerView | undefined {
  const gnu = memberAt(object, '_M_ptr');
  if (gnu) {
    const control = memberAt(object, '_M_refcount', '_M_pi');
    return viewHolder(gnu, control && counter(control, '_M_use_count', 0));
  }
  const holder = memberAt(object, '__ptr_');
  const control = memberAt(object, '__cntrl_');
  // libc++ counts the owners beside the first.
  return holder && viewHolder(holder, control && counter(control, '__shared_owners_', 1));
}

/** Rust's `Rc` and `Arc`, of what has a size: a pointer to the counts and the value behind them. */
export function viewCounted(object: TypedPlace): OwnerView | undefined {
  const holder = memberAt(object, 'ptr', 'pointer');
  const whole = holder && targetOf(holder);
  const value = whole && (memberAt(whole, 'value') ?? memberAt(whole, 'data'));
  const strong = whole && memberAt(whole, 'strong');
  return (
    value && { kind: 'owner', holder, target: value, isWeak: false, useCount: strong && onlyNumber(strong) }
  );
}

function viewHolder(holder: TypedPlace, useCount: TypedExpression | undefined): OwnerView | undefined {
  const target = targetOf(holder);
  return target && { kind: 'owner', holder, target, isWeak: false, useCount };
}

function counter(control: TypedPlace, name: string, more: number): TypedExpression | undefined {
  const type = pointeeOf(control.type);
  const block = type && structOf(type) && targetOf(control);
  const count = block && memberAt(block, name);
  return count && plus(count, number(more));
}

/** The number in a cell, an atomic or the like. */
function onlyNumber(place: TypedPlace): TypedPlace | undefined {
  for (let at: TypedPlace | undefined = place, depth = 0; at && depth < MAX_CELLS; depth++) {
    if (stripped(at.type).kind === 'base') return at;
    const inner: Type = at.type;
    const member: string | undefined = structOf(inner)?.members[0]?.name;
    at = member === undefined ? undefined : memberAt(at, member);
  }
  return undefined;
}

const MAX_CELLS = 8;

/** Rust's `Box` of what has a size: a pointer like any other, but for its name. */
export const viewBox = (object: TypedPlace): OwnerView | undefined => viewHolder(object, undefined);
