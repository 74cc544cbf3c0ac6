/**
 * Floating point in steps of the IR, which has integers alone. A float or double is its bits (IEEE 754-2019, 3.4),
 * zero-extended to 64.
 */
import type { Value } from './ir';
import type { StepBuilder } from './stepBuilder';

export type FloatSize = 4 | 8;

interface Layout {
  readonly bits: number;
  readonly fractionBits: number;
  /** Of the exponent field. */
  readonly bias: number;
}
const LAYOUTS: Readonly<Record<FloatSize, Layout>> = {
  4: { bits: 32, fractionBits: 23, bias: 127 },
  8: { bits: 64, fractionBits: 52, bias: 1023 },
};
const DOUBLE = LAYOUTS[8];

export type FloatComparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export class FloatSteps {
  constructor(private readonly builder: StepBuilder) {}

  /** 1 or 0. With a NaN all are false but `!=`. */
  compare(operator: FloatComparison, left: Value, right: Value, size: FloatSize): Value {
    const { builder } = this;
    if (operator === '!=') return builder.isZero(this.compare('==', left, right, size));
    if (operator === '>') return this.compare('<', right, left, size);
    if (operator === '>=') return this.compare('<=', right, left, size);
    const op = ({ '==': 'eq', '<': 'slt', '<=': 'sle' } as const)[operator];
    const ordered = builder.binary('and', this.isNumber(left, size), this.isNumber(right, size));
    return builder.binary('and', ordered, builder.binary(op, this.key(left, size), this.key(right, size)));
  }

  isTrue(value: Value, size: FloatSize): Value {
    return this.builder.truth(this.magnitude(value, size));
  }

  negated(value: Value, size: FloatSize): Value {
    return this.builder.binary('xor', value, this.constant(signBit(LAYOUTS[size])));
  }

  /** The nearest one, ties to even. @param integer extended to 64 bits by its sign */
  fromInteger(integer: Value, signed: boolean, size: FloatSize): Value {
    const { builder } = this;
    if (!signed) return this.fromMagnitude(integer, LAYOUTS[size]);
    const isNegative = this.isNegative(integer);
    const magnitude = builder.select(isNegative, builder.unary('neg', integer), integer);
    return builder.binary(
      'or',
      this.fromMagnitude(magnitude, LAYOUTS[size]),
      this.shl(isNegative, LAYOUTS[size].bits - 1),
    );
  }

  /** Exactly. */
  doubleFromFloat(value: Value): Value {
    const { builder } = this;
    const fraction = this.and(value, 0x7f_ffffn);
    const exponent = this.and(this.shr(value, 23), 0xffn);
    const isSpecial = builder.binary('eq', exponent, this.constant(0xffn));
    // NaN and infinity have the largest exponent here as there.
    const shift = builder.select(isSpecial, this.constant(0x7ffn - 0xffn), this.constant(1023n - 127n));
    const normal = builder.binary(
      'or',
      this.shl(builder.binary('add', exponent, shift), 52),
      this.shl(fraction, 29),
    );
    // 2^-149 of the fraction, taken as an integer.
    const scaled = builder.add(this.fromMagnitude(fraction, DOUBLE), -(149n << 52n));
    const subnormal = builder.select(fraction, scaled, this.constant(0n));
    const magnitude = builder.select(exponent, normal, subnormal);
    return builder.binary('or', magnitude, this.shl(this.shr(value, 31), 63));
  }

  /**
   * Towards zero, extended to 64 bits by its sign; `fits` is 0 where the type does not have it, which C leaves undefined.
   * @param value a double
   */
  integerFromDouble(value: Value, bytes: number, signed: boolean): { integer: Value; fits: Value } {
    const { builder } = this;
    const exponent = builder.add(this.and(this.shr(value, 52), 0x7ffn), -1023n);
    const significand = builder.binary('or', this.and(value, (1n << 52n) - 1n), this.constant(1n << 52n));
    const right = builder.binary('shr', significand, builder.binary('sub', this.constant(52n), exponent));
    const left = builder.binary('shl', significand, builder.add(exponent, -52n));
    const isRight = builder.binary('sle', exponent, this.constant(52n));
    const magnitude = builder.select(isRight, right, left);
    const isNegative = this.isNegative(value);
    const integer = builder.select(isNegative, builder.unary('neg', magnitude), magnitude);
    const most = (1n << BigInt(8 * bytes - (signed ? 1 : 0))) - 1n;
    const limit = builder.select(isNegative, this.constant(signed ? most + 1n : 0n), this.constant(most));
    const inRange = builder.binary('ule', magnitude, limit);
    const fits = builder.binary('and', builder.binary('slt', exponent, this.constant(64n)), inRange);
    return { integer, fits };
  }

  /** @param magnitude an unsigned integer */
  private fromMagnitude(magnitude: Value, { fractionBits, bias }: Layout): Value {
    const { builder } = this;
    const { zeros, normalized } = this.normalize(magnitude);
    const dropped = 63 - fractionBits;
    const kept = this.shr(normalized, dropped);
    const rest = this.and(normalized, (1n << BigInt(dropped)) - 1n);
    const half = this.constant(1n << BigInt(dropped - 1));
    const isOdd = this.and(kept, 1n);
    const tie = builder.binary('and', builder.binary('eq', rest, half), isOdd);
    const up = builder.binary('or', builder.binary('ult', half, rest), tie);
    // A carry out of the fraction goes into the exponent, as it should.
    const significand = builder.binary('add', kept, up);
    const exponent = builder.binary('sub', this.constant(BigInt(bias + 63 - 1)), zeros);
    const bits = builder.binary('add', this.shl(exponent, fractionBits), significand);
    return builder.select(magnitude, bits, this.constant(0n));
  }

  /** Shifted to the left until the highest bit is set, and by how much; 63 for 0. */
  private normalize(value: Value): { zeros: Value; normalized: Value } {
    const { builder } = this;
    let [zeros, normalized] = [this.constant(0n), value];
    for (const log of [5, 4, 3, 2, 1, 0]) {
      const limit = this.constant(1n << (64n - (1n << BigInt(log))));
      const step = this.shl(builder.binary('ult', normalized, limit), log);
      zeros = builder.binary('add', zeros, step);
      normalized = builder.binary('shl', normalized, step);
    }
    return { zeros, normalized };
  }

  /** An integer that orders as the numbers do; of both zeros the same. */
  private key(value: Value, size: FloatSize): Value {
    const magnitude = this.magnitude(value, size);
    const sign = this.and(value, signBit(LAYOUTS[size]));
    return this.builder.select(sign, this.builder.unary('neg', magnitude), magnitude);
  }

  private isNumber(value: Value, size: FloatSize): Value {
    const { bits, fractionBits } = LAYOUTS[size];
    const infinity = (1n << BigInt(bits - 1)) - (1n << BigInt(fractionBits));
    return this.builder.binary('ule', this.magnitude(value, size), this.constant(infinity));
  }

  private magnitude(value: Value, size: FloatSize): Value {
    return this.and(value, signBit(LAYOUTS[size]) - 1n);
  }

  private isNegative(value: Value): Value {
    return this.builder.binary('slt', value, this.constant(0n));
  }

  private and(value: Value, mask: bigint): Value {
    return this.builder.binary('and', value, this.constant(mask));
  }

  private shl(value: Value, bits: number): Value {
    return this.builder.binary('shl', value, this.constant(BigInt(bits)));
  }

  private shr(value: Value, bits: number): Value {
    return this.builder.binary('shr', value, this.constant(BigInt(bits)));
  }

  private constant(value: bigint): Value {
    return this.builder.constant(value);
  }
}

const signBit = ({ bits }: Layout): bigint => 1n << BigInt(bits - 1);
