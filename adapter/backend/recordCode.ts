import {
  arithmetic,
  arithmeticImmediate,
  call,
  exit,
  fetchAdd,
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
import { THREAD_NAME_SIZE, type Output } from '../capture/ir';
import {
  BYTES_HEADER_SIZE,
  RECORD_HEADER,
  STRING_HEADER_SIZE,
  type RecordLayout,
} from '../capture/recordLayout';
import { PAGE_SIZE } from '../sys/system';
import { count } from './count';
import { COUNTS } from './counters';
import type { Slot } from './frame';
import { atMost, capped, pageIn, pageInCounted } from './pageIn';
import { COUNTER_SLOT, FAULTS, fetch, FRAME_POINTER, noteFault, RECORD, type Place } from './place';

/** A capture's output, and where its values are. */
export interface Captured {
  readonly output: Output;
  readonly results: readonly Place[];
}

/** Name of the ring buffer's map. */
export const RECORDS_MAP = 'records';

/** Code that makes the memory of an output resident. @param scratch 8 bytes to read into */
export function pageInOutput({ output, results }: Captured, index: number, scratch: Slot): Line[] {
  const name = `capture${index}`;
  switch (output.kind) {
    case 'scalar':
    case 'threadName':
      return [];
    case 'memory':
      return pageIn(results[0]!, output.size, name, scratch);
    case 'string':
    case 'readable':
      return pageIn(results[0]!, output.capacity, name, scratch);
    case 'bytes':
      return pageInCounted(results[0]!, results[1]!, output.capacity, name, scratch);
  }
}

/** Of the hit, for its record's header. */
export interface RecordedHit {
  readonly site: Slot;
  readonly cpu: Slot;
  /** What undoes the hit's passing its filter, where there is no room for the record. */
  readonly giveBack: readonly Line[];
}

/** Code that writes the record and leaves the program; it never sleeps, so that no record is open across a page fault. */
export function writeRecord(captured: readonly Captured[], layout: RecordLayout, hit: RecordedHit): Line[] {
  return [
    ...reserve(layout.size, hit.giveBack),
    ...header(hit),
    ...captured.flatMap((capture, index) => field(capture, index, layout.offsets[index]!)),
    store(8, RECORD, RECORD_HEADER.faults.offset, FAULTS),
    move(1, RECORD),
    moveImmediate(2, NO_WAKEUP),
    call('ringbuf_submit'),
    moveImmediate(0, 0),
    exit(),
  ];
}

function reserve(size: number, giveBack: readonly Line[]): Line[] {
  return [
    loadMap(1, RECORDS_MAP),
    moveImmediate(2, size),
    moveImmediate(3, 0),
    call('ringbuf_reserve'),
    jumpIfImmediate('ne', 0, 0, 'reserved'),
    ...giveBack,
    ...count('lost'),
    moveImmediate(0, 0),
    exit(),
    label('reserved'),
    move(RECORD, 0),
  ];
}

function header({ site, cpu: cpuSlot }: RecordedHit): Line[] {
  const { time, site: siteField, pid, tid, cpu, sequence } = RECORD_HEADER;
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
    load(8, 0, FRAME_POINTER, cpuSlot),
    store(cpu.size, RECORD, cpu.offset, 0),
    moveImmediate(1, 1),
    fetchAdd(COUNTER_SLOT, COUNTS.delivered, 1),
    store(sequence.size, RECORD, sequence.offset, 1),
  ];
}

function field({ output, results }: Captured, index: number, offset: number): Line[] {
  if (output.kind === 'threadName') return threadName(offset);
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
    case 'readable':
      return [
        ...zeroFrom(offset + BYTES_HEADER_SIZE, output.capacity & ~7, output.capacity),
        ...readable(output.capacity, result, index, offset),
      ];
    case 'bytes':
      return [
        ...zeroFrom(offset, 0, BYTES_HEADER_SIZE + output.capacity),
        ...counted(output.capacity, result, results[1]!, index, offset),
      ];
  }
}

/** It is the kernel's, and always there. */
const threadName = (offset: number): Line[] => [
  move(1, RECORD),
  arithmeticImmediate('add', 1, offset),
  moveImmediate(2, THREAD_NAME_SIZE),
  call('get_current_comm'),
];

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

/** All of it; where that fails, what comes before the end of a page, of the last one first. */
function readable(capacity: number, address: Place, index: number, offset: number): Line[] {
  const done = `field${index}.done`;
  const target = offset + BYTES_HEADER_SIZE;
  const lines = [
    storeImmediate(8, RECORD, offset, capacity),
    ...read('probe_read_user', target, capacity, address),
    jumpIfImmediate('eq', 0, 0, done),
  ];
  for (let pages = Math.ceil(capacity / PAGE_SIZE); pages > 0; pages--)
    lines.push(
      fetch(1, address),
      arithmeticImmediate('and', 1, PAGE_SIZE - 1),
      moveImmediate(2, pages * PAGE_SIZE),
      arithmetic('sub', 2, 1),
      ...capped(2, capacity, `field${index}.page${pages}`),
      store(8, RECORD, offset, 2),
      move(1, RECORD),
      arithmeticImmediate('add', 1, target),
      fetch(3, address),
      call('probe_read_user'),
      jumpIfImmediate('eq', 0, 0, done),
    );
  return [...lines, ...noteFault(index), storeImmediate(8, RECORD, offset, 0), label(done)];
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
