/** Hits of an invented function `work(int n, const char *name)`, as bytes that the kernel would hand over. */
import { RECORD_HEADER } from '../../adapter/capture/recordLayout';
import { lowerSite } from '../../adapter/capture/site';
import { virtualAddress } from '../../adapter/elf/address';
import { Hit, HitReader, type HitSource } from '../../adapter/engine/hit';
import type { PlannedSite } from '../../adapter/engine/planner';
import { parseMessage, type Message } from '../../adapter/expression/message';
import { memory, record } from '../unit/capture/interpreter';
import { char, constant, context, expression, int, pointer, variable } from '../unit/expression/types';

const STACK = 0x7fff_0000_0000n;
const STRING = 0x6000_0000n;
const N = variable('n', int, expression({ op: 'registerOffset', register: 7, offset: 0 }));
const NAME = variable(
  'name',
  pointer(constant(char)),
  expression({ op: 'registerOffset', register: 7, offset: 8 }),
);

/** A site in `/src/work.c`; a snapshot without a message. */
export function hitSource(
  options: { tracepoint?: number; line?: number; function?: string; message?: string } = {},
): HitSource {
  const { tracepoint = 1, line = 7, function: name = 'work' } = options;
  const message: Message | undefined =
    options.message === undefined ? undefined : parseMessage(options.message);
  const capture = lowerSite([{ variable: N }, { variable: NAME }], context([N, NAME]), {
    bytesPerHit: 1024,
    stringBytes: 64,
  });
  return {
    tracepoint,
    site: {
      file: '/src/work.c',
      line,
      resolvedLine: line,
      address: virtualAddress(0x1000 + line),
      scope: { name },
    } as PlannedSite,
    reader: new HitReader({ message, capture, slots: [0, 1] }, () => undefined),
  };
}

export interface HitFields {
  readonly n: number;
  readonly name?: string;
  readonly tid?: number;
  /** Nanoseconds. */
  readonly time?: number;
}

export function hitOf(source: HitSource, { n, name = '', tid = 100, time = 0 }: HitFields): Hit {
  const frame = Buffer.alloc(16);
  frame.writeInt32LE(n, 0);
  frame.writeBigUInt64LE(STRING, 8);
  const { captures } = source.reader.record.capture.program;
  const { view, offset } = record(captures, {
    registers: { sp: STACK },
    loadBias: 0n,
    read: memory(
      { at: STACK, bytes: frame },
      { at: STRING, bytes: Buffer.from(`${name}\0`.padEnd(80, '\0')) },
    ),
  });
  view.setBigUint64(offset + RECORD_HEADER.time.offset, BigInt(time), true);
  view.setUint32(offset + RECORD_HEADER.pid.offset, 99, true);
  view.setUint32(offset + RECORD_HEADER.tid.offset, tid, true);
  return new Hit(source, view, offset, view.byteLength - offset);
}
