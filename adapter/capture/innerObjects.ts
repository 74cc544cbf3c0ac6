import { byteSize, stripped, type Member, type StructType, type VariantPart } from '../dwarf/type';
import { isEqual, whereOnly } from '../expression/library/condition';
import { offsetIn } from '../expression/library/memberPath';
import { recognise } from '../expression/library/recognise';
import { variantTest } from '../expression/library/variantTest';
import type { LibraryView } from '../expression/library/view';
import type { TypedExpression, TypedPlace } from '../expression/typed';
import { stringCharacter } from './character';

/** An object that has its contents elsewhere, within the bytes of another. */
export interface InnerObject {
  readonly offset: number;
  readonly place: TypedPlace;
  readonly content: LibraryView | { readonly kind: 'string' | 'pointer' };
}

/**
 * The objects within a value that have contents elsewhere: strings, containers, owners, pointers. Those that are there on a
 * condition alone, as what an optional holds, are in places that cannot be read where it does not hold.
 */
export function innerObjects(place: TypedPlace): InnerObject[] {
  const search = new Search();
  search.enter(place, 0, 0);
  return search.found;
}

class Search {
  readonly found: InnerObject[] = [];
  private entered = 0;

  enter(place: TypedPlace, offset: number, depth: number): void {
    if (depth > MAX_DEPTH || ++this.entered > MAX_ENTERED || this.found.length >= MAX_FOUND) return;
    const type = stripped(place.type);
    const view = recognise(place);
    if (view) this.library(view, place, offset, depth);
    else if (type.kind === 'pointer') this.pointer(place, offset);
    else if (type.kind === 'array') {
      const size = byteSize(type.element);
      if (size === undefined || type.strideBits !== undefined) return;
      for (let i = 0; i < Math.min(type.count ?? 0, MAX_ELEMENTS); i++)
        this.part(place, { offset: i * size, type: type.element }, offset, depth);
    } else if (type.kind === 'struct') {
      if (type.keyword !== 'union') this.struct(type, place, offset, depth);
    }
  }

  private pointer(place: TypedPlace, offset: number): void {
    const kind = stringCharacter(place.type) ? 'string' : 'pointer';
    this.found.push({ offset, place, content: { kind } });
  }

  private struct(type: StructType, place: TypedPlace, offset: number, depth: number): void {
    for (const member of type.members) this.part(place, member, offset, depth);
    if (type.variantPart) this.variants(type.variantPart, place, offset, depth);
  }

  private part(
    whole: TypedPlace,
    { offset, type, bits }: Pick<Member, 'offset' | 'type'> & Partial<Pick<Member, 'bits'>>,
    from: number,
    depth: number,
  ): void {
    if (offset === undefined || bits) return;
    this.enter({ kind: 'part', whole, offset, bits: undefined, type }, from + offset, depth + 1);
  }

  private variants(part: VariantPart, place: TypedPlace, from: number, depth: number): void {
    for (const [index, { members }] of part.variants.entries()) {
      const condition = variantTest(part, place, index);
      if (condition === undefined) return;
      const whole = whereOnly(condition, place);
      for (const member of members) this.part(whole, member, from, depth);
    }
  }

  private library(view: LibraryView, place: TypedPlace, offset: number, depth: number): void {
    const within = (part: TypedPlace, condition?: TypedExpression): void => {
      const distance = offsetIn(place, part);
      if (distance === undefined) return;
      this.enter(condition ? whereOnly(condition, part) : part, offset + distance, depth + 1);
    };
    switch (view.kind) {
      case 'fixed':
        within(view.array);
        break;
      case 'optional':
        within(view.value, view.isEngaged);
        break;
      case 'tuple':
        for (const member of view.members) within(member.place);
        break;
      case 'variant':
        for (const [i, alternative] of view.alternatives.entries())
          within(alternative, isEqual(view.index, BigInt(i)));
        break;
      default:
        this.found.push({ offset, place, content: view });
    }
  }
}

/** Levels of structs and arrays. */
const MAX_DEPTH = 8;
const MAX_ENTERED = 500;
const MAX_FOUND = 100;
/** Of an array. */
const MAX_ELEMENTS = 16;
