import type { Register } from '../x86/register';
import { evaluateBinary, evaluateExtend, signed } from './arithmetic';
import type { BinaryOp, Capture, Output, ScalarSize, Step, StringTest, Value } from './ir';
import { sliced } from './slice';

/**
 * Builds the steps of captures that belong together. Equal steps are made once, and what is known when the plan is
 * made is computed then; `finish` leaves out what its output does not need.
 */
export class StepBuilder {
  private readonly steps: Step[] = [];
  private readonly made = new Map<string, Value>();
  /** What is made now happens only where this is not 0. */
  private guard: Value | undefined;

  constant(value: bigint | number): Value {
    return this.step({ op: 'constant', value: signed(BigInt(value)) });
  }

  register(register: Register): Value {
    return this.step({ op: 'register', register });
  }

  loadBias(): Value {
    return this.step({ op: 'loadBias' });
  }

  threadPointer(): Value {
    return this.step({ op: 'threadPointer' });
  }

  load(address: Value, size: ScalarSize, isSigned = false): Value {
    return this.guardedStep({ op: 'load', address, size, signed: isSigned });
  }

  testString(test: StringTest, text: Uint8Array, address: Value): Value {
    return this.guardedStep({ op: 'testString', test, text, address });
  }

  testThreadName(test: StringTest, text: Uint8Array): Value {
    return this.step({ op: 'testThreadName', test, text });
  }

  special(name: Extract<Step, { op: 'special' }>['name']): Value {
    return this.step({ op: 'special', name });
  }

  /** `operand`, if the condition holds, which it has to wherever this is worked out at all. */
  require(condition: Value, operand: Value): Value {
    const { guard } = this;
    const needed =
      guard === undefined ? condition : this.binary('or', this.isZero(guard), this.truth(condition));
    const known = this.constantOf(needed);
    return known !== undefined && known !== 0n
      ? operand
      : this.step({ op: 'require', condition: needed, operand });
  }

  select(condition: Value, then: Value, otherwise: Value): Value {
    if (then === otherwise) return then;
    const known = this.constantOf(condition);
    if (known !== undefined) return known === 0n ? otherwise : then;
    return this.step({ op: 'select', condition, then, otherwise });
  }

  /** 1 where the value is not 0. */
  truth(value: Value): Value {
    return this.isTruth(value) ? value : this.binary('ne', value, this.constant(0));
  }

  isZero(value: Value): Value {
    return this.binary('eq', value, this.constant(0));
  }

  /** Does what is made now happen under a condition? */
  get isGuarded(): boolean {
    return this.guard !== undefined;
  }

  /** What `make` makes is read, and can fail, only where the condition is not 0. */
  when<T>(condition: Value, make: () => T): T {
    const { guard } = this;
    const known = this.constantOf(condition);
    if (known !== undefined && known !== 0n) return make();
    this.guard =
      guard === undefined ? this.truth(condition) : this.binary('and', guard, this.truth(condition));
    try {
      return make();
    } finally {
      this.guard = guard;
    }
  }

  add(left: Value, right: bigint | number): Value {
    return this.binary('add', left, this.constant(right));
  }

  binary(op: BinaryOp, left: Value, right: Value): Value {
    const [a, b] = [this.constantOf(left), this.constantOf(right)];
    if (a !== undefined && b !== undefined) return this.constant(evaluateBinary(op, a, b));
    if (op === 'add' && a !== undefined) return this.binary('add', right, left);
    if (b !== undefined) return this.withConstant(op, left, b) ?? this.step({ op, left, right });
    return this.step({ op, left, right });
  }

  unary(op: 'neg' | 'not', operand: Value): Value {
    const known = this.constantOf(operand);
    if (known !== undefined) return this.constant(op === 'neg' ? -known : ~known);
    return this.step({ op, operand });
  }

  extend(operand: Value, bits: number, isSigned = false): Value {
    if (bits >= 64) return operand;
    const known = this.constantOf(operand);
    if (known !== undefined) return this.constant(evaluateExtend(known, bits, isSigned));
    return this.step({ op: 'extend', operand, bits, signed: isSigned });
  }

  /** The value, if it is known when the plan is made. */
  constantOf(value: Value): bigint | undefined {
    const step = this.steps[value];
    return step?.op === 'constant' ? step.value : undefined;
  }

  /** The capture that puts `output` into the record, with the steps it needs. */
  finish(output: Output): Capture {
    return sliced(this.steps, output);
  }

  /** `left op right` in a shorter form, if there is one. */
  private withConstant(op: BinaryOp, left: Value, right: bigint): Value | undefined {
    if (right === 0n && WITHOUT_EFFECT_BY_ZERO.has(op)) return left;
    if (op === 'sub') return this.add(left, -right);
    const inner = this.steps[left];
    if (op === 'add' && inner?.op === 'add') {
      const offset = this.constantOf(inner.right);
      if (offset !== undefined) return this.add(inner.left, offset + right);
    }
    return undefined;
  }

  /** The same that happens anyway will do. */
  private guardedStep(step: Extract<Step, { guard?: Value }>): Value {
    const { guard } = this;
    const known = this.made.get(keyOf(step));
    return guard === undefined || known !== undefined ? this.step(step) : this.step({ ...step, guard });
  }

  private isTruth(value: Value): boolean {
    const step = this.steps[value]!;
    return step.op === 'constant' ? step.value === 0n || step.value === 1n : TRUTHS.has(step.op);
  }

  private step(step: Step): Value {
    const key = keyOf(step);
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const value = this.steps.push(step) - 1;
    this.made.set(key, value);
    return value;
  }
}

const keyOf = (step: Step): string => Object.values(step).join(' ');

/** Steps that give 0 or 1. */
const TRUTHS: ReadonlySet<Step['op']> = new Set<Step['op']>([
  'eq',
  'ne',
  'ult',
  'ule',
  'slt',
  'sle',
  'testString',
  'testThreadName',
]);
const WITHOUT_EFFECT_BY_ZERO: ReadonlySet<BinaryOp> = new Set([
  'add',
  'sub',
  'or',
  'xor',
  'shl',
  'shr',
  'sar',
]);
