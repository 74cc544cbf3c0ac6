import {
  arithmetic,
  arithmeticImmediate,
  call,
  jump,
  jumpIfImmediate,
  label,
  load,
  move,
  moveImmediate,
  negate,
  store,
  storeImmediate,
  type Line,
} from '../bpf/instruction';
import type { BpfRegister } from '../bpf/opcode';
import {
  canFail,
  operandsOf,
  outputValues,
  type BinaryOp,
  type Capture,
  type ScalarSize,
  type Step,
  type Value,
} from '../capture/ir';
import { REGISTERS } from '../x86/register';
import type { Frame, Slot } from './frame';
import { extension, operation, operationWith, SELECT } from './operation';
import { fetch, FRAME_POINTER, noteFault, unknownZero, unlink, type Place } from './place';
import { testString, testThreadName, THREAD_NAME_WORDS, wordsOfString } from './stringTest';

/** What a capture's code finds on the stack. */
export interface Surroundings {
  readonly frame: Frame;
  /** Holds the site's id. */
  readonly site: Slot;
  /** Holds the load bias, where a capture of the program uses it. */
  readonly bias: Slot | undefined;
  /** Holds the thread pointer, likewise. */
  readonly threadPointer: Slot | undefined;
  /** Holds the hit's ordinal, likewise. */
  readonly ordinal: Slot | undefined;
  /** Holds the number of the processor, likewise. */
  readonly cpu: Slot | undefined;
  /** Which of a capture's loads find their bytes in blocks that have been read, by their steps. */
  readonly partsOf?: (capture: Capture) => ReadonlyMap<number, BlockPart>;
}

/** Bytes of the target's memory on the stack. */
export interface BlockPart {
  /** Of its first byte. */
  readonly slot: Slot;
  /** Holds a bit for each part of the block: could it not be read? Its bytes are zeros then. */
  readonly failures: Slot;
  /** Which bit. */
  readonly part: number;
}

export interface Evaluated {
  readonly lines: readonly Line[];
  /** The output's values, until the end of the program. */
  readonly results: readonly Place[];
}

/** What to do where a read fails. */
export type OnFault =
  /** The result is 0 for a scalar and for a length, with the fault noted, and NOWHERE for an address: reading from there fails later, and is noted then. */
  | { readonly kind: 'note'; readonly capture: number }
  | { readonly kind: 'leave'; readonly label: string }
  /** Nothing, where all reads are of blocks: it goes on with 0. */
  | { readonly kind: 'ignore' };

/**
 * Code that evaluates a capture's steps; it may sleep.
 * @param name unique in the program, for labels
 * @throws StackExhausted
 */
export function evaluate(
  capture: Capture,
  name: string,
  onFault: OnFault,
  surroundings: Surroundings,
): Evaluated {
  return new Evaluation(capture, name, onFault, surroundings).run();
}

/** r0 = what is there, extended to 64 bits. */
const loadExtended = (slot: Slot, size: ScalarSize, signed: boolean): Line[] => [
  load(size, 0, FRAME_POINTER, slot),
  ...(signed ? extension(size * 8, true) : []),
];

/** A slot = the value; other places keep theirs. */
const setKnown = (place: Place, value: number): Line[] =>
  place.kind === 'slot' ? [storeImmediate(8, FRAME_POINTER, place.slot, value)] : [];

/** A slot = r1, for all the verifier knows any number. @param toR1 puts it there */
const setUnknown = (place: Place, toR1: Line): Line[] =>
  place.kind === 'slot'
    ? [...unknownZero(), toR1, arithmetic('add', 0, 1), store(8, FRAME_POINTER, place.slot, 0)]
    : [];

/** An address that can never be read: not in user space. */
const NOWHERE = -1;

/** Steps that only name a place. */
const isNaming = (step: Step): boolean =>
  NAMING.has(step.op) || (step.op === 'special' && (step.name === 'ordinal' || step.name === 'cpu'));
const NAMING: ReadonlySet<Step['op']> = new Set(['constant', 'register', 'loadBias', 'threadPointer']);

class Evaluation {
  private readonly lines: Line[] = [];
  /** Places of values; a value that only r0 holds has none. */
  private readonly places: (Place | undefined)[] = [];
  /** The value in r0. */
  private held: Value | undefined;
  /** By their steps, what is loaded from blocks. */
  private readonly parts: ReadonlyMap<number, BlockPart>;
  /** Step at which each value is used last; the output is one more step. A step that is not in it has no use. */
  private readonly lastUse: ReadonlyMap<Value, number>;
  private readonly faultLabel: string;

  constructor(
    private readonly capture: Capture,
    private readonly name: string,
    private readonly onFault: OnFault,
    private readonly surroundings: Surroundings,
  ) {
    this.faultLabel = onFault.kind === 'leave' ? onFault.label : `${name}.fault`;
    this.parts = surroundings.partsOf?.(capture) ?? new Map();
    this.lastUse = this.lastUses();
  }

  run(): Evaluated {
    this.capture.steps.forEach((step, at) => {
      if (this.isNeeded(at)) this.step(step, at);
    });
    const { steps, output } = this.capture;
    const failing = this.onFault.kind === 'note' ? steps.filter(canFail) : [];
    const replaced = failing.some((step) => !this.isZeroAnyway(step));
    const values = outputValues(output);
    // What only r0 holds goes first.
    if (this.held !== undefined && values.includes(this.held) && !this.places[this.held])
      this.keep(this.held);
    const results = values.map((value) => this.settle(value, replaced));
    if (this.onFault.kind === 'note' && failing.length > 0)
      this.afterFault(replaced ? results : [], this.onFault.capture);
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
      case 'load': {
        const part = this.parts.get(at);
        if (part) this.loadPart(step, at, part);
        else this.load(step, at);
        break;
      }
      case 'select':
        this.select(step, at);
        break;
      case 'require':
        this.operands(step.operand, step.condition);
        this.release(at);
        this.define(at, [unlink(1), jumpIfImmediate('eq', 1, 0, this.faultLabel)]);
        break;
      case 'testString':
        this.testString(step, at);
        break;
      case 'testThreadName':
        this.testThreadName(step, at);
        break;
      case 'special':
        this.special(step.name, at);
        break;
      default:
        this.binary(step.op, step.left, step.right, at);
    }
  }

  private unary(operand: Value, at: number, code: readonly Line[]): void {
    this.bring(0, operand);
    this.release(at);
    this.define(at, code);
  }

  private binary(op: BinaryOp, left: Value, right: Value, at: number): void {
    const place = this.places[right];
    const short = place?.kind === 'constant' ? operationWith(op, place.value) : undefined;
    if (short) this.bring(0, left);
    else this.operands(left, right);
    this.release(at);
    this.define(at, short ? [short] : operation(op));
  }

  /** r0 = left, r1 = right. */
  private operands(left: Value, right: Value): void {
    this.bring(1, right);
    this.bring(0, left);
  }

  private select({ condition, then, otherwise }: Extract<Step, { op: 'select' }>, at: number): void {
    this.bring(2, condition);
    this.bring(1, otherwise);
    this.bring(0, then);
    this.release(at);
    this.define(at, SELECT);
  }

  /** Of 8 bytes, the slot that takes them becomes the value's; fewer are extended to 64 bits first. */
  private load({ address, size, signed, guard }: Extract<Step, { op: 'load' }>, at: number): void {
    const unguarded = `${this.labelOf(at)}.unguarded`;
    this.bring(3, address);
    if (guard !== undefined) this.bring(1, guard);
    this.release(at);
    const slot = this.surroundings.frame.take();
    this.lines.push(
      ...(guard === undefined
        ? []
        : [
            unlink(1),
            ...unknownZero(),
            store(8, FRAME_POINTER, slot, 0),
            jumpIfImmediate('eq', 1, 0, unguarded),
          ]),
      move(1, FRAME_POINTER),
      arithmeticImmediate('add', 1, slot),
      moveImmediate(2, size),
      call('copy_from_user'),
      jumpIfImmediate('ne', 0, 0, this.faultLabel),
      ...(guard === undefined ? [] : [label(unguarded)]),
    );
    this.held = undefined;
    if (size === 8 && this.lastUse.has(at)) {
      this.places[at] = { kind: 'slot', slot };
      return;
    }
    this.surroundings.frame.release(slot);
    this.define(at, loadExtended(slot, size, signed));
  }

  /** Of 8 bytes, the part of the block is the value's slot. */
  private loadPart(
    { size, signed }: Extract<Step, { op: 'load' }>,
    at: number,
    { slot, failures, part }: BlockPart,
  ): void {
    if (this.onFault.kind !== 'ignore')
      this.lines.push(
        load(8, 0, FRAME_POINTER, failures),
        arithmeticImmediate('and', 0, 1 << part),
        jumpIfImmediate('ne', 0, 0, this.faultLabel),
      );
    this.held = undefined;
    if (!this.lastUse.has(at)) return;
    if (size === 8) this.places[at] = { kind: 'slot', slot };
    else this.define(at, loadExtended(slot, size, signed));
  }

  private testString(step: Extract<Step, { op: 'testString' }>, at: number): void {
    const { frame } = this.surroundings;
    const address = this.keptPlace(step.address);
    const guard = step.guard === undefined ? undefined : this.keptPlace(step.guard);
    const buffer = frame.takeRun(wordsOfString(step.text.length));
    const names = { name: this.labelOf(at), fault: this.faultLabel };
    const code = testString(step, { address, guard, buffer }, names);
    frame.releaseRun(buffer, wordsOfString(step.text.length));
    this.release(at);
    this.define(at, code);
  }

  private testThreadName(step: Extract<Step, { op: 'testThreadName' }>, at: number): void {
    const { frame } = this.surroundings;
    const buffer = frame.takeRun(THREAD_NAME_WORDS);
    frame.releaseRun(buffer, THREAD_NAME_WORDS);
    this.define(at, testThreadName(step, buffer));
  }

  private special(name: Extract<Step, { op: 'special' }>['name'], at: number): void {
    switch (name) {
      case 'ordinal':
        this.places[at] = { kind: 'slot', slot: this.surroundings.ordinal! };
        return;
      case 'cpu':
        this.places[at] = { kind: 'slot', slot: this.surroundings.cpu! };
        return;
      case 'time':
        return this.define(at, [call('ktime_get_ns')]);
      // Thread group in the upper half, thread in the lower.
      case 'pid':
        return this.define(at, [call('get_current_pid_tgid'), arithmeticImmediate('shr', 0, 32)]);
      case 'tid':
        return this.define(at, [call('get_current_pid_tgid'), ...extension(32, false)]);
    }
  }

  private labelOf(at: number): string {
    return `${this.name}.${at}`;
  }

  /** Where a value is, also after r0 is lost. */
  private keptPlace(value: Value): Place {
    return this.places[value] ?? this.keep(value);
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

  /** The values that step `at` uses: what is in a block needs no address. */
  private usedBy(at: number): readonly Value[] {
    return this.parts.has(at) ? [] : operandsOf(this.capture.steps[at]!);
  }

  private lastUses(): Map<Value, number> {
    const { steps, output } = this.capture;
    const uses = new Map(outputValues(output).map((value) => [value, steps.length]));
    for (let at = steps.length - 1; at >= 0; at--) {
      if (!uses.has(at) && !canFail(steps[at]!)) continue;
      for (const value of this.usedBy(at)) if (!uses.has(value)) uses.set(value, at);
    }
    return uses;
  }

  /** A step that nothing uses still ends the capture where it fails. */
  private isNeeded(at: number): boolean {
    return this.lastUse.has(at) || canFail(this.capture.steps[at]!);
  }

  /** Gives back the slots of the values that step `at` used last. */
  private release(at: number): void {
    for (const value of new Set(this.usedBy(at))) {
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

  /** Is the step the scalar that is the output, in its place in a block, which has zeros where it could not be read? */
  private isZeroAnyway(step: Step): boolean {
    const { steps, output } = this.capture;
    if (output.kind !== 'scalar' || steps[output.value] !== step) return false;
    return step.op === 'load' && step.size === 8 && this.parts.has(output.value);
  }

  /** Is it a slot that others use, too? */
  private isShared(slot: Slot): boolean {
    const { bias, threadPointer, ordinal, cpu } = this.surroundings;
    return (
      [bias, threadPointer, ordinal, cpu].includes(slot) ||
      [...this.parts.values()].some((part) => part.slot === slot)
    );
  }

  /** Index of the next step that is more than naming a place. */
  private nextCode(at: number): number {
    const { steps } = this.capture;
    const next = steps.findIndex((step, index) => index > at && this.isNeeded(index) && !isNaming(step));
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

  private afterFault(results: readonly Place[], capture: number): void {
    const { kind } = this.capture.output;
    const done = `${this.name}.done`;
    const instead = kind === 'scalar' ? [0] : [NOWHERE, 0];
    // Sizes of reads come of a length, and of an address whose page is read to its end: any number to the verifier, with a fault and without.
    const isSize = (index: number): boolean => index === 1 || kind === 'readable';
    this.lines.push(
      ...results.flatMap((place, i) => (isSize(i) ? setUnknown(place, fetch(1, place)) : [])),
      jump(done),
      label(this.faultLabel),
      ...results.flatMap((place, i) =>
        isSize(i) ? setUnknown(place, moveImmediate(1, instead[i]!)) : setKnown(place, instead[i]!),
      ),
      ...(kind === 'scalar' || kind === 'bytes' ? noteFault(capture) : []),
      label(done),
    );
  }
}
