import { RECORD_HEADER } from '../capture/recordLayout';
import { renderMessage } from '../value/message';
import { compileNumbers, type NumberReader } from '../value/number';
import { compileReader, type RecordReader } from '../value/reader';
import type { SymbolLookup } from '../value/symbol';
import type { NamedValue } from '../value/value';
import type { PlannedSite, SiteRecord } from './planner';
import type { TracepointId } from './tracepointState';

/** What the hits of one site, by one edition of a tracepoint, have in common. */
export interface HitSource {
  readonly tracepoint: TracepointId;
  readonly site: PlannedSite;
  readonly reader: HitReader;
}

/** One execution of a site, as its record tells it. Reads the record's bytes, which are gone after the call it came with. */
export class Hit {
  constructor(
    readonly source: HitSource,
    private readonly record: DataView,
    private readonly offset: number,
    /** Bytes of the record. */
    readonly size: number,
  ) {}

  get tracepoint(): TracepointId {
    return this.source.tracepoint;
  }

  get site(): PlannedSite {
    return this.source.site;
  }

  /** CLOCK_MONOTONIC, nanoseconds. */
  get time(): bigint {
    return this.record.getBigUint64(this.offset + RECORD_HEADER.time.offset, true);
  }

  get pid(): number {
    return this.record.getUint32(this.offset + RECORD_HEADER.pid.offset, true);
  }

  get tid(): number {
    return this.record.getUint32(this.offset + RECORD_HEADER.tid.offset, true);
  }

  /** In the order of the message's expressions; all locals of a snapshot. */
  values(): NamedValue[] {
    return this.source.reader.values(this.record, this.offset);
  }

  /** The number that one of the source's readers finds. */
  number({ read }: NumberReader): number | bigint | undefined {
    return read(this.record, this.offset);
  }

  /** The log message with these values in it; undefined for a snapshot. */
  message(values: readonly NamedValue[], textOf: (value: NamedValue) => string): string | undefined {
    const { message } = this.source.reader.record;
    return message && renderMessage(message, values, textOf);
  }

  /** Puts the record's bytes at `to`, where there must be room. */
  copyTo(bytes: Uint8Array, to: number): void {
    bytes.set(new Uint8Array(this.record.buffer, this.record.byteOffset + this.offset, this.size), to);
  }

  /** The same hit on bytes of its own: on `space`, if it has room, until the next hit is put there. */
  kept(space?: Uint8Array<ArrayBuffer>): KeptHit {
    const bytes = space && space.length >= this.size ? space : new Uint8Array(this.size);
    this.copyTo(bytes, 0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, this.size);
    return { bytes, hit: new Hit(this.source, view, 0, this.size) };
  }
}

export interface KeptHit {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hit: Hit;
}

/** Reads the records of one site. */
export class HitReader {
  private readonly read: RecordReader;
  private numberReaders: readonly NumberReader[] | undefined;

  constructor(
    readonly record: SiteRecord,
    symbolAt: SymbolLookup,
  ) {
    this.read = compileReader(record.capture, symbolAt);
  }

  /** Of the values that are numbers: made when they are first asked for, which the command line does not. */
  get numbers(): readonly NumberReader[] {
    return (this.numberReaders ??= compileNumbers(this.record.capture));
  }

  /** Of the values, in their order. */
  get names(): string[] {
    const { capture, slots } = this.record;
    return slots.map((slot) => (typeof slot === 'number' ? capture.expressions[slot]!.text : slot.name));
  }

  values(bytes: DataView, offset: number): NamedValue[] {
    const captured = this.read(bytes, offset);
    return this.record.slots.map((slot) =>
      typeof slot === 'number'
        ? captured[slot]!
        : {
            name: slot.name,
            type: UNKNOWN_TYPE,
            unavailable: { code: 'notTyped', failure: slot.error.failure },
          },
    );
  }
}

/** The type of what has no meaning. */
const UNKNOWN_TYPE = '?';
