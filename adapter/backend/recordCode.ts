import {
  arithmetic,
  arithmeticImmediate,
  atomicAdd,
  call,
  exit,
  jump,
  jumpIfImmediate,
  label,
  load,
  loadMap,
  move,
  moveImmediate,
  store,
  storeImmediate,
  type Line,
} from '../bpf/instruction';
import type { BpfRegister } from '../bpf/opcode';
import type { Output } from '../capture/ir';
import {
  BYTES_HEADER_SIZE,
  RECORD_HEADER,
  STRING_HEADER_SIZE,
  type RecordLayout,
} from '../capture/recordLayout';
import { PAGE_SIZE } from '../sys/system';
import { COUNTS } from './counters';
import { COUNTER_SLOT, FAULTS, fetch, FRAME_POINTER, noteFault, RECORD, type Place } from './evaluation';
import type { Slot } from './frame';

/** A capture's output, and where its values are. */
export interface Captured {
  readonly output: Output;
  readonly results: readonly Place[];
}

/** Name of the ring buffer's map. */
export const RECORDS_MAP = 'records';

/**
 * Code that makes the memory of an output resident by reading a byte of each of its pages; it may sleep. What cannot
 * be read is noticed when the record is written.
 * @param scratch 8 bytes to read into
 */
export function pageIn({ output, results }: Captured, index: number, scratch: Slot): Line[] {
  switch (output.kind) {
    case 'scalar':
      return [];
    case 'memory':
      return pageInFixed(results[0]!, output.size, index, scratch);
    case 'string':
      return pageInFixed(results[0]!, output.capacity, index, scratch);
    case 'bytes':
      return pageInCounted(results[0]!, results[1]!, output.capacity, index, scratch);
  }
}

/** Reads the byte that r3 points to. */
const readByte = (scratch: Slot): Line[] => [
  move(1, FRAME_POINTER),
  arithmeticImmediate('add', 1, scratch),
  moveImmediate(2, 1),
  call('copy_from_user'),
];

const toucher =
  (address: Place, scratch: Slot) =>
  (offset: number): Line[] => [
    fetch(3, address),
    ...(offset > 0 ? [arithmeticImmediate('add', 3, offset)] : []),
    ...readByte(scratch),
  ];

function pageInFixed(address: Place, size: number, index: number, scratch: Slot): Line[] {
  const touch = toucher(address, scratch);
  const lines = touch(0);
  for (let offset = PAGE_SIZE; offset < size - 1; offset += PAGE_SIZE) lines.push(...touch(offset));
  if (size === 1) return lines;
  const resident = `capture${index}.resident`;
  // The last byte, unless it is on the page of the first.
  return size > PAGE_SIZE
    ? [...lines, ...touch(size - 1)]
    : [
        ...lines,
        fetch(3, address),
        arithmeticImmediate('and', 3, PAGE_SIZE - 1),
        jumpIfImmediate('ule', 3, PAGE_SIZE - size, resident),
        ...touch(size - 1),
        label(resident),
      ];
}

/** As `pageInFixed`, of what is there: no byte behind the length is touched. */
function pageInCounted(
  address: Place,
  length: Place,
  capacity: number,
  index: number,
  scratch: Slot,
): Line[] {
  const touch = toucher(address, scratch);
  const [last, whole, resident] = [
    `capture${index}.last`,
    `capture${index}.whole`,
    `capture${index}.resident`,
  ];
  const lines = [...apart(0, length), jumpIfImmediate('eq', 0, 0, resident), ...touch(0)];
  for (let offset = PAGE_SIZE; offset < capacity; offset += PAGE_SIZE)
    lines.push(...apart(0, length), jumpIfImmediate('ule', 0, offset, last), ...touch(offset));
  return [
    ...lines,
    label(last),
    ...atMost(0, length, capacity, whole),
    fetch(3, address),
    move(1, 3),
    arithmeticImmediate('and', 1, PAGE_SIZE - 1),
    arithmetic('add', 1, 0),
    jumpIfImmediate('ule', 1, PAGE_SIZE, resident),
    arithmetic('add', 3, 0),
    arithmeticImmediate('sub', 3, 1),
    ...readByte(scratch),
    label(resident),
  ];
}

/**
 * register = a length, in a form in which the verifier does not know that it is the one on the stack: it would take what a jump
 * tells of the one for the other too, and follow all that comes after once for each case.
 */
const apart = (register: BpfRegister, length: Place): Line[] => [
  fetch(register, length),
  arithmeticImmediate('or', register, 0),
];

/** register = the length, or the capacity where that is less; leaves the verifier in no doubt. */
const atMost = (register: BpfRegister, length: Place, capacity: number, name: string): Line[] => [
  ...apart(register, length),
  jumpIfImmediate('ule', register, capacity, name),
  moveImmediate(register, capacity),
  label(name),
];

/** Code that writes the record and leaves the program; it never sleeps, so that no record is open across a page fault. */
export function writeRecord(captured: readonly Captured[], layout: RecordLayout, site: Slot): Line[] {
  return [
    ...reserve(layout.size),
    ...header(site),
    ...captured.flatMap((capture, index) => field(capture, index, layout.offsets[index]!)),
    store(8, RECORD, RECORD_HEADER.faults.offset, FAULTS),
    move(1, RECORD),
    moveImmediate(2, NO_WAKEUP),
    call('ringbuf_submit'),
    ...count('delivered'),
    moveImmediate(0, 0),
    exit(),
  ];
}

/** One more in a count of this site on this processor. */
export const count = (name: keyof typeof COUNTS): Line[] => [
  moveImmediate(1, 1),
  atomicAdd(COUNTER_SLOT, COUNTS[name], 1),
];

function reserve(size: number): Line[] {
  return [
    loadMap(1, RECORDS_MAP),
    moveImmediate(2, size),
    moveImmediate(3, 0),
    call('ringbuf_reserve'),
    jumpIfImmediate('ne', 0, 0, 'reserved'),
    ...count('lost'),
    moveImmediate(0, 0),
    exit(),
    label('reserved'),
    move(RECORD, 0),
  ];
}

function header(site: Slot): Line[] {
  const { time, site: siteField, pid, tid, cpu } = RECORD_HEADER;
  return [
    call('ktime_get_ns'),
    store(time.size, RECORD, time.offset, 0),
    load(8, 0, FRAME_POINTER, site),
    store(siteField.size, RECORD, siteField.offset, 0),
    // Thread group in the upper half, thread in the lower.
    call('get_current_pid_tgid'),
    store(tid.size, RECORD, tid.offset, 0),
    arithmeticImmediate('shr', 0, 32),
    store(pid.size, RECORD, pid.offset, 0),
    call('get_smp_processor_id'),
    store(cpu.size, RECORD, cpu.offset, 0),
  ];
}

function field({ output, results }: Captured, index: number, offset: number): Line[] {
  const result = results[0]!;
  switch (output.kind) {
    case 'scalar':
      return [
        ...(output.size < 8 ? [storeImmediate(8, RECORD, offset, 0)] : []),
        fetch(0, result),
        store(output.size, RECORD, offset, 0),
      ];
    case 'memory':
      return [
        ...zeroFrom(offset, output.size & ~7, output.size),
        ...memory(output.size, result, index, offset),
      ];
    case 'string':
      return [
        ...zeroFrom(offset, 0, STRING_HEADER_SIZE + output.capacity),
        ...string(output.capacity, result, index, offset),
      ];
    case 'bytes':
      return [
        ...zeroFrom(offset, 0, BYTES_HEADER_SIZE + output.capacity),
        ...counted(output.capacity, result, results[1]!, index, offset),
      ];
  }
}

/** Zeros from byte `from` of a field up to its end, in whole words. */
function zeroFrom(offset: number, from: number, end: number): Line[] {
  const lines: Line[] = [];
  for (let at = from; at < end; at += 8) lines.push(storeImmediate(8, RECORD, offset + at, 0));
  return lines;
}

/** The helper fills the destination with zeros when it fails. */
function memory(size: number, address: Place, index: number, offset: number): Line[] {
  const done = `field${index}.done`;
  return [
    ...read('probe_read_user', offset, size, address),
    jumpIfImmediate('eq', 0, 0, done),
    ...noteFault(index),
    label(done),
  ];
}

/** The helper gives the length with the NUL, or a negative errno. */
function string(capacity: number, address: Place, index: number, offset: number): Line[] {
  const [fault, done] = [`field${index}.fault`, `field${index}.done`];
  return [
    ...read('probe_read_user_str', offset + STRING_HEADER_SIZE, capacity, address),
    jumpIfImmediate('sle', 0, 0, fault),
    store(4, RECORD, offset, 0),
    jump(done),
    label(fault),
    ...noteFault(index),
    label(done),
  ];
}

function counted(capacity: number, address: Place, length: Place, index: number, offset: number): Line[] {
  const [there, done] = [`field${index}.there`, `field${index}.done`];
  return [
    ...atMost(2, length, capacity, `field${index}.whole`),
    jumpIfImmediate('eq', 2, 0, there),
    move(1, RECORD),
    arithmeticImmediate('add', 1, offset + BYTES_HEADER_SIZE),
    fetch(3, address),
    call('probe_read_user'),
    jumpIfImmediate('eq', 0, 0, there),
    ...noteFault(index),
    jump(done),
    label(there),
    fetch(0, length),
    store(8, RECORD, offset, 0),
    label(done),
  ];
}

const read = (
  helper: 'probe_read_user' | 'probe_read_user_str',
  offset: number,
  size: number,
  address: Place,
): Line[] => [
  move(1, RECORD),
  arithmeticImmediate('add', 1, offset),
  moveImmediate(2, size),
  fetch(3, address),
  call(helper),
];

/** BPF_RB_NO_WAKEUP: the ring is polled. */
const NO_WAKEUP = 1;
