import {
  arithmetic,
  arithmeticImmediate,
  call,
  jump,
  jumpIfImmediate,
  label,
  load,
  loadConstant,
  move,
  moveImmediate,
  negate,
  store,
  storeImmediate,
  type Line,
} from '../bpf/instruction';
import type { BpfRegister, Size } from '../bpf/opcode';
import { outputValues, type Capture, type Step, type Value } from '../capture/ir';
import { REGISTERS } from '../x86/register';
import { operandsOf } from './checkPlan';
import type { Frame, Slot } from './frame';
import { extension, operation } from './operation';

/** Registers that keep their meaning throughout a program. */
export const CONTEXT: BpfRegister = 6;
export const RECORD: BpfRegister = 7;
/** Bit i: capture i faulted. */
export const FAULTS: BpfRegister = 8;
export const COUNTER_SLOT: BpfRegister = 9;
export const FRAME_POINTER: BpfRegister = 10;

/** What a capture's code finds on the stack. */
export interface Surroundings {
  readonly frame: Frame;
  /** Holds the load bias, where a capture of the program uses it. */
  readonly bias: Slot | undefined;
  /** Holds the thread pointer, likewise. */
  readonly threadPointer: Slot | undefined;
}

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

export interface Evaluated {
  readonly lines: readonly Line[];
  /** The output's values, until the end of the program. */
  readonly results: readonly Place[];
}

/**
 * Code that evaluates a capture's steps; it may sleep. Where a load fails, the result is 0 for a scalar and for a length,
 * with the fault noted, and NOWHERE for an address: reading from there fails later, and is noted then.
 * @throws StackExhausted
 */
export function evaluate(capture: Capture, index: number, surroundings: Surroundings): Evaluated {
  return new Evaluation(capture, index, surroundings).run();
}

/** An address that can never be read: not in user space. */
const NOWHERE = -1;

/** FAULTS |= bit of the capture. */
export const noteFault = (capture: number): Line[] => [
  loadConstant(1, 1n << BigInt(capture)),
  arithmetic('or', FAULTS, 1),
];

/** Steps that only name a place. */
const NAMING: ReadonlySet<Step['op']> = new Set(['constant', 'register', 'loadBias', 'threadPointer']);

class Evaluation {
  private readonly lines: Line[] = [];
  /** Places of values; a value that only r0 holds has none. */
  private readonly places: (Place | undefined)[] = [];
  /** The value in r0. */
  private held: Value | undefined;
  /** Step at which each value is used last; the output is one more step. */
  private readonly lastUse: ReadonlyMap<Value, number>;
  private readonly faultLabel: string;

  constructor(
    private readonly capture: Capture,
    private readonly index: number,
    private readonly surroundings: Surroundings,
  ) {
    this.faultLabel = `capture${index}.fault`;
    const uses = capture.steps.flatMap((step, at) =>
      operandsOf(step).map((value): [Value, number] => [value, at]),
    );
    const results = outputValues(capture.output).map((value): [Value, number] => [
      value,
      capture.steps.length,
    ]);
    this.lastUse = new Map([...uses, ...results]);
  }

  run(): Evaluated {
    this.capture.steps.forEach((step, at) => {
      this.step(step, at);
    });
    const canFault = this.capture.steps.some((step) => step.op === 'load');
    const values = outputValues(this.capture.output);
    // What only r0 holds goes first.
    if (this.held !== undefined && values.includes(this.held) && !this.places[this.held])
      this.keep(this.held);
    const results = values.map((value) => this.settle(value, canFault));
    if (canFault) this.afterFault(results);
    return { lines: this.lines, results };
  }

  private step(step: Step, at: number): void {
    switch (step.op) {
      case 'constant':
        this.places[at] = { kind: 'constant', value: step.value };
        break;
      case 'register':
        this.places[at] = { kind: 'context', offset: REGISTERS[step.register].offset };
        break;
      case 'loadBias':
        this.places[at] = { kind: 'slot', slot: this.surroundings.bias! };
        break;
      case 'threadPointer':
        this.places[at] = { kind: 'slot', slot: this.surroundings.threadPointer! };
        break;
      case 'neg':
        this.unary(step.operand, at, [negate(0)]);
        break;
      case 'not':
        this.unary(step.operand, at, [arithmeticImmediate('xor', 0, -1)]);
        break;
      case 'extend':
        this.unary(step.operand, at, extension(step.bits, step.signed));
        break;
      case 'load':
        this.load(step.address, step.size, step.signed, at);
        break;
      default:
        this.operands(step.left, step.right);
        this.release(at);
        this.define(at, operation(step.op, `capture${this.index}.${at}`));
    }
  }

  private unary(operand: Value, at: number, code: readonly Line[]): void {
    this.bring(0, operand);
    this.release(at);
    this.define(at, code);
  }

  /** r0 = left, r1 = right. */
  private operands(left: Value, right: Value): void {
    this.bring(1, right);
    this.bring(0, left);
  }

  /** Of 8 bytes, the slot that takes them becomes the value's; fewer are extended to 64 bits first. */
  private load(address: Value, size: Size, signed: boolean, at: number): void {
    this.bring(3, address);
    this.release(at);
    const slot = this.surroundings.frame.take();
    this.lines.push(
      move(1, FRAME_POINTER),
      arithmeticImmediate('add', 1, slot),
      moveImmediate(2, size),
      call('copy_from_user'),
      jumpIfImmediate('ne', 0, 0, this.faultLabel),
    );
    this.held = undefined;
    if (size === 8 && this.lastUse.has(at)) {
      this.places[at] = { kind: 'slot', slot };
      return;
    }
    this.surroundings.frame.release(slot);
    this.define(at, [load(size, 0, FRAME_POINTER, slot), ...(signed ? extension(size * 8, true) : [])]);
  }

  /** register = value. */
  private bring(register: BpfRegister, value: Value): void {
    if (this.held === value) {
      if (register !== 0) this.lines.push(move(register, 0));
      return;
    }
    this.lines.push(fetch(register, this.places[value]!));
    if (register === 0) this.held = value;
  }

  /** Gives back the slots of the values that step `at` used last. */
  private release(at: number): void {
    for (const value of new Set(operandsOf(this.capture.steps[at]!))) {
      const place = this.places[value];
      if (this.lastUse.get(value) === at && place?.kind === 'slot' && !this.isShared(place.slot))
        this.surroundings.frame.release(place.slot);
    }
  }

  /** `code` leaves the value of step `at` in r0; it is kept on the stack unless the next code is its last use. */
  private define(at: number, code: readonly Line[]): void {
    this.lines.push(...code);
    this.held = at;
    if ((this.lastUse.get(at) ?? at) <= this.nextCode(at)) return;
    this.keep(at);
  }

  private keep(value: Value): Place {
    const place = { kind: 'slot', slot: this.surroundings.frame.take() } as const;
    this.places[value] = place;
    this.lines.push(store(8, FRAME_POINTER, place.slot, 0));
    return place;
  }

  /** Is it a slot of the whole program's? */
  private isShared(slot: Slot): boolean {
    return slot === this.surroundings.bias || slot === this.surroundings.threadPointer;
  }

  /** Index of the next step that is more than naming a place. */
  private nextCode(at: number): number {
    const { steps } = this.capture;
    const next = steps.findIndex((step, index) => index > at && !NAMING.has(step.op));
    return next < 0 ? steps.length : next;
  }

  /**
   * Puts the result where it stays. It needs a slot of its own if it must be replaced after a fault.
   */
  private settle(value: Value, canFault: boolean): Place {
    const place = this.places[value];
    const ownSlot = place?.kind === 'slot' && !this.isShared(place.slot);
    if (place && (ownSlot || !canFault)) return place;
    this.bring(0, value);
    return this.keep(value);
  }

  private afterFault([first, length]: readonly Place[]): void {
    const { kind } = this.capture.output;
    const done = `capture${this.index}.done`;
    const replace = (place: Place | undefined, value: number): Line[] =>
      place?.kind === 'slot' ? [storeImmediate(8, FRAME_POINTER, place.slot, value)] : [];
    this.lines.push(
      jump(done),
      label(this.faultLabel),
      ...replace(first, kind === 'scalar' ? 0 : NOWHERE),
      ...replace(length, 0),
      ...(kind === 'scalar' || kind === 'bytes' ? noteFault(this.index) : []),
      label(done),
    );
  }
}
