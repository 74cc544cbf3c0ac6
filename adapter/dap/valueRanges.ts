/** The least and the greatest number that each value of a tracepoint has had. */
import type { NumberReader } from '../value/number';

/** What a range needs to know of a value. */
export type Ranged = Pick<NumberReader, 'name' | 'text'>;

interface Range {
  /** Ends of one name may come from sites where it has different types. */
  readonly least: End;
  readonly greatest: End;
}

interface End {
  value: number | bigint;
  text: Ranged['text'];
}

export class ValueRanges {
  private readonly ranges = new Map<string, Range>();

  note({ name, text }: Ranged, value: number | bigint): void {
    const range = this.ranges.get(name);
    if (!range) this.ranges.set(name, { least: { value, text }, greatest: { value, text } });
    else if (value < range.least.value) move(range.least, value, text);
    else if (value > range.greatest.value) move(range.greatest, value, text);
  }

  /** As the values are shown. */
  of(name: string): [least: string, greatest: string] | undefined {
    const range = this.ranges.get(name);
    return range && [shown(range.least), shown(range.greatest)];
  }
}

function move(end: End, value: number | bigint, text: Ranged['text']): void {
  end.value = value;
  end.text = text;
}

const shown = ({ value, text }: End): string => text(value);
