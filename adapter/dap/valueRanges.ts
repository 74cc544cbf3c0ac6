/** The least and the greatest number that each value of a tracepoint has had. */
import type { NamedValue } from '../value/value';

type Range = [least: string, greatest: string];

export class ValueRanges {
  private readonly ranges = new Map<string, Range>();

  note(values: readonly NamedValue[]): void {
    for (const one of values) {
      if (!('value' in one) || !NUMBER.test(one.value)) continue;
      const { name, value } = one;
      const range = this.ranges.get(name);
      if (!range) this.ranges.set(name, [value, value]);
      else if (isLess(value, range[0])) range[0] = value;
      else if (isLess(range[1], value)) range[1] = value;
    }
  }

  of(name: string): Range | undefined {
    return this.ranges.get(name);
  }
}

/** Integers of 64 bits are more than a number holds. */
const isLess = (a: string, b: string): boolean => {
  const [left, right] = [Number(a), Number(b)];
  return left === right && INTEGER.test(a) && INTEGER.test(b) ? BigInt(a) < BigInt(b) : left < right;
};

const INTEGER = /^-?\d+$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;
