import { operandsOf, type Capture, type Step } from '../capture/ir';

/** A value: the one that a number stands for, and a constant more. */
export interface Sum {
  readonly base: number;
  readonly offset: bigint;
}

/** Numbers the values of several captures: equal ones have the same (global value numbering). */
export class ValueNumbers {
  private readonly numbers = new Map<string, number>();

  /** Of each step; undefined where it is not known to be the same wherever it is worked out. */
  sumsOf(capture: Capture): readonly (Sum | undefined)[] {
    const sums: (Sum | undefined)[] = [];
    for (const step of capture.steps) sums.push(this.sumOf(step, sums));
    return sums;
  }

  private sumOf(step: Step, sums: readonly (Sum | undefined)[]): Sum | undefined {
    const operands: Sum[] = [];
    for (const value of operandsOf(step)) {
      const sum = sums[value];
      if (sum === undefined) return undefined;
      operands.push(sum);
    }
    switch (step.op) {
      case 'constant':
        return { base: NOTHING, offset: step.value };
      case 'register':
        return this.named(step.op, step.register);
      case 'add':
        return this.added(operands as [Sum, Sum]);
      case 'load':
        return step.guard === undefined
          ? this.named(step.op, step.size, step.signed, ...operands)
          : undefined;
      case 'extend':
        return this.named(step.op, step.bits, step.signed, ...operands);
      case 'require':
      case 'testString':
      case 'testThreadName':
      case 'special':
        return undefined;
      default:
        return this.named(step.op, ...operands);
    }
  }

  private added([left, right]: [Sum, Sum]): Sum {
    const offset = BigInt.asIntN(64, left.offset + right.offset);
    if (left.base === NOTHING) return { base: right.base, offset };
    if (right.base === NOTHING) return { base: left.base, offset };
    return { base: this.named('add', left.base, right.base).base, offset };
  }

  private named(...parts: readonly (string | number | boolean | Sum)[]): Sum {
    const name = parts
      .map((part) => (typeof part === 'object' ? `${part.base}+${part.offset}` : String(part)))
      .join(' ');
    const known = this.numbers.get(name) ?? this.numbers.size + 1;
    this.numbers.set(name, known);
    return { base: known, offset: 0n };
  }
}

/** Base of a constant. */
const NOTHING = 0;
