import { stripped, type StructType } from '../../dwarf/type';
import type { TypedPlace } from '../typed';
import { viewForwardList, viewHash, viewList } from './chain';
import { viewOptional, viewVariant } from './choice';
import { viewString, viewStringView } from './cplusString';
import { viewBox, viewCounted, viewShared, viewUnique, viewWeak } from './owner';
import { viewHashMap, viewRustString, viewSlice, viewVec } from './rust';
import { viewArray, viewDeque, viewSpan, viewVector } from './sequence';
import { viewTree } from './tree';
import { viewPair, viewTuple } from './tuple';
import type { LibraryView } from './view';

/** What an object of a standard library's type means; undefined for other objects, and where the layout is not one that is known. */
export function recognise(object: TypedPlace): LibraryView | undefined {
  const type = stripped(object.type);
  if (type.kind === 'pointer')
    return type.name?.startsWith('alloc::boxed::Box<') ? viewBox(object) : undefined;
  if (type.kind !== 'struct' || type.byteSize === undefined) return undefined;
  return VIEWS.get(templateOf(type) ?? '')?.(object);
}

/** `std::vector` of `std::__1::vector<int, std::__1::allocator<int> >`, `&[]` of all slices. */
function templateOf({ language, name = '' }: StructType): string | undefined {
  if (language === 'rust') {
    const fat = /^(?:&(?:mut )?|\*(?:const|mut) |alloc::boxed::Box<)(?:str\b|\[)/.test(name);
    return fat ? '&[]' : /^[\w:]+/.exec(name)?.[0];
  }
  const found = /^std::(?:__\w+::)*(\w+)</.exec(name)?.[1];
  return found === undefined ? undefined : `std::${found}`;
}

type Viewer = (object: TypedPlace) => LibraryView | undefined;

const VIEWS: ReadonlyMap<string, Viewer> = new Map<string, Viewer>([
  ['std::basic_string', viewString],
  ['std::basic_string_view', viewStringView],
  ['std::vector', viewVector],
  ['std::span', viewSpan],
  ['std::array', viewArray],
  ['std::deque', viewDeque],
  ['std::list', viewList],
  ['std::forward_list', viewForwardList],
  ['std::map', viewTree(true)],
  ['std::multimap', viewTree(true)],
  ['std::set', viewTree(false)],
  ['std::multiset', viewTree(false)],
  ['std::unordered_map', viewHash(true)],
  ['std::unordered_multimap', viewHash(true)],
  ['std::unordered_set', viewHash(false)],
  ['std::unordered_multiset', viewHash(false)],
  ['std::unique_ptr', viewUnique],
  ['std::shared_ptr', viewShared],
  ['std::weak_ptr', viewWeak],
  ['std::optional', viewOptional],
  ['std::pair', viewPair],
  ['std::tuple', viewTuple],
  ['std::variant', viewVariant],
  ['alloc::string::String', viewRustString],
  ['alloc::vec::Vec', viewVec],
  ['alloc::rc::Rc', viewCounted],
  ['alloc::sync::Arc', viewCounted],
  ['std::collections::hash::map::HashMap', viewHashMap],
  ['std::collections::hash::set::HashSet', viewHashMap],
  ['&[]', viewSlice],
]);
