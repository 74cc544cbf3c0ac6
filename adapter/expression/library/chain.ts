import { byteSize, type Type } from '../../dwarf/type';
import type { TypedExpression, TypedPlace } from '../typed';
import { asNumber } from './measure';
import {
  addressOf,
  basesOf,
  memberAt,
  memberNamed,
  pointeeOf,
  readAs,
  structOf,
  targetOf,
  uncompressed,
} from './memberPath';
import type { ChainView } from './view';

/** `std::list`: a ring in which the list's own head is a node without a value. */
export function viewList(object: TypedPlace): ChainView | undefined {
  const head = memberAt(object, '_M_impl', '_M_node') ?? memberAt(object, '__end_');
  const first = head && memberNamed(head, '_M_next', '__next_');
  const size =
    memberAt(object, '_M_impl', '_M_node', '_M_size') ?? memberNamed(object, '__size_alloc_', '__size_');
  const node = nodeType(object, NODES.list);
  return head && first && size && node && chainOf(first, addressOf(head), size, node, false);
}

/** `std::forward_list`. */
export function viewForwardList(object: TypedPlace): ChainView | undefined {
  const before = memberAt(object, '__before_begin_');
  const first =
    memberAt(object, '_M_impl', '_M_head', '_M_next') ??
    (before && memberAt(uncompressed(before), '__next_'));
  const node = nodeType(object, NODES.forwardList);
  return first && node && chainOf(first, undefined, undefined, node, false);
}

/** `std::unordered_map`, `std::unordered_set` and their multi kinds: all elements are in one chain. */
export const viewHash =
  (isMap: boolean) =>
  (object: TypedPlace): ChainView | undefined => {
    const table = memberNamed(object, '_M_h', '__table_');
    const before = table && memberAt(table, '__p1_');
    const first =
      table &&
      (memberAt(table, '_M_before_begin', '_M_nxt') ??
        (before ? memberAt(uncompressed(before), '__next_') : memberAt(table, '__first_node_', '__next_')));
    const size = table && memberNamed(table, '_M_element_count', '__p2_', '__size_');
    const node = table && nodeType(table, NODES.hash);
    return first && size && node && chainOf(first, undefined, size, node, isMap);
  };

/** From a pointer to the first node. The value of a node is in bytes that have its size, or a member of its type. */
function chainOf(
  first: TypedExpression,
  end: TypedExpression | undefined,
  size: TypedPlace | undefined,
  node: Type,
  isMap: boolean,
): ChainView | undefined {
  const element = elementType(node);
  const linked = pointeeOf(first.type);
  const model = element && linked && valueIn(node, element)({ ...first, type: first.type });
  if (!element || !linked || !model) return undefined;
  return {
    kind: 'chain',
    first,
    end,
    count: size && asNumber(uncompressed(size)),
    most: MAX_LINKED,
    next: (at) => memberNamed(targetOf(at)!, '_M_next', '_M_nxt', '__next_') ?? at,
    value: (at) => valueIn(node, element)(at)!,
    element,
    isMap,
  };
}

export const valueIn =
  (node: Type, element: Type) =>
  (at: TypedExpression): TypedPlace | undefined => {
    const whole = targetOf(at, node);
    const storage = whole && memberNamed(whole, '_M_storage', '__value_');
    const pair = storage && (memberAt(storage, '__cc_') ?? memberAt(storage, '__cc') ?? storage);
    return pair && byteSize(pair.type) === byteSize(element) ? readAs(pair, element) : undefined;
  };

/** The first argument of the node's type; libc++ wraps the pairs of maps. */
export function elementType(node: Type): Type | undefined {
  const element = structOf(node)?.templateTypes[0];
  const wrapped = element && structOf(element);
  if (!wrapped?.name?.includes('::__hash_value_type<') && !wrapped?.name?.includes('::__value_type<'))
    return element;
  return wrapped.members.find(({ name }) => name === '__cc_' || name === '__cc')?.type;
}

/** Nodes are what the container's allocator is for: the type is an argument of that. */
export function nodeType(object: TypedPlace, name: RegExp): Type | undefined {
  const pending = [object];
  for (let seen = 0; seen < MAX_PLACES; seen++) {
    const place = pending.shift();
    if (!place) return undefined;
    const struct = structOf(place.type);
    const node = struct?.templateTypes.find((type) => name.test(structOf(type)?.name ?? ''));
    if (node && struct?.name?.includes('allocator<')) return byteSize(node) === undefined ? undefined : node;
    pending.push(...basesOf(place).map((base) => base.place));
    for (const member of struct?.members ?? [])
      if (!member.inherited && member.name !== undefined && structOf(member.type))
        pending.push(memberAt(place, member.name) ?? place);
  }
  return undefined;
}

const NODES = {
  list: /^std::(?:__\w+::)*_?_[lL]ist_node</,
  forwardList: /^std::(?:__\w+::)*(?:_Fwd_list_node|__forward_list_node)</,
  hash: /^std::(?:__\w+::)*(?:_Hash_node|__hash_node)</,
};
const MAX_PLACES = 64;
/** Nodes that are followed. */
const MAX_LINKED = 8;
