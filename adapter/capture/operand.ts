import type { AddressContext } from '../dwarf/scope';
import { byteSize, stripped, type BitRange, type Type } from '../dwarf/type';
import { scalarOf, type Scalar } from '../expression/scalarType';
import { isPlace, type TypedExpression, type TypedOperator, type TypedPlace } from '../expression/typed';
import { registerOfDwarf } from '../x86/register';
import type { CaptureGap } from './captured';
import { evaluateFrom, evaluateLocation } from './evaluation';
import type { BinaryOp, Value } from './ir';
import { gap, partOf, valueAt, type Place } from './place';
import type { StepBuilder } from './stepBuilder';

/** Bytes that hold a value, or the bits of a bit field. */
export const sizeOf = (type: Type, bits: BitRange | undefined): number =>
  bits ? Math.ceil((bits.offset + bits.size) / 8) : (byteSize(type) ?? 0);

export const bitsOf = (typed: TypedExpression): BitRange | undefined =>
  typed.kind === 'part' ? typed.bits : undefined;

/**
 * Where the objects of an expression are, and the addresses and indices that lead there, in steps of the IR. Expressions may
 * share parts: each is worked out once.
 */
export class Operands {
  private readonly known = new Map<TypedExpression, Value | CaptureGap>();

  constructor(
    private readonly context: AddressContext,
    private readonly builder: StepBuilder,
  ) {}

  placeOf(typed: TypedPlace): Place {
    switch (typed.kind) {
      case 'variable':
        return evaluateLocation(typed.variable.location, this.context, this.builder);
      case 'part':
        return partOf(this.whole(typed.whole), typed.offset, sizeOf(typed.type, typed.bits), this.builder);
      case 'computed':
        return evaluateFrom(this.whole(typed.whole), typed.operations, this.context, this.builder);
      case 'target':
        return this.follow(typed.pointer, typed.offset, sizeOf(typed.type, undefined));
      case 'element':
        return this.element(typed);
    }
  }

  /**
   * A value of at most 64 bits, extended as its type is; the reason where there is none, or where it is more than addresses
   * and indices need: floating point, and what may be undefined.
   */
  valueOf(typed: TypedExpression): Value | CaptureGap {
    let value = this.known.get(typed);
    if (value === undefined) this.known.set(typed, (value = this.workedOut(typed)));
    return value;
  }

  private workedOut(typed: TypedExpression): Value | CaptureGap {
    if (isPlace(typed)) return this.loaded(typed);
    const scalar = scalarOf(typed.type);
    if (scalar === undefined || scalar.kind === 'float' || scalar.size > 8) return tooMuch(typed.kind);
    switch (typed.kind) {
      case 'literal':
        return this.builder.constant(BigInt(typed.value));
      case 'convert':
        return this.convert(typed.operand, scalar);
      case 'unary':
        return this.unary(typed.operator, typed.operand, scalar);
      case 'binary':
        return this.binary(typed.operator, typed.left, typed.right, scalar);
      case 'addressOf': {
        const place = this.placeOf(typed.place);
        if (place.kind === 'gap') return place.reason;
        return place.kind === 'memory' ? place.address : { code: 'notInMemory' };
      }
      case 'register': {
        const register = registerOfDwarf(typed.register);
        return register === undefined ? tooMuch('register') : this.builder.register(register);
      }
      case 'logical':
      case 'conditional':
      case 'stringTest':
      case 'special':
        return tooMuch(typed.kind);
    }
  }

  private whole(typed: TypedExpression): Place {
    return isPlace(typed) ? this.placeOf(typed) : gap(tooMuch(typed.kind));
  }

  /** What a pointer points to: memory, or wherever the object of an implicit pointer is. */
  private follow(pointer: TypedExpression, offset: number, wanted: number): Place {
    if (isPlace(pointer)) {
      const place = this.placeOf(pointer);
      if (place.kind === 'implicitPointer') {
        const object = evaluateLocation(place.referent.location, this.context, this.builder);
        return partOf(object, place.offset + offset, wanted, this.builder);
      }
    }
    const address = this.valueOf(pointer);
    if (typeof address !== 'number') return gap(address);
    return { kind: 'memory', address: this.builder.add(address, offset) };
  }

  private element({ base, index, type }: Extract<TypedPlace, { kind: 'element' }>): Place {
    const start = this.start(base);
    if (typeof start !== 'number') return gap(start);
    const position = this.valueOf(index);
    if (typeof position !== 'number') return gap(position);
    const array = stripped(base.type);
    const stride = (array.kind === 'array' ? array.strideBits : undefined) ?? 8 * sizeOf(type, undefined);
    const offset = this.builder.binary('mul', position, this.builder.constant(stride / 8));
    return { kind: 'memory', address: this.builder.binary('add', start, offset) };
  }

  private start(base: TypedExpression): Value | CaptureGap {
    if (stripped(base.type).kind !== 'array' || !isPlace(base)) return this.valueOf(base);
    const place = this.placeOf(base);
    if (place.kind === 'gap') return place.reason;
    return place.kind === 'memory' ? place.address : { code: 'notInMemory' };
  }

  private loaded(typed: TypedPlace): Value | CaptureGap {
    const scalar = scalarOf(typed.type);
    const bits = bitsOf(typed);
    const size = sizeOf(typed.type, bits);
    if (scalar === undefined || scalar.kind === 'float' || size > 8) return tooMuch(typed.kind);
    const value = valueAt(this.placeOf(typed), size, this.builder);
    if (typeof value !== 'number') return value;
    if (bits === undefined) return this.builder.extend(value, 8 * size, scalar.signed);
    const first = this.builder.binary('shr', value, this.builder.constant(bits.offset));
    return this.builder.extend(first, bits.size, scalar.signed);
  }

  private convert(operand: TypedExpression, { kind, size, signed }: Scalar): Value | CaptureGap {
    const value = this.valueOf(operand);
    if (typeof value !== 'number') return value;
    return kind === 'boolean'
      ? this.builder.binary('ne', value, this.builder.constant(0))
      : this.builder.extend(value, 8 * size, signed);
  }

  private unary(
    operator: '-' | '~' | '!',
    operand: TypedExpression,
    { size, signed }: Scalar,
  ): Value | CaptureGap {
    const value = this.valueOf(operand);
    if (typeof value !== 'number') return value;
    if (operator === '!') return this.builder.binary('eq', value, this.builder.constant(0));
    return this.builder.extend(this.builder.unary(operator === '-' ? 'neg' : 'not', value), 8 * size, signed);
  }

  private binary(
    operator: TypedOperator,
    left: TypedExpression,
    right: TypedExpression,
    { size, signed }: Scalar,
  ): Value | CaptureGap {
    const [a, b] = [this.valueOf(left), this.valueOf(right)];
    if (typeof a !== 'number') return a;
    if (typeof b !== 'number') return b;
    const operand = scalarOf(left.type)!;
    const [op, swapped] = OPERATORS[operator][operand.signed ? 0 : 1];
    if (!this.isDefined(operator, b, operand.size)) return tooMuch(operator);
    const value = swapped ? this.builder.binary(op, b, a) : this.builder.binary(op, a, b);
    return this.builder.extend(value, 8 * size, signed);
  }

  /** Is it certain that the operation has a result? The IR gives one always. */
  private isDefined(operator: TypedOperator, right: Value, size: number): boolean {
    const known = this.builder.constantOf(right);
    if (operator === '/' || operator === '%') return known !== undefined && known !== 0n && known !== -1n;
    if (operator !== '<<' && operator !== '>>') return true;
    return known !== undefined && known >= 0n && known < BigInt(8 * size);
  }
}

const tooMuch = (operation: string): CaptureGap => ({ code: 'notAnAddress', operation });

type Instruction = readonly [op: BinaryOp, swapped: boolean];

/** Of signed and of unsigned operands, which are extended to 64 bits. */
const OPERATORS: Readonly<Record<TypedOperator, readonly [Instruction, Instruction]>> = {
  '+': both('add'),
  '-': both('sub'),
  '*': both('mul'),
  '/': [['sdiv', false], ['udiv', false]],
  '%': [['smod', false], ['umod', false]],
  '&': both('and'),
  '|': both('or'),
  '^': both('xor'),
  '<<': both('shl'),
  '>>': [['sar', false], ['shr', false]],
  '==': both('eq'),
  '!=': both('ne'),
  '<': [['slt', false], ['ult', false]],
  '<=': [['sle', false], ['ule', false]],
  '>': [['slt', true], ['ult', true]],
  '>=': [['sle', true], ['ule', true]],
}; // prettier-ignore

function both(op: BinaryOp): readonly [Instruction, Instruction] {
  return [
    [op, false],
    [op, false],
  ];
}
