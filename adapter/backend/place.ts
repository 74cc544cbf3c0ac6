import {
  arithmetic,
  arithmeticImmediate,
  exit,
  load,
  loadConstant,
  move,
  moveImmediate,
  type Line,
} from '../bpf/instruction';
import type { BpfRegister } from '../bpf/opcode';
import { REGISTERS } from '../x86/register';
import type { Slot } from './frame';

/** Registers that keep their meaning throughout a program. */
export const CONTEXT: BpfRegister = 6;
/** Of the filter's state, until there is a record. */
export const FILTER: BpfRegister = 7;
export const RECORD: BpfRegister = 7;
/** Bit i: capture i faulted. */
export const FAULTS: BpfRegister = 8;
export const COUNTER_SLOT: BpfRegister = 9;
export const FRAME_POINTER: BpfRegister = 10;

/**
 * Where a computed value is when it is wanted. What the context or a constant gives is made again each time, which is
 * as cheap as keeping it.
 */
export type Place =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'context'; readonly offset: number }
  | { readonly kind: 'slot'; readonly slot: Slot };

/** destination = the value at the place. */
export function fetch(destination: BpfRegister, place: Place): Line {
  switch (place.kind) {
    case 'constant':
      return loadConstant(destination, place.value);
    case 'context':
      return load(8, destination, CONTEXT, place.offset);
    case 'slot':
      return load(8, destination, FRAME_POINTER, place.slot);
  }
}

/** Ends the program. */
export const leave = (): Line[] => [moveImmediate(0, 0), exit()];

/** FAULTS |= bit of the capture. */
export const noteFault = (capture: number): Line[] => [
  loadConstant(1, 1n << BigInt(capture)),
  arithmetic('or', FAULTS, 1),
];

/*
 * The verifier takes a program for as many programs as there are combinations of what it knows: of a value that is known
 * on one way to a place and not on another, when a jump depends on it. So a jump must not tell it anything about values that live on,
 * nor may what a way leaves behind be known.
 */

/** r0 = 0, for all the verifier knows any number; r2 is lost. Code of user space is at positive addresses. */
export const unknownZero = (): Line[] => [
  load(8, 0, CONTEXT, REGISTERS.ip.offset),
  move(2, 0),
  arithmeticImmediate('shr', 0, 63),
  arithmetic('mul', 0, 2),
];

/** The register is for a jump: what that tells about it is not told about where it came from. */
export const unlink = (register: BpfRegister): Line => arithmeticImmediate('or', register, 0);
