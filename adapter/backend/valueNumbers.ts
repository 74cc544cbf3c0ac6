import { operandsOf, type Capture, type ScalarSize, type Step } from '../capture/ir';

/** A load without a guard. */
export interface PlainLoad {
  readonly capture: Capture;
  /** Its step. */
  readonly at: number;
  readonly address: Sum;
  readonly size: ScalarSize;
}

/** A value: the one that a number stands for, and a constant more. */
export interface Sum {
  readonly base: number;
  readonly offset: bigint;
}

/** Numbers the values of several captures: equal ones have the same (global value numbering). */
export class ValueNumbers {
  private readonly numbers = new Map<string, number>();

  /** In the order of the steps. */
  loadsOf(capture: Capture): PlainLoad[] {
    const loads: PlainLoad[] = [];
    const sums: (Sum | undefined)[] = [];
    capture.steps.forEach((step, at) => {
      sums.push(this.sumOf(step, sums));
      const address = step.op === 'load' && step.guard === undefined ? sums[step.address] : undefined;
      if (step.op === 'load' && address) loads.push({ capture, at, address, size: step.size });
    });
    return loads;
  }

  /** Undefined where it is not known to be the same wherever it is worked out. */
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
    const { base } =
      left.base === NOTHING
        ? right
        : right.base === NOTHING
          ? left
          : this.named('add', left.base, right.base);
    return { base, offset: BigInt.asIntN(64, left.offset + right.offset) };
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
