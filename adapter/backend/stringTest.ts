/** Code of the IR's tests of strings: r0 = 1 or 0. */
import {
  arithmetic,
  arithmeticImmediate,
  call,
  jumpIfImmediate,
  label,
  load,
  loadConstant,
  move,
  moveImmediate,
  storeImmediate,
  type Line,
} from '../bpf/instruction';
import type { Step } from '../capture/ir';
import type { Slot } from './frame';
import { operation } from './operation';
import { pageIn } from './pageIn';
import { fetch, FRAME_POINTER, unknownZero, unlink, type Place } from './place';

/** The text, and its NUL or what else comes then, and the NUL with which the helper ends what it cuts off. */
const capacityOf = (length: number): number => length + 2;
/** Words of the stack that a test of a string wants. */
export const wordsOfString = (length: number): number => Math.ceil(capacityOf(length) / 8);

/** TASK_COMM_LEN (linux/sched.h), with the NUL. */
const THREAD_NAME_BYTES = 16;
export const THREAD_NAME_WORDS = THREAD_NAME_BYTES / 8;

/**
 * The memory is paged in first, then read by the helper that stops at a NUL, so that a string may end where its page does.
 * @param places `buffer`: the lowest of `wordsOfString` words
 */
export function testString(
  { test, text }: Extract<Step, { op: 'testString' }>,
  places: { address: Place; guard: Place | undefined; buffer: Slot },
  { name, fault }: { name: string; fault: string },
): Line[] {
  const { address, guard, buffer } = places;
  const capacity = capacityOf(text.length);
  const code = [
    ...pageIn(address, capacity, name, buffer),
    // Of the last word the helper may leave bytes as they are.
    storeImmediate(8, FRAME_POINTER, buffer + 8 * (wordsOfString(text.length) - 1), 0),
    move(1, FRAME_POINTER),
    arithmeticImmediate('add', 1, buffer),
    moveImmediate(2, capacity),
    fetch(3, address),
    call('probe_read_user_str'),
    jumpIfImmediate('sle', 0, 0, fault),
    ...compare(test === 'equals' ? withNul(text) : text, buffer),
  ];
  if (guard === undefined) return code;
  const unguarded = `${name}.unguarded`;
  return [
    fetch(1, guard),
    unlink(1),
    ...unknownZero(),
    jumpIfImmediate('eq', 1, 0, unguarded),
    ...code,
    label(unguarded),
  ];
}

/** The kernel fills the name up with NULs. @param buffer the lowest of THREAD_NAME_WORDS words */
export function testThreadName(
  { test, text }: Extract<Step, { op: 'testThreadName' }>,
  buffer: Slot,
): Line[] {
  const wanted = test === 'equals' ? withNul(text) : text;
  if (wanted.length > THREAD_NAME_BYTES) return [moveImmediate(0, 0)];
  return [
    move(1, FRAME_POINTER),
    arithmeticImmediate('add', 1, buffer),
    moveImmediate(2, THREAD_NAME_BYTES),
    call('get_current_comm'),
    ...compare(wanted, buffer),
  ];
}

const withNul = (text: Uint8Array): Uint8Array => Buffer.concat([text, Buffer.of(0)]);

/** r0 = 1 if the bytes are at the slot, otherwise 0. */
function compare(bytes: Uint8Array, at: Slot): Line[] {
  const lines: Line[] = [moveImmediate(0, 0)];
  for (let start = 0; start < bytes.length; start += 8) {
    const word = bytes.subarray(start, start + 8);
    lines.push(
      load(8, 1, FRAME_POINTER, at + start),
      loadConstant(2, littleEndian(word)),
      arithmetic('xor', 1, 2),
      // What is above the bytes does not count.
      ...(word.length < 8 ? [arithmeticImmediate('shl', 1, 64 - 8 * word.length)] : []),
      arithmetic('or', 0, 1),
    );
  }
  return [...lines, moveImmediate(1, 0), ...operation('eq')];
}

const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
