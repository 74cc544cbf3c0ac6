import type { Type } from '../../dwarf/type';
import type { TypedExpression, TypedPlace } from '../typed';
import { elementType, nodeType, valueIn } from './chain';
import { isOther, isSame, pointerWhere } from './condition';
import { asNumber, either, number } from './measure';
import { addressOf, memberAt, memberNamed, targetOf, uncompressed } from './memberPath';
import type { ChainView } from './view';

/** `std::map`, `std::set` and their multi kinds: red-black trees, of which the head is a node as well. */
export const viewTree =
  (isMap: boolean) =>
  (object: TypedPlace): ChainView | undefined => {
    const tree = memberNamed(object, '_M_t', '__tree_');
    const head = tree && (memberAt(tree, '_M_impl', '_M_header') ?? endNode(tree));
    const first =
      tree && (memberAt(tree, '_M_impl', '_M_header', '_M_left') ?? memberAt(tree, '__begin_node_'));
    const size =
      tree && (memberAt(tree, '_M_impl', '_M_node_count') ?? memberNamed(tree, '__pair3_', '__size_'));
    const node = tree && nodeType(tree, NODE);
    const element = node && elementType(node);
    if (!head || !first || !size || !node || !element) return undefined;
    const value = valueIn(node, element);
    const walk = walkOf(node, addressOf(head));
    if (!value(first) || !walk) return undefined;
    return {
      kind: 'chain',
      first,
      end: addressOf(head),
      count: asNumber(uncompressed(size)),
      next: walk,
      most: MAX_WALKED,
      value: (at) => value(at)!,
      element,
      isMap,
    };
  };

const endNode = (tree: TypedPlace): TypedPlace | undefined => {
  const member = memberNamed(tree, '__pair1_', '__end_node_');
  return member && uncompressed(member);
};

/**
 * The node behind a node: the leftmost one of its right side, or the nearest one above that it is on the left side of. A few
 * levels down and up are enough near the beginning of a balanced tree; where they are not, there is a pointer to nowhere. All
 * ways are read, so those that lead nowhere read the head.
 */
function walkOf(node: Type, head: TypedExpression): ((at: TypedExpression) => TypedExpression) | undefined {
  const link = (at: TypedExpression, ...names: string[]): TypedExpression | undefined => {
    const whole = targetOf({ kind: 'convert', operand: at, type: head.type }, node);
    const place = whole && memberNamed(whole, ...names);
    return place && asNumber(place);
  };
  const left = (at: TypedExpression): TypedExpression => link(at, '_M_left', '__left_') ?? at;
  const right = (at: TypedExpression): TypedExpression => link(at, '_M_right', '__right_') ?? at;
  const parent = (at: TypedExpression): TypedExpression => link(at, '_M_parent', '__parent_') ?? at;
  if (
    !link(head, '_M_left', '__left_') ||
    !link(head, '_M_right', '__right_') ||
    !link(head, '_M_parent', '__parent_')
  )
    return undefined;
  return (at) => {
    const side = right(at);
    const hasSide = isOther(side, ZERO);
    let down: TypedExpression = either(hasSide, side, head);
    for (let i = 0; i < LEVELS; i++) {
      const lower = left(down);
      down = either(isOther(lower, ZERO), lower, down);
    }
    let [child, up]: [TypedExpression, TypedExpression] = [asNumber(at), parent(at)];
    for (let i = 0; i < LEVELS; i++) {
      const isRight = isSame(child, right(up));
      [child, up] = [either(isRight, up, child), either(isRight, parent(either(isRight, up, at)), up)];
    }
    const isFound = either(hasSide, isSame(left(down), ZERO), isOther(child, right(up)));
    return pointerWhere(isFound, { kind: 'convert', operand: either(hasSide, down, up), type: head.type });
  };
}

const ZERO = number(0);
const NODE = /^std::(?:__\w+::)*(?:_Rb_tree_node|__tree_node)</;
/** Down and up. */
const LEVELS = 2;
/** Nodes that are walked to. */
const MAX_WALKED = 4;
