import type { AddressContext, Variable } from '../dwarf/scope';
import {
  byteSize,
  MAX_TYPE_DEPTH,
  stripped,
  unknownExtent,
  type ArrayType,
  type BaseType,
  type BitRange,
  type Type,
} from '../dwarf/type';
import {
  isPlace,
  operandsOf,
  type SpecialName,
  type TypedExpression,
  type TypedPlace,
  type TypedValue,
} from '../expression/typed';
import { arrayOf, CHAR } from '../expression/scalarType';
import { functionName } from '../expression/special';
import { typeVariable } from '../expression/typing';
import type { CaptureReads } from '../x86/placement';
import type { Register } from '../x86/register';
import { recognise } from '../expression/library/recognise';
import { stringCharacter, stringOutput } from './character';
import {
  capturesOf,
  isGap,
  type CapturedExpression,
  type CaptureGap,
  type CaptureLimits,
  type CaptureSource,
  type Leaf,
  type Nested,
  type Radix,
  type SourcePart,
} from './captured';
import { ContentsLowering, isContents, type ContentsView } from './contents';
import { floatFormat } from './floatFormat';
import type { Growth } from './growth';
import { MAX_STEPS, THREAD_NAME_SIZE, type Capture, type ScalarSize, type Value } from './ir';
import { bitsOf, Operands, sizeOf } from './operand';
import { byteRuns, SCALAR_SIZES, valueAt, type Piece, type Place } from './place';
import { RECORD_HEADER_SIZE } from './recordLayout';
import { StepBuilder } from './stepBuilder';
import { polymorphicTarget, TABLE_POINTER_BYTES } from './virtualTable';

/** An expression for one address, and what of its contents can be captured beside it. */
export interface Lowered {
  readonly expression: CapturedExpression;
  readonly growths: readonly Growth[];
}

/**
 * Compiles an expression for one address. What cannot be captured is a source of kind `unavailable`.
 * @param follows what pointers to structs point to is captured, too
 */
export function lowerExpression(
  text: string,
  typed: TypedExpression,
  context: AddressContext,
  limits: CaptureLimits,
  radix: Radix = 10,
  follows = false,
): Lowered {
  const lowering = new Lowering(context, limits, follows);
  const source = bounded(lowering.lower(typed));
  const growths = source.kind === 'unavailable' ? [] : lowering.growths;
  return { expression: { text, type: shownType(typed, context), source, radix }, growths };
}

/** Names of threads and functions are captured as arrays. */
function shownType(typed: TypedExpression, context: AddressContext): Type {
  if (typed.kind !== 'special') return typed.type;
  if (typed.name === 'comm') return arrayOf(CHAR, THREAD_NAME_SIZE);
  return typed.name === 'function' ? arrayOf(CHAR, Buffer.byteLength(functionName(context)) + 1) : typed.type;
}

/** Locations may be of any length, a capture not. */
function bounded(source: CaptureSource): CaptureSource {
  const captures = capturesOf(source);
  if (captures.every(({ steps }) => steps.length <= MAX_STEPS)) return source;
  return unavailable({ code: 'undecodable', detail: `over ${MAX_STEPS} steps` });
}

/** Compiles a variable of a snapshot; what pointers to structs point to is shown with them. */
export const lowerVariable = (variable: Variable, context: AddressContext, limits: CaptureLimits): Lowered =>
  lowerExpression(variable.name, typeVariable(variable), context, limits, 10, true);

/** What captures read beside memory. */
export function captureReads(captures: readonly Capture[]): CaptureReads {
  const registers = new Set<Register>();
  for (const { steps } of captures) {
    for (const step of steps) if (step.op === 'register') registers.add(step.register);
  }
  return { registers };
}

type LeafSource = Leaf['source'];
type TypedStringTest = Extract<TypedExpression, { kind: 'stringTest' }>;

class Lowering {
  private readonly builder = new StepBuilder();
  private readonly operands: Operands;
  private readonly contents: ContentsLowering;
  growths: readonly Growth[] = [];

  constructor(
    private readonly context: AddressContext,
    private readonly limits: CaptureLimits,
    private readonly follows: boolean,
  ) {
    this.operands = new Operands(context, this.builder);
    this.contents = new ContentsLowering(this.operands, this.builder, limits, follows);
  }

  lower(typed: TypedExpression): CaptureSource {
    if (!isPlace(typed)) return this.lowerValue(typed);
    const view = recognise(typed);
    if (isContents(view)) return this.lowerContents(view);
    const hasContents = isAggregate(typed.type) || view !== undefined || this.isFollowed(typed);
    return this.lowerObject(typed, hasContents || polymorphicTarget(typed.type) !== undefined);
  }

  private lowerContents(view: ContentsView): CaptureSource {
    const prepared = this.contents.whole(view);
    if ('code' in prepared) return unavailable(prepared);
    const { captures } = prepared;
    const { contents, growths } = prepared.contents(captures.map((_, index) => index));
    this.growths = growths;
    return { kind: 'contents', captures, contents };
  }

  /** A pointer that is shown as a string has that already. */
  private isFollowed({ type }: TypedPlace): boolean {
    return this.follows && stripped(type).kind === 'pointer' && !stringCharacter(type);
  }

  /** Its own bytes, and those of what is within it. */
  private lowerObject(typed: TypedPlace, hasContents: boolean): CaptureSource {
    const source = this.lowerPlace(typed, true);
    if (source.kind !== 'captured' || source.bits || !hasContents) return source;
    const nested: Nested[] = [];
    this.growths = this.contents.within(typed, 0, 0, nested, 0);
    return { ...source, nested };
  }

  private lowerPlace(typed: TypedPlace, string: boolean): LeafSource {
    const bits = bitsOf(typed);
    const refused = refusal(typed.type);
    if (refused) return unavailable(refused);
    const place = this.operands.placeOf(typed);
    if (place.kind === 'gap') return unavailable(place.reason);
    const size = sizeOf(typed.type, bits);
    return isAggregate(typed.type) || size > 8
      ? this.captureBytes(place, size, bits)
      : this.captureScalar(place, size, bits, string ? stringCharacter(typed.type) : undefined);
  }

  /** What is no object of the program is worked out by the adapter; but a pointer is an address, of a string perhaps. */
  private lowerValue(typed: TypedValue): CaptureSource {
    if (stripped(typed.type).kind === 'pointer') {
      const address = this.operands.valueOf(typed);
      if (typeof address === 'number') return this.lowerPointer(typed.type, address);
    }
    const special = typed.kind === 'special' ? this.lowerSpecial(typed.name) : undefined;
    if (special) return special;
    const leaves: Leaf[] = [];
    this.addLeaves(typed, leaves);
    return { kind: 'computed', tree: typed, leaves };
  }

  /** An address, with the string that is there, or the class of the object. */
  private lowerPointer(type: Type, address: Value): LeafSource {
    const place = { kind: 'value', value: address, size: 8 } as const;
    const source = this.captureScalar(place, 8, undefined, stringCharacter(type));
    if (source.kind !== 'captured' || !polymorphicTarget(type)) return source;
    const table = this.builder.finish({ kind: 'memory', address, size: TABLE_POINTER_BYTES });
    const contents = { kind: 'virtualTable', table: source.captures.length } as const;
    return { ...source, captures: [...source.captures, table], nested: [{ offset: 0, type, contents }] };
  }

  /** Of what every record has in its header, nothing. */
  private lowerSpecial(name: SpecialName): LeafSource | undefined {
    switch (name) {
      case 'comm':
        return captured(this.builder.finish({ kind: 'threadName' }));
      case 'function':
        return { kind: 'constant', bytes: Buffer.from(`${functionName(this.context)}\0`) };
      case 'hits':
        return captured(
          this.builder.finish({ kind: 'scalar', value: this.builder.special('ordinal'), size: 8 }),
        );
      default:
        return undefined;
    }
  }

  private addLeaves(typed: TypedExpression, leaves: Leaf[]): void {
    const add = (source: LeafSource): void => {
      leaves.push({ typed, source: isWhole(source) ? source : unavailable({ code: 'overBudget' }) });
    };
    if (isPlace(typed)) add(this.lowerPlace(typed, false));
    else if (typed.kind === 'addressOf' || typed.kind === 'register') add(this.lowerAddress(typed));
    else if (typed.kind === 'special') {
      const special = this.lowerSpecial(typed.name);
      if (special) add(special);
    } else if (typed.kind === 'stringTest') add(this.lowerString(typed));
    else for (const operand of operandsOf(typed)) this.addLeaves(operand, leaves);
  }

  private lowerAddress(typed: TypedExpression): LeafSource {
    const value = this.operands.valueOf(typed);
    return typeof value === 'number'
      ? this.captureScalar({ kind: 'value', value, size: 8 }, 8, undefined)
      : unavailable(value);
  }

  /** As much of a string as tells whether it is the text. */
  private lowerString({ string, text, length: counted }: TypedStringTest): LeafSource {
    const { length } = text;
    if (string.kind === 'special') return this.lowerSpecial(string.name)!;
    if (stripped(string.type).kind === 'array' && isPlace(string)) {
      const place = this.operands.placeOf(string);
      if (place.kind === 'gap') return unavailable(place.reason);
      const size = byteSize(string.type) ?? length + 1;
      return this.captureBytes(place, Math.min(size, length + 1), undefined);
    }
    const address = this.operands.valueOf(string);
    if (typeof address !== 'number') return unavailable(address);
    if (!counted) return captured(this.builder.finish({ kind: 'string', address, capacity: length + 2 }));
    const count = this.operands.valueOf(counted);
    if (typeof count !== 'number') return unavailable(count);
    const capacity = Math.max(1, length);
    return captured(this.builder.finish({ kind: 'bytes', address, length: count, capacity }));
  }

  /** @param character of the string that the value is a pointer to */
  private captureScalar(
    place: Place,
    size: number,
    bits: BitRange | undefined,
    character?: Type,
  ): LeafSource {
    const value = valueAt(place, size, this.builder);
    if (typeof value !== 'number') return unavailable(value);
    const known = this.builder.constantOf(value);
    if (known !== undefined && !character && !bits)
      return { kind: 'constant', bytes: littleEndian(known, size) };
    const captures = [this.builder.finish({ kind: 'scalar', value, size: scalarSize(size) })];
    if (character) {
      const address = this.builder.extend(value, 8 * size);
      captures.push(this.builder.finish(stringOutput(address, character, this.limits.stringBytes)));
    }
    return { kind: 'captured', captures, bits, omitted: 0, nested: [] };
  }

  private captureBytes(place: Place, size: number, bits: BitRange | undefined): LeafSource {
    if (place.kind === 'bytes' && !bits) {
      if (place.bytes.length < size)
        return unavailable({ code: 'undecodable', detail: 'constant too short' });
      return { kind: 'constant', bytes: place.bytes.slice(0, size) };
    }
    if (size === 0) return { kind: 'constant', bytes: new Uint8Array(0) };
    if (place.kind === 'memory') {
      const room = Math.min(size, this.limits.bytesPerHit - RECORD_HEADER_SIZE);
      if (room < size && (room <= 0 || bits)) return unavailable({ code: 'overBudget' });
      const capture = this.builder.finish({ kind: 'memory', address: place.address, size: room });
      return { kind: 'captured', captures: [capture], bits, omitted: size - room, nested: [] };
    }
    if (place.kind === 'pieces' && !bits) return this.captureParts(place.pieces, size);
    if (size <= 8) return this.captureScalar(place, size, bits);
    return unavailable({ code: 'undecodable', detail: `${size} bytes in one register` });
  }

  /** Piece by piece, so that what one of them lacks costs the members in it alone. */
  private captureParts(pieces: readonly Piece[], size: number): LeafSource {
    const captures: Capture[] = [];
    const parts = byteRuns(pieces, size).map(({ offset, size: length, place }): SourcePart => {
      const content = this.capturePart(place, length);
      return { offset, size: length, content: 'steps' in content ? captures.push(content) - 1 : content };
    });
    const covered = parts.reduce((sum, part) => sum + part.size, 0);
    if (covered < size) parts.push({ offset: covered, size: size - covered, content: tooFew(size, covered) });
    const gaps = parts.flatMap(({ content }) => (isGap(content) ? [content] : []));
    if (gaps.length > 0 && gaps.length === parts.length) return unavailable(gaps[0]!);
    return { kind: 'parts', captures, parts, size };
  }

  private capturePart(place: Place, size: number): Capture | Uint8Array | CaptureGap {
    if (place.kind === 'memory') return this.builder.finish({ kind: 'memory', address: place.address, size });
    if (place.kind === 'bytes' && place.bytes.length >= size) return place.bytes.slice(0, size);
    const value = valueAt(place, size, this.builder);
    if (typeof value !== 'number') return value;
    if (size > 8) return { code: 'undecodable', detail: `${size} bytes in one register` };
    const known = this.builder.constantOf(value);
    if (known !== undefined) return littleEndian(known, size);
    return this.builder.finish({ kind: 'scalar', value, size: scalarSize(size) });
  }
}

const captured = (capture: Capture): LeafSource => ({
  kind: 'captured',
  captures: [capture],
  bits: undefined,
  omitted: 0,
  nested: [],
});

/** Why values of a type cannot be shown wherever they are. */
function refusal(type: Type, depth = 0): CaptureGap | undefined {
  const inner = stripped(type);
  switch (inner.kind) {
    case 'unsupported':
      return { code: 'unsupportedType', tag: inner.tag };
    case 'function':
      return { code: 'unsupportedType', tag: 'DW_TAG_subroutine_type' };
    case 'void':
      return { code: 'unsupportedType', tag: 'void' };
    case 'struct':
      return inner.byteSize === undefined ? { code: 'incompleteType', name: inner.name } : undefined;
    case 'array':
      return depth === MAX_TYPE_DEPTH
        ? { code: 'unsupportedType', tag: 'DW_TAG_array_type' }
        : (refusal(inner.element, depth + 1) ?? lengthRefusal(inner));
    case 'base':
      return isReadable(inner) ? undefined : { code: 'unsupportedType', tag: inner.name };
    case 'unspecified':
      return { code: 'unsupportedType', tag: inner.name };
    case 'enum':
      return inner.byteSize === 0 ? { code: 'incompleteType', name: inner.name } : undefined;
    case 'pointer':
    case 'memberPointer':
      return undefined;
  }
}

const lengthRefusal = (array: ArrayType): CaptureGap | undefined =>
  byteSize(array) === undefined ? { code: 'unknownLength', extent: unknownExtent(array) } : undefined;

/** Types without bytes have one value, as Rust's `()`. */
function isReadable(type: BaseType): boolean {
  const { encoding, byteSize: size } = type;
  if (encoding === 'float' || encoding === 'complexFloat') return floatFormat(type) !== undefined;
  return !UNREADABLE.has(encoding) && size <= MAX_INTEGER_BYTES;
}

const isAggregate = (type: Type): boolean => ['struct', 'array'].includes(stripped(type).kind);

const scalarSize = (size: number): ScalarSize => SCALAR_SIZES.findLast((candidate) => candidate >= size) ?? 8;

function littleEndian(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes.subarray(0, size);
}

const tooFew = (size: number, covered: number): CaptureGap => ({
  code: 'undecodable',
  detail: `${size} bytes in pieces of ${covered}`,
});

/** Of a part nothing can be worked out. */
const isWhole = (source: LeafSource): boolean => source.kind !== 'captured' || source.omitted === 0;

const unavailable = (reason: CaptureGap): LeafSource => ({ kind: 'unavailable', reason });

const UNREADABLE: ReadonlySet<string> = new Set(['decimalFloat', 'other']);
/** `__int128` */
const MAX_INTEGER_BYTES = 16;
