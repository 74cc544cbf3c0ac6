import type { Location, Operation } from '../dwarf/location';
import type { Value } from './ir';
import { perform } from './perform';
import { gap, type Piece, type Place } from './place';
import { addressOf, conditionOf, generic, select, selected, type StackValue } from './stackValue';
import type { Frame, StackMachine } from './stackMachine';
import type { StepBuilder } from './stepBuilder';
import { Stop, undecodable, unsupported } from './stop';

/**
 * Evaluates a location as far as it can be when the plan is made (DWARF 5, 2.5 and 2.6): what depends on the hit
 * becomes steps of the IR. What cannot be had is a place of kind `gap`.
 */
export function evaluateLocation(location: Location, frame: Frame, builder: StepBuilder): Place {
  return stopped(() =>
    new Machine(frame, builder, { left: MAX_PERFORMED, depth: MAX_DEPTH }, undefined).evaluate(location),
  );
}

/** The place that operations make of the address of an object, which they find on the stack (DWARF 5, 5.7.3). */
export function evaluateFrom(
  object: Place,
  operations: readonly Operation[],
  frame: Frame,
  builder: StepBuilder,
): Place {
  if (object.kind === 'gap') return object;
  if (object.kind !== 'memory')
    return gap({ code: 'undecodable', detail: 'virtual base of what is not in memory' });
  return stopped(() =>
    new Machine(frame, builder, { left: MAX_PERFORMED, depth: MAX_DEPTH }, undefined).evaluateFrom(
      object.address,
      operations,
    ),
  );
}

function stopped(evaluation: () => Place): Place {
  try {
    return evaluation();
  } catch (error) {
    if (error instanceof Stop) return gap(error.reason);
    throw error;
  }
}

/**
 * The stack machine of DWARF 5, 2.5.1, on values of the IR. A branch on what is only known at the hit is taken both ways, by
 * a machine each, and the two results are merged; so that the way that is not taken reads nothing that may be missing, its
 * loads are from the top of the machine stack.
 */
class Machine implements StackMachine {
  private stack: StackValue[] = [];
  private pieces: Piece[] = [];
  /** Set by an operation that says where the object is other than by an address on the stack. */
  private place: Place | undefined;

  /**
   * @param budget shared by all machines of one evaluation
   * @param guard 1 where this machine's way is taken; undefined where it always is
   */
  constructor(
    readonly frame: Frame,
    readonly builder: StepBuilder,
    private readonly budget: Budget,
    private readonly guard: Value | undefined,
  ) {}

  evaluate(location: Location, frame: Frame = this.frame): Place {
    switch (location.kind) {
      case 'constant':
        return { kind: 'bytes', bytes: location.bytes };
      case 'unavailable':
        return gap(location.reason);
      case 'expression':
        return new Machine(frame, this.builder, this.budget, this.guard).run(location.operations);
    }
  }

  evaluateFrom(address: Value, operations: readonly Operation[]): Place {
    this.push(address);
    return this.run(operations);
  }

  execute(operations: readonly Operation[]): void {
    if (this.budget.depth === 0) throw undecodable(`entries refer to one another over ${MAX_DEPTH} deep`);
    this.budget.depth--;
    try {
      for (let at = 0; at < operations.length;) at = this.step(operations, at);
    } finally {
      this.budget.depth++;
    }
  }

  /** Performs one operation. @returns the index of the next */
  private step(operations: readonly Operation[], at: number): number {
    if (this.budget.left-- === 0) throw undecodable(`over ${MAX_PERFORMED} operations`);
    const operation = operations[at]!;
    if (this.place && !MAY_FOLLOW_PLACE.has(operation.op)) throw undecodable('operations after a location');
    return operation.op === 'branch'
      ? this.branch(operation, at, operations)
      : this.attempt(operation, at, operations);
  }

  /** What ends the description of a piece costs that piece alone. @returns the index of the next operation */
  private attempt(
    operation: Exclude<Operation, { op: 'branch' }>,
    at: number,
    operations: readonly Operation[],
  ): number {
    try {
      perform(this, operation);
      return at + 1;
    } catch (error) {
      const piece = operations.findIndex(({ op }, index) => index > at && op === 'piece');
      if (!(error instanceof Stop) || piece < 0 || operations.some(({ op }) => op === 'branch')) throw error;
      this.stack = [];
      this.place = gap(error.reason);
      return piece;
    }
  }

  locate(place: Place): void {
    this.place = place;
  }

  piece(bits: number, cut: (whole: Place) => Place): void {
    this.pieces.push({ place: cut(this.located() ?? gap({ code: 'optimisedOut' })), bits });
  }

  push(value: Value): void {
    this.stack.push(generic(value));
  }

  pushTyped(value: StackValue): void {
    this.stack.push(value);
  }

  pop(): StackValue {
    const value = this.stack.pop();
    if (value === undefined) throw undecodable('stack underflow');
    return value;
  }

  peek(index: number): StackValue {
    const value = this.stack.at(-1 - index);
    if (value === undefined) throw undecodable('stack underflow');
    return value;
  }

  guarded(address: Value): Value {
    return this.guard === undefined
      ? address
      : select(this.guard, address, this.builder.register('sp'), this.builder);
  }

  nonZero(value: Value): Value {
    const { builder } = this;
    if (builder.constantOf(value) !== undefined) return value;
    const zero = builder.binary('eq', value, builder.constant(0));
    const fails = this.guard === undefined ? zero : builder.binary('and', this.guard, zero);
    // The top of the stack is readable, an address of all ones never is.
    const address = builder.binary('or', builder.register('sp'), builder.unary('neg', fails));
    const nothing = builder.binary('and', builder.load(address, 1), builder.constant(0));
    return builder.binary('or', value, nothing);
  }

  private run(operations: readonly Operation[]): Place {
    this.execute(operations);
    if (this.pieces.length === 0) return this.located() ?? gap({ code: 'optimisedOut' });
    if (this.place || this.stack.length > 0) throw undecodable('operations after the last piece');
    return { kind: 'pieces', pieces: this.pieces };
  }

  /** The location described since the last piece; undefined if there is none, which means optimised out. */
  private located(): Place | undefined {
    const place = this.place;
    this.place = undefined;
    if (place) return place;
    const address = this.stack.pop();
    return address && { kind: 'memory', address: addressOf(address, this.builder) };
  }

  /** DW_OP_skip and bra. @returns the index of the next operation */
  private branch(
    { conditional, target }: Extract<Operation, { op: 'branch' }>,
    at: number,
    operations: readonly Operation[],
  ): number {
    if (!conditional) {
      if (target <= at && this.guard !== undefined) throw unsupported('DW_OP_skip');
      return target;
    }
    const condition = conditionOf(this.pop(), this.builder);
    const known = this.builder.constantOf(condition);
    if (known !== undefined) return known === 0n ? at + 1 : target;
    // A loop whose end only the hit knows.
    if (target <= at) throw unsupported('DW_OP_bra');
    const taken = this.fork(condition);
    const passed = this.fork(this.builder.binary('xor', condition, this.builder.constant(1)));
    // The one that is behind goes on, so that both meet where the two ways do.
    let [takenAt, passedAt] = [target, at + 1];
    while (takenAt !== passedAt) {
      if (takenAt < passedAt) takenAt = taken.step(operations, takenAt);
      else passedAt = passed.step(operations, passedAt);
    }
    this.merge(condition, taken, passed);
    return takenAt;
  }

  private fork(condition: Value): Machine {
    const guard = this.guard === undefined ? condition : this.builder.binary('and', this.guard, condition);
    const machine = new Machine(this.frame, this.builder, this.budget, guard);
    machine.stack = [...this.stack];
    machine.pieces = [...this.pieces];
    return machine;
  }

  private merge(condition: Value, yes: Machine, no: Machine): void {
    if (yes.stack.length !== no.stack.length || yes.pieces.length !== no.pieces.length)
      throw unsupported('DW_OP_bra');
    if (yes.pieces.some((piece, index) => piece !== no.pieces[index])) throw unsupported('DW_OP_bra');
    this.stack = yes.stack.map((value, index) => selected(condition, value, no.stack[index]!, this.builder));
    this.pieces = yes.pieces;
    this.place = mergedPlace(condition, yes.place, no.place, this.builder);
  }
}

interface Budget {
  /** Operations that may still be performed. */
  left: number;
  /** Expressions that may still be begun within those under way. */
  depth: number;
}

function mergedPlace(
  condition: Value,
  yes: Place | undefined,
  no: Place | undefined,
  builder: StepBuilder,
): Place | undefined {
  if (yes === undefined && no === undefined) return undefined;
  if (yes?.kind !== 'value' || no?.kind !== 'value' || yes.size !== no.size) throw unsupported('DW_OP_bra');
  return { ...yes, value: select(condition, yes.value, no.value, builder) };
}

const MAY_FOLLOW_PLACE: ReadonlySet<Operation['op']> = new Set(['piece', 'nop']);
/** Operations performed for one location, with those of loops and of what it refers to. */
const MAX_PERFORMED = 4096;
/** Expressions of entries that refer to one another. */
const MAX_DEPTH = 16;
