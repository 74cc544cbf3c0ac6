import type { Location, Operation } from '../dwarf/location';
import type { AddressContext } from '../dwarf/scope';
import type { Value } from './ir';
import type { Place } from './place';
import type { StackValue } from './stackValue';
import type { StepBuilder } from './stepBuilder';

/** What operations refer to beside the machine's state. */
export type Frame = Pick<AddressContext, 'address' | 'frameBase' | 'cfa' | 'threadStorage'>;

/** The state that operations work on (DWARF 5, 2.5.1). What fails throws Stop. */
export interface StackMachine {
  readonly frame: Frame;
  readonly builder: StepBuilder;
  /** Puts a generic value on the stack. */
  push(value: Value): void;
  pushTyped(value: StackValue): void;
  pop(): StackValue;
  /** The `index`th value from the top. */
  peek(index: number): StackValue;
  /** Says where the object is, other than by an address on the stack. */
  locate(place: Place): void;
  /** Adds a piece, cut out of the location described since the last one; of a gap if there is none. */
  piece(bits: number, cut: (whole: Place) => Place): void;
  /** The address that a load reads in the place of this one: always readable where its way is not taken. */
  guarded(address: Value): Value;
  /** The same value; where it turns out to be zero, the capture fails if its way is taken. */
  nonZero(value: Value): Value;
  /** Performs operations on this stack. */
  execute(operations: readonly Operation[]): void;
  /** Evaluates another location on a stack of its own. */
  evaluate(location: Location, frame?: Frame): Place;
}
