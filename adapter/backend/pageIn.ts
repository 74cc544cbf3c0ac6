import {
  arithmetic,
  arithmeticImmediate,
  call,
  jumpIfImmediate,
  label,
  move,
  moveImmediate,
  type Line,
} from '../bpf/instruction';
import type { BpfRegister } from '../bpf/opcode';
import { PAGE_SIZE } from '../sys/system';
import type { Slot } from './frame';
import { fetch, FRAME_POINTER, unlink, type Place } from './place';

/**
 * Code that makes `size` bytes of the target's memory resident by reading a byte of each of their pages; it may sleep. What
 * cannot be read is noticed when it is read in earnest.
 * @param name unique in the program, for a label
 * @param scratch 8 bytes to read into
 */
export function pageIn(address: Place, size: number, name: string, scratch: Slot): Line[] {
  const touch = toucher(address, scratch);
  const lines = touch(0);
  for (let offset = PAGE_SIZE; offset < size - 1; offset += PAGE_SIZE) lines.push(...touch(offset));
  if (size === 1) return lines;
  const resident = `${name}.resident`;
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

/** As `pageIn`, of what is there: no byte behind the length is touched. */
export function pageInCounted(
  address: Place,
  length: Place,
  capacity: number,
  name: string,
  scratch: Slot,
): Line[] {
  const touch = toucher(address, scratch);
  const [last, whole, resident] = [`${name}.last`, `${name}.whole`, `${name}.resident`];
  const lines = [fetch(0, length), unlink(0), jumpIfImmediate('eq', 0, 0, resident), ...touch(0)];
  for (let offset = PAGE_SIZE; offset < capacity; offset += PAGE_SIZE)
    lines.push(fetch(0, length), unlink(0), jumpIfImmediate('ule', 0, offset, last), ...touch(offset));
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

/** register = the length, or the capacity where that is less; leaves the verifier in no doubt. */
export const atMost = (register: BpfRegister, length: Place, capacity: number, name: string): Line[] => [
  fetch(register, length),
  unlink(register),
  ...capped(register, capacity, name),
];

/** The register, or the capacity where that is less. */
export const capped = (register: BpfRegister, capacity: number, name: string): Line[] => [
  jumpIfImmediate('ule', register, capacity, name),
  moveImmediate(register, capacity),
  label(name),
];

const toucher =
  (address: Place, scratch: Slot) =>
  (offset: number): Line[] => [
    fetch(3, address),
    ...(offset > 0 ? [arithmeticImmediate('add', 3, offset)] : []),
    ...readByte(scratch),
  ];

/** Reads the byte that r3 points to. */
const readByte = (scratch: Slot): Line[] => [
  move(1, FRAME_POINTER),
  arithmeticImmediate('add', 1, scratch),
  moveImmediate(2, 1),
  call('copy_from_user'),
];
