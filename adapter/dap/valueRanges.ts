/** The least and the greatest number that each value of a tracepoint has had. */
import type { NumberReader } from '../value/number';

/** What a range needs to know of a value. */
export type Ranged = Pick<NumberReader, 'name' | 'text'>;

interface Range {
  least: number | bigint;
  greatest: number | bigint;
  text: Ranged['text'];
}

export class ValueRanges {
  private readonly ranges = new Map<string, Range>();

  note({ name, text }: Ranged, value: number | bigint): void {
    const range = this.ranges.get(name);
    if (!range) this.ranges.set(name, { least: value, greatest: value, text });
    else if (value < range.least) range.least = value;
    else if (value > range.greatest) range.greatest = value;
  }

  /** As the values are shown. */
  of(name: string): [least: string, greatest: string] | undefined {
    const range = this.ranges.get(name);
    return range && [range.text(range.least), range.text(range.greatest)];
  }
}
