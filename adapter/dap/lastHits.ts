import type { Hit } from '../engine/hit';
import type { TracepointId } from '../engine/tracepointState';
import type { NamedValueView } from '../protocol';
import type { NamedValue } from '../value/value';
import { ValueRanges } from './valueRanges';
import { valueView } from './valueView';

/** The latest hit of each tracepoint, and the ranges of the values of all its hits. */
export class LastHits {
  private readonly last = new Map<TracepointId, { bytes: Uint8Array<ArrayBuffer>; hit: Hit }>();
  private readonly ranges = new Map<TracepointId, ValueRanges>();

  note(hit: Hit): void {
    this.last.set(hit.tracepoint, hit.kept(this.last.get(hit.tracepoint)?.bytes));
    let ranges = this.ranges.get(hit.tracepoint);
    if (!ranges) this.ranges.set(hit.tracepoint, (ranges = new ValueRanges()));
    for (const reader of hit.source.reader.numbers) {
      const number = hit.number(reader);
      if (number !== undefined) ranges.note(reader, number);
    }
  }

  of(id: TracepointId): Hit | undefined {
    return this.last.get(id)?.hit;
  }

  /** Of each tracepoint, the latest first. */
  all(): Hit[] {
    return [...this.last.values()].map(({ hit }) => hit).sort((a, b) => (a.time < b.time ? 1 : -1));
  }

  /** Of the last hit. A range is of all hits; a value that is missing from the last one has one all the same. */
  values(id: TracepointId): NamedValueView[] {
    const ranges = this.ranges.get(id);
    return (this.of(id)?.values() ?? []).map((value) => {
      const range = ranges?.of(value.name);
      return { ...valueView(value), ...(range && { range }) };
    });
  }

  /** The value with that name in the latest hit that has one. */
  value(name: string): NamedValue | undefined {
    for (const hit of this.all()) {
      const value = hit.values().find((one) => one.name === name);
      if (value) return value;
    }
    return undefined;
  }

  forgetRanges(id: TracepointId): void {
    this.ranges.delete(id);
  }

  forget(id: TracepointId): void {
    this.last.delete(id);
    this.ranges.delete(id);
  }
}
