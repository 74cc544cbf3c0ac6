import type { Register } from '../x86/register';
import { evaluateBinary, evaluateExtend, signed } from './arithmetic';
import {
  outputValues,
  renumberedOutput,
  type BinaryOp,
  type Capture,
  type Output,
  type ScalarSize,
  type Step,
  type Value,
} from './ir';

/**
 * Builds the steps of captures that belong together. Equal steps are made once, and what is known when the plan is
 * made is computed then; `finish` leaves out what its output does not need.
 */
export class StepBuilder {
  private readonly steps: Step[] = [];
  private readonly made = new Map<string, Value>();

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
    return this.step({ op: 'load', address, size, signed: isSigned });
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
    const needed = new Set<Value>();
    const pending = [...outputValues(output)];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      if (needed.has(value)) continue;
      needed.add(value);
      pending.push(...operandsOf(this.steps[value]!));
    }
    const order = [...needed].sort((a, b) => a - b);
    const renumbered = new Map(order.map((value, index) => [value, index]));
    const moved = (value: Value): Value => renumbered.get(value)!;
    return {
      steps: order.map((value) => withOperands(this.steps[value]!, moved)),
      output: renumberedOutput(output, moved),
    };
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

  private step(step: Step): Value {
    const key = Object.values(step).join(' ');
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const value = this.steps.push(step) - 1;
    this.made.set(key, value);
    return value;
  }
}

const WITHOUT_EFFECT_BY_ZERO: ReadonlySet<BinaryOp> = new Set([
  'add',
  'sub',
  'or',
  'xor',
  'shl',
  'shr',
  'sar',
]);

/** The values that a step uses. */
function operandsOf(step: Step): Value[] {
  switch (step.op) {
    case 'constant':
    case 'register':
    case 'loadBias':
    case 'threadPointer':
      return [];
    case 'neg':
    case 'not':
    case 'extend':
      return [step.operand];
    case 'load':
      return [step.address];
    default:
      return [step.left, step.right];
  }
}

function withOperands(step: Step, moved: (value: Value) => Value): Step {
  switch (step.op) {
    case 'constant':
    case 'register':
    case 'loadBias':
    case 'threadPointer':
      return step;
    case 'neg':
    case 'not':
    case 'extend':
      return { ...step, operand: moved(step.operand) };
    case 'load':
      return { ...step, address: moved(step.address) };
    default:
      return { ...step, left: moved(step.left), right: moved(step.right) };
  }
}
