import { byteSize, stripped, type Type } from '../dwarf/type';
import { isLess, isOther, pointerWhere } from '../expression/library/condition';
import { number, times } from '../expression/library/measure';
import { structOf, targetOf } from '../expression/library/memberPath';
import type { ChainView, LibraryView, OwnerView, SequenceView, TextView } from '../expression/library/view';
import type { TypedExpression, TypedPlace } from '../expression/typed';
import type { CaptureGap, CaptureLimits, Contents, Nested } from './captured';
import { stringCharacter, stringOutput } from './character';
import type { Growth } from './growth';
import { innerObjects, type InnerObject } from './innerObjects';
import type { Capture, Output, Value } from './ir';
import type { Operands } from './operand';
import { RECORD_HEADER_SIZE } from './recordLayout';
import type { StepBuilder } from './stepBuilder';
import { polymorphicTarget, TABLE_POINTER_BYTES } from './virtualTable';

/** Views of which the contents say all. */
export type ContentsView = TextView | SequenceView | ChainView;

export const isContents = (view: LibraryView | undefined): view is ContentsView =>
  view?.kind === 'text' || view?.kind === 'sequence' || view?.kind === 'chain';

/** What is to be captured of the contents of an object. */
export interface Prepared {
  readonly captures: readonly Capture[];
  /** `at`: where the captures are among those of the expression. */
  readonly contents: (at: readonly number[]) => {
    readonly contents: Contents;
    readonly growths: readonly Growth[];
  };
}

/** Compiles what objects of libraries' types, and pointers to characters, have elsewhere in memory. */
export class ContentsLowering {
  constructor(
    private readonly operands: Operands,
    private readonly builder: StepBuilder,
    private readonly limits: CaptureLimits,
    /** Are pointers to structs followed, too? */
    private readonly follows: boolean,
  ) {}

  /** Of an object that is asked for by itself, which has more room than those within others. */
  whole(view: ContentsView): Prepared | CaptureGap {
    switch (view.kind) {
      case 'text':
        return this.text(view, this.limits.stringBytes);
      case 'sequence':
        return this.sequence(view, this.limits.bytesPerHit / (isAggregate(view.element) ? 8 : 4), 1);
      case 'chain':
        return this.chain(view, 1);
    }
  }

  /**
   * What the objects within a value can have beside it; what is captured for them is added to `nested`.
   * @param capture the one that holds the value, from its byte `from` on
   */
  within(place: TypedPlace, capture: number, from: number, nested: Nested[], level: number): Growth[] {
    if (level > MAX_LEVEL) return [];
    return innerObjects(place).flatMap((object): Growth[] => {
      const { content, offset } = object;
      const rank = RANKS[content.kind];
      const isFollowed = content.kind !== 'pointer' || this.isFollowed(object, level);
      if (rank === undefined || !(isFollowed || polymorphicTarget(object.place.type))) return [];
      const start = from + offset;
      return [
        {
          rank,
          within: { capture, end: start + (byteSize(object.place.type) ?? 0) },
          take: (add) => {
            const prepared = isFollowed ? this.inner(object, level) : this.virtualTable(object.place);
            const at = 'code' in prepared ? undefined : add(prepared.captures);
            if (at === undefined || 'code' in prepared) return [];
            const { contents, growths } = prepared.contents(at);
            nested.push({ offset: start, type: object.place.type, contents });
            return growths;
          },
        },
      ];
    });
  }

  private inner({ content, place }: InnerObject, level: number): Prepared | CaptureGap {
    switch (content.kind) {
      case 'text':
        return this.text(content, this.limits.stringBytes / 2);
      case 'sequence':
        return this.sequence(content, this.limits.bytesPerHit / 16, level + 1);
      case 'chain':
        return this.chain(content, level + 1);
      case 'owner':
        return this.owner(content, level + 1);
      case 'string':
        return this.string(place);
      case 'pointer':
        return this.pointee(place, level + 1);
      default:
        return { code: 'overBudget' };
    }
  }

  private isFollowed({ place }: InnerObject, level: number): boolean {
    const target = targetOf(place);
    return (
      this.follows &&
      level < MAX_FOLLOWED &&
      target !== undefined &&
      (structOf(target.type)?.byteSize ?? 0) > 0
    );
  }

  private pointee(pointer: TypedPlace, level: number): Prepared | CaptureGap {
    const target = targetOf(pointer);
    return target
      ? this.owner(
          { kind: 'owner', holder: pointer, target, isWeak: false, useCount: undefined },
          level,
          MAX_FOLLOWED_BYTES,
        )
      : { code: 'notInMemory' };
  }

  private virtualTable(pointer: TypedPlace): Prepared | CaptureGap {
    const target = targetOf(pointer);
    const capture = target ? this.memory(target, TABLE_POINTER_BYTES) : ({ code: 'notInMemory' } as const);
    return 'code' in capture
      ? capture
      : only(capture, ([table]) => ({ kind: 'virtualTable', table: table! }));
  }

  private string(pointer: TypedPlace): Prepared | CaptureGap {
    const address = this.operands.valueOf(pointer);
    if (typeof address !== 'number') return address;
    const character = stringCharacter(pointer.type)!;
    const capture = this.finish(stringOutput(address, character, this.limits.stringBytes / 2));
    return only(capture, ([string]) => ({ kind: 'string', string: string! }));
  }

  private text({ data, length }: TextView, capacity: number): Prepared | CaptureGap {
    const capture = this.bytes(data, length, capacity);
    if ('code' in capture) return capture;
    return only(capture, ([block]) => ({ kind: 'block', block: block!, count: undefined, nested: [] }));
  }

  private sequence(view: SequenceView, room: number, level: number): Prepared | CaptureGap {
    const { data, length, count, element, isWhole, isBits } = view;
    const size = isBits ? 1 : (byteSize(element) ?? 0);
    const capacity = size > 0 ? size * Math.max(1, Math.floor(room / size)) : 1;
    const block = this.bytes(data, length, Math.min(capacity, this.limits.bytesPerHit - RECORD_HEADER_SIZE));
    const number_ = isWhole ? undefined : this.scalar(count);
    if ('code' in block) return block;
    if (number_ && 'code' in number_) return number_;
    return {
      captures: [block, ...(number_ ? [number_] : [])],
      contents: ([at, countAt]) => {
        const nested: Nested[] = [];
        const growths = isBits ? [] : this.elements(view, size, capacity, at!, nested, level);
        return { contents: { kind: 'block', block: at!, count: countAt, nested }, growths };
      },
    };
  }

  /** What is within the elements; those that are not there are not read. */
  private elements(
    { data, count, element }: SequenceView,
    size: number,
    capacity: number,
    capture: number,
    nested: Nested[],
    level: number,
  ): Growth[] {
    const held = size > 0 ? Math.min(MAX_ELEMENTS, Math.floor(capacity / size)) : 0;
    return Array.from({ length: held }, (_, i) => {
      const pointer = pointerWhere(isLess(number(i), count), data);
      const place: TypedPlace = { kind: 'target', pointer, offset: i * size, type: element };
      return this.within(place, capture, i * size, nested, level);
    }).flat();
  }

  private chain(view: ChainView, level: number): Prepared | CaptureGap {
    const { first, count } = view;
    const known = this.scalar(count ?? first);
    if ('code' in known) return known;
    return only(
      known,
      ([at]) => ({
        kind: 'nodes',
        count: count && at,
        links: count ? [] : [at!],
        nodes: [],
      }),
      (contents) => this.nodes(view, contents, level),
    );
  }

  /** A node after another, each if those before it are there. */
  private nodes(view: ChainView, contents: Extract<Contents, { kind: 'nodes' }>, level: number): Growth[] {
    const [nodes, links] = [contents.nodes as Node[], contents.links as number[]];
    const { end, next, value, element, count, most } = view;
    const size = Math.min(byteSize(element) ?? 0, MAX_TARGET_BYTES);
    const growths: Growth[] = [];
    if (size === 0) return growths;
    let [node, isThere]: [TypedExpression, TypedExpression] = [view.first, number(1)];
    for (let i = 0; i < most; i++) {
      const isNode = end ? isOther(node, end) : isOther(node, number(0));
      isThere = times(isThere, isNode);
      const here = pointerWhere(isThere, node);
      const behind = next(here);
      growths.push({
        rank: RANKS.chain!,
        within: undefined,
        take: (add) => {
          if (nodes.length !== i) return [];
          const place = value(here);
          const capture = this.memory(place, size);
          const link = count ? undefined : this.scalar(behind);
          if ('code' in capture || (link && 'code' in link)) return [];
          const at = add([capture, ...(link ? [link] : [])]);
          if (at === undefined) return [];
          const nested: Nested[] = [];
          nodes.push({ capture: at[0]!, nested });
          if (at[1] !== undefined) links.push(at[1]);
          return this.within(place, at[0]!, 0, nested, level);
        },
      });
      node = behind;
    }
    return growths;
  }

  private owner(
    { target, useCount }: OwnerView,
    level: number,
    most = MAX_TARGET_BYTES,
  ): Prepared | CaptureGap {
    const size = Math.min(byteSize(target.type) ?? 0, most);
    const memory = size > 0 ? this.memory(target, size) : undefined;
    const uses = useCount && this.scalar(useCount);
    if (memory && 'code' in memory) return memory;
    if (uses && 'code' in uses) return uses;
    const captures = [memory, uses].filter((capture) => capture !== undefined);
    if (captures.length === 0) return { code: 'incompleteType', name: undefined };
    return {
      captures,
      contents: (at) => {
        const nested: Nested[] = [];
        const held = memory && at[0];
        const contents: Contents = { kind: 'target', target: held, useCount: uses && at.at(-1), nested };
        return { contents, growths: held === undefined ? [] : this.within(target, held, 0, nested, level) };
      },
    };
  }

  private bytes(data: TypedExpression, length: TypedExpression, capacity: number): Capture | CaptureGap {
    const [address, count] = [this.operands.valueOf(data), this.operands.valueOf(length)];
    if (typeof address !== 'number') return address;
    if (typeof count !== 'number') return count;
    return this.finish({ kind: 'bytes', address, length: count, capacity });
  }

  private memory(place: TypedPlace, size: number): Capture | CaptureGap {
    const found = this.operands.placeOf(place);
    if (found.kind === 'gap') return found.reason;
    if (found.kind !== 'memory') return { code: 'notInMemory' };
    return this.finish({ kind: 'memory', address: found.address, size });
  }

  private scalar(typed: TypedExpression): Capture | CaptureGap {
    const value: Value | CaptureGap = this.operands.valueOf(typed);
    return typeof value === 'number' ? this.finish({ kind: 'scalar', value, size: 8 }) : value;
  }

  private finish(output: Output): Capture {
    return this.builder.finish(output);
  }
}

const isAggregate = (type: Type): boolean => ['struct', 'array'].includes(stripped(type).kind);

type Node = Extract<Contents, { kind: 'nodes' }>['nodes'][number];

function only<C extends Contents>(
  capture: Capture,
  contents: (at: readonly number[]) => C,
  growths: (contents: C) => readonly Growth[] = () => [],
): Prepared {
  return {
    captures: [capture],
    contents: (at) => {
      const made = contents(at);
      return { contents: made, growths: growths(made) };
    },
  };
}

/** What takes its turn first. */
const RANKS: Partial<Record<InnerObject['content']['kind'], number>> = {
  text: 0,
  string: 0,
  owner: 1,
  sequence: 1,
  chain: 2,
  pointer: 3,
};
/** Contents of contents. */
const MAX_LEVEL = 3;
/** Elements of a sequence that are looked into. */
const MAX_ELEMENTS = 16;
const MAX_TARGET_BYTES = 128;
/** Of what a plain pointer points to: each hit of a snapshot has it. */
const MAX_FOLLOWED_BYTES = 64;
/** Levels of values whose pointers are followed. */
const MAX_FOLLOWED = 1;
