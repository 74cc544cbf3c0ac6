import type { AddressContext } from '../dwarf/scope';
import { byteSize, stripped, type BitRange, type Type } from '../dwarf/type';
import { functionName } from '../expression/special';
import { scalarOf, type Scalar } from '../expression/scalarType';
import {
  isPlace,
  type SpecialName,
  type TypedExpression,
  type TypedOperator,
  type TypedPlace,
} from '../expression/typed';
import { registerOfDwarf } from '../x86/register';
import type { CaptureGap } from './captured';
import { evaluateFrom, evaluateLocation } from './evaluation';
import { FloatSteps, type FloatComparison, type FloatSize } from './floatSteps';
import { MAX_TEST_TEXT, type BinaryOp, type Value } from './ir';
import { gap, partOf, valueAt, type Place } from './place';
import type { StepBuilder } from './stepBuilder';
import { textTest } from './textTest';

/** Bytes that hold a value, or the bits of a bit field. */
export const sizeOf = (type: Type, bits: BitRange | undefined): number =>
  bits ? Math.ceil((bits.offset + bits.size) / 8) : (byteSize(type) ?? 0);

export const bitsOf = (typed: TypedExpression): BitRange | undefined =>
  typed.kind === 'part' ? typed.bits : undefined;

/** What becomes of that which C leaves undefined: division by zero, shifts by more than there are bits. */
export type Undefined = 'refused' | 'failing';

/** Where the objects of an expression are, and the values that lead there or that a condition asks for, in steps of the IR.
 * Expressions may share parts: each is worked out once. */
export class Operands {
  private readonly floats: FloatSteps;
  /** What was worked out under no guard. */
  private readonly known = new Map<TypedExpression, Value | CaptureGap>();

  constructor(
    private readonly context: AddressContext,
    private readonly builder: StepBuilder,
    /** `failing`: what may be undefined is worked out, and where it is, the capture fails at the hit. */
    private readonly undefinedIs: Undefined = 'refused',
  ) {
    this.floats = new FloatSteps(builder);
  }

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
   * A value of at most 64 bits, extended as its type is (floating point: its bits); the reason where there is none, or where
   * it takes what is not worked out at the hit: floating point arithmetic, and what may be undefined.
   */
  valueOf(typed: TypedExpression): Value | CaptureGap {
    const known = this.known.get(typed);
    if (known !== undefined) return known;
    const value = this.workedOut(typed);
    if (!this.builder.isGuarded) this.known.set(typed, value);
    return value;
  }

  private workedOut(typed: TypedExpression): Value | CaptureGap {
    if (isPlace(typed)) return this.loaded(typed);
    const scalar = scalarOf(typed.type);
    if (scalar === undefined || scalar.size > 8) return tooMuch(typed.kind);
    switch (typed.kind) {
      case 'literal':
        return this.builder.constant(
          typeof typed.value === 'bigint' ? typed.value : floatBits(typed.value, scalar.size),
        );
      case 'convert':
        return this.convert(typed.operand, scalar);
      case 'unary':
        return this.unary(typed.operator, typed.operand, scalar);
      case 'binary':
        return this.binary(typed.operator, typed.left, typed.right, scalar);
      case 'logical':
        return this.logical(typed);
      case 'conditional':
        return this.conditional(typed);
      case 'stringTest':
        return this.stringTest(typed);
      case 'addressOf': {
        const place = this.placeOf(typed.place);
        if (place.kind === 'gap') return place.reason;
        return place.kind === 'memory' ? place.address : { code: 'notInMemory' };
      }
      case 'register': {
        const register = registerOfDwarf(typed.register);
        return register === undefined ? tooMuch('register') : this.builder.register(register);
      }
      case 'special':
        return this.special(typed.name);
    }
  }

  /** 1 where C takes the value for true. */
  truthOf(typed: TypedExpression): Value | CaptureGap {
    const value = this.valueOf(typed);
    if (typeof value !== 'number') return value;
    const scalar = scalarOf(typed.type)!;
    return scalar.kind === 'float'
      ? this.floats.isTrue(value, scalar.size as FloatSize)
      : this.builder.truth(value);
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
    if (scalar === undefined || size > 8) return tooMuch(typed.kind);
    const value = valueAt(this.placeOf(typed), size, this.builder);
    if (typeof value !== 'number') return value;
    if (bits === undefined)
      return this.builder.extend(value, 8 * size, scalar.signed && scalar.kind !== 'float');
    const first = this.builder.binary('shr', value, this.builder.constant(bits.offset));
    return this.builder.extend(first, bits.size, scalar.signed);
  }

  private convert(operand: TypedExpression, to: Scalar): Value | CaptureGap {
    const value = this.valueOf(operand);
    if (typeof value !== 'number') return value;
    if (to.kind === 'boolean') return this.truthOf(operand);
    const from = scalarOf(operand.type)!;
    if (to.kind === 'float') return this.toFloat(value, from, to.size as FloatSize);
    return from.kind === 'float'
      ? this.fromFloat(value, from.size as FloatSize, to)
      : this.builder.extend(value, 8 * to.size, to.signed);
  }

  private toFloat(value: Value, from: Scalar, size: FloatSize): Value | CaptureGap {
    if (from.kind !== 'float') return this.floats.fromInteger(value, from.signed, size);
    if (from.size === size) return value;
    return size === 8 ? this.floats.doubleFromFloat(value) : tooMuch('conversion to float');
  }

  private fromFloat(value: Value, size: FloatSize, to: Scalar): Value | CaptureGap {
    const double = size === 8 ? value : this.floats.doubleFromFloat(value);
    const { integer, fits } = this.floats.integerFromDouble(double, to.size, to.signed);
    const defined = this.defined(fits, integer, 'conversion from floating point');
    return typeof defined === 'number' ? this.builder.extend(defined, 8 * to.size, to.signed) : defined;
  }

  private unary(
    operator: '-' | '~' | '!',
    operand: TypedExpression,
    { kind, size, signed }: Scalar,
  ): Value | CaptureGap {
    if (operator === '!') {
      const truth = this.truthOf(operand);
      return typeof truth === 'number' ? this.builder.isZero(truth) : truth;
    }
    const value = this.valueOf(operand);
    if (typeof value !== 'number') return value;
    if (kind === 'float') return this.floats.negated(value, size as FloatSize);
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
    if (operand.kind === 'float')
      return isComparison(operator)
        ? this.floats.compare(operator, a, b, operand.size as FloatSize)
        : tooMuch(`${operator} of floating point`);
    const [op, swapped] = OPERATORS[operator][operand.signed ? 0 : 1];
    const value = swapped ? this.builder.binary(op, b, a) : this.builder.binary(op, a, b);
    const defined = this.defined(this.isDefined(operator, a, b, operand), value, operator);
    return typeof defined === 'number' ? this.builder.extend(defined, 8 * size, signed) : defined;
  }

  /** The right operand is read only where the left one does not decide (C11, 6.5.13). */
  private logical({ operator, left, right }: TypedLogical): Value | CaptureGap {
    const a = this.truthOf(left);
    if (typeof a !== 'number') return a;
    const undecided = operator === '&&' ? a : this.builder.isZero(a);
    const b = this.builder.when(undecided, () => this.truthOf(right));
    if (typeof b !== 'number') return b;
    return this.builder.binary(operator === '&&' ? 'and' : 'or', a, b);
  }

  private conditional({ condition, then, otherwise }: TypedConditional): Value | CaptureGap {
    const chosen = this.truthOf(condition);
    if (typeof chosen !== 'number') return chosen;
    const a = this.builder.when(chosen, () => this.valueOf(then));
    if (typeof a !== 'number') return a;
    const b = this.builder.when(this.builder.isZero(chosen), () => this.valueOf(otherwise));
    return typeof b === 'number' ? this.builder.select(chosen, a, b) : b;
  }

  /** What is longer than an array that has no NUL is not looked at. */
  private stringTest({ operator, text, string, length }: TypedStringTest): Value | CaptureGap {
    if (text.length > MAX_TEST_TEXT) return tooMuch(`a comparison with over ${MAX_TEST_TEXT} characters`);
    if (string.kind === 'special')
      return string.name === 'comm'
        ? this.builder.testThreadName(operator, text)
        : this.functionTest(operator, text);
    const address = this.start(string);
    if (typeof address !== 'number') return address;
    if (length) {
      const count = this.valueOf(length);
      return typeof count === 'number' ? textTest({ operator, text }, address, count, this.builder) : count;
    }
    const type = stripped(string.type);
    const room = type.kind === 'array' ? (byteSize(type) ?? Infinity) : Infinity;
    if (text.length > room) return this.builder.constant(0);
    return this.builder.testString(text.length === room ? 'startsWith' : operator, text, address);
  }

  private functionTest(operator: TypedStringTest['operator'], text: Uint8Array): Value {
    const name = Buffer.from(functionName(this.context));
    const holds = operator === 'equals' ? name.equals(text) : name.subarray(0, text.length).equals(text);
    return this.builder.constant(holds ? 1 : 0);
  }

  private special(name: SpecialName): Value | CaptureGap {
    if (isNumber(name)) return this.builder.special(name);
    if (name !== 'hits') return tooMuch(`$${name}`);
    return this.undefinedIs === 'failing' ? { code: 'numberedLater' } : this.builder.special('ordinal');
  }

  /** The value where `condition` says that it is defined. */
  private defined(condition: Value, value: Value, operation: string): Value | CaptureGap {
    const known = this.builder.constantOf(condition);
    if (known === undefined && this.undefinedIs === 'failing') return this.builder.require(condition, value);
    return known === 1n ? value : tooMuch(operation);
  }

  /** 1 where the operation has a result in C; in the IR it has one always. */
  private isDefined(operator: TypedOperator, left: Value, right: Value, { size, signed }: Scalar): Value {
    const { builder } = this;
    switch (operator) {
      case '/':
      case '%': {
        const isNonZero = builder.truth(right);
        if (!signed) return isNonZero;
        const isMinusOne = builder.binary('eq', right, builder.constant(-1));
        const isLeast = builder.binary('eq', left, builder.constant(-1n << BigInt(8 * size - 1)));
        const overflows = builder.binary('and', isMinusOne, isLeast);
        return builder.binary('and', isNonZero, builder.isZero(overflows));
      }
      case '<<':
      case '>>':
        return builder.binary('ult', right, builder.constant(8 * size));
      default:
        return builder.constant(1);
    }
  }
}

type TypedLogical = Extract<TypedExpression, { kind: 'logical' }>;
type TypedConditional = Extract<TypedExpression, { kind: 'conditional' }>;
type TypedStringTest = Extract<TypedExpression, { kind: 'stringTest' }>;

const isComparison = (operator: TypedOperator): operator is FloatComparison => COMPARISONS.has(operator);
const COMPARISONS: ReadonlySet<TypedOperator> = new Set<FloatComparison>(['==', '!=', '<', '<=', '>', '>=']);

const isNumber = (name: SpecialName): name is 'pid' | 'tid' | 'cpu' | 'time' => NUMBERS.has(name);
const NUMBERS: ReadonlySet<SpecialName> = new Set<SpecialName>(['pid', 'tid', 'cpu', 'time']);

function floatBits(value: number, size: number): bigint {
  const bytes = new DataView(new ArrayBuffer(8));
  if (size === 4) bytes.setFloat32(0, value, true);
  else bytes.setFloat64(0, value, true);
  return bytes.getBigUint64(0, true);
}

const tooMuch = (operation: string): CaptureGap => ({ code: 'notComputed', operation });

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
