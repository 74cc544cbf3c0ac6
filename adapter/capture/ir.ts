import type { Register } from '../x86/register';

/**
 * The capture IR: what the kernel is to compute at a hit. Plain data, so that a plan can cross a process boundary.
 *
 * A capture is straight-line code in single-assignment form: step i defines value i, operands name earlier steps.
 * All values are 64 bits wide and wrap; `load` extends to 64 bits. A read that fails ends its capture, marks it as
 * faulted, and leaves the others of the record alone.
 *
 * There are no jumps. What only happens under a condition has a `guard`: where that is 0, nothing is read, nothing
 * can fail, and the value is 0.
 */
export interface Capture {
  readonly steps: readonly Step[];
  readonly output: Output;
}

/** Index of the step that defines the value. */
export type Value = number;

export type Step =
  | { readonly op: 'constant'; readonly value: bigint }
  | { readonly op: 'register'; readonly register: Register }
  /** Load bias of the site's module: instruction pointer - the site's link-time address. */
  | { readonly op: 'loadBias' }
  /** %fs.base of the thread: what its thread-local storage is addressed from. */
  | { readonly op: 'threadPointer' }
  | { readonly op: BinaryOp; readonly left: Value; readonly right: Value }
  | { readonly op: 'neg' | 'not'; readonly operand: Value }
  /** Keeps the low `bits` bits and extends them to 64. */
  | { readonly op: 'extend'; readonly operand: Value; readonly bits: number; readonly signed: boolean }
  /** Reads the target's memory. */
  | {
      readonly op: 'load';
      readonly address: Value;
      readonly size: ScalarSize;
      readonly signed: boolean;
      readonly guard?: Value;
    }
  /** `then` where the condition is not 0. Both are computed. */
  | { readonly op: 'select'; readonly condition: Value; readonly then: Value; readonly otherwise: Value }
  /** `operand`; where the condition is 0 the capture ends as if a read had failed. */
  | { readonly op: 'require'; readonly condition: Value; readonly operand: Value }
  /**
   * 1 or 0: is the string in the target's memory, up to its NUL, the text, or does it start with it? Of a string with no NUL so far two bytes
   * more than the text has are read.
   */
  | {
      readonly op: 'testString';
      readonly test: StringTest;
      readonly text: Uint8Array;
      readonly address: Value;
      readonly guard?: Value;
    }
  /** The same of the thread's name (`comm`). */
  | { readonly op: 'testThreadName'; readonly test: StringTest; readonly text: Uint8Array }
  /**
   * Of the hit: thread group, thread, processor (unsigned 32 bits), CLOCK_MONOTONIC in nanoseconds, and which it is, from 1,
   * of the tracepoint's hits that passed the condition.
   */
  | { readonly op: 'special'; readonly name: 'pid' | 'tid' | 'cpu' | 'time' | 'ordinal' };

export type StringTest = 'equals' | 'startsWith';
/** Of a test's text: it is compared on the stack. */
export const MAX_TEST_TEXT = 128;

/** Steps of a capture. Keeps a program's jumps and the verifier's work small. */
export const MAX_STEPS = 512;

/** Division and modulus by zero give 0; shifts by 64 or more give 0 (`sar`: the sign). */
export type BinaryOp =
  | 'add' | 'sub' | 'mul' | 'udiv' | 'umod' | 'sdiv' | 'smod' | 'and' | 'or' | 'xor' | 'shl' | 'shr' | 'sar'
  | 'eq' | 'ne' | 'ult' | 'ule' | 'slt' | 'sle'; // prettier-ignore

export type ScalarSize = 1 | 2 | 4 | 8;

/** What of a capture goes into the record. */
export type Output =
  /** The low `size` bytes of a value. */
  | { readonly kind: 'scalar'; readonly value: Value; readonly size: ScalarSize }
  /** `size` bytes of the target's memory. */
  | { readonly kind: 'memory'; readonly address: Value; readonly size: number }
  /** Bytes up to a NUL, at most `capacity` of them with the NUL. The byte that the NUL takes the place of is read, too. */
  | { readonly kind: 'string'; readonly address: Value; readonly capacity: number }
  /** `capacity` bytes of the target's memory, or as many of them as come before a page that cannot be read. */
  | { readonly kind: 'readable'; readonly address: Value; readonly capacity: number }
  /** The length, and so many bytes, but at most `capacity`. The length may be anything; it is read as unsigned. */
  | { readonly kind: 'bytes'; readonly address: Value; readonly length: Value; readonly capacity: number }
  /** THREAD_NAME_SIZE bytes with a NUL (TASK_COMM_LEN, linux/sched.h). Its capture has no steps. */
  | { readonly kind: 'threadName' };

export const THREAD_NAME_SIZE = 16;

/** The values that an output is made of. */
export function outputValues(output: Output): readonly Value[] {
  switch (output.kind) {
    case 'scalar':
      return [output.value];
    case 'memory':
    case 'string':
    case 'readable':
      return [output.address];
    case 'bytes':
      return [output.address, output.length];
    case 'threadName':
      return [];
  }
}

/** The values that a step uses, each as often as it does. */
export function operandsOf(step: Step): readonly Value[] {
  switch (step.op) {
    case 'constant':
    case 'register':
    case 'loadBias':
    case 'threadPointer':
    case 'testThreadName':
    case 'special':
      return [];
    case 'neg':
    case 'not':
    case 'extend':
      return [step.operand];
    case 'load':
    case 'testString':
      return step.guard === undefined ? [step.address] : [step.address, step.guard];
    case 'select':
      return [step.condition, step.then, step.otherwise];
    case 'require':
      return [step.condition, step.operand];
    default:
      return [step.left, step.right];
  }
}

/** Can the step end its capture? */
export const canFail = ({ op }: Step): boolean => op === 'load' || op === 'testString' || op === 'require';
