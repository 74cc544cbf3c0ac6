import type { VirtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { DecodeError } from '../elf/decodeError';
import { AT } from './constants';
import type { Die } from './die';
import type { FormValue } from './form';
import type { Location, LocationGap } from './location';
import { ExpressionUnit } from './expressionUnit';
import { expressionInList } from './locationList';
import { decodeOperations } from './operation';
import { owner } from './origin';
import type { Unit } from './unit';

/** Where a variable is when the machine is at an address: DW_AT_location, otherwise DW_AT_const_value. */
export function variableLocation(die: Die, address: VirtualAddress): Location {
  return describing(() => {
    const located = owner(die, AT.location);
    const location = located?.value(AT.location);
    if (located !== undefined && location !== undefined) return locationOf(located.unit, location, address);
    const value = owner(die, AT.constantValue)?.value(AT.constantValue);
    const bytes = value && constantBytes(value, die.unit);
    return bytes === undefined ? unavailable({ code: 'optimisedOut' }) : { kind: 'constant', bytes };
  });
}

/** DW_AT_frame_base (DWARF 5, 3.3.5) of a subprogram at an address. */
export function frameBase(subprogram: Die, address: VirtualAddress): Location {
  return describing(() => {
    const described = owner(subprogram, AT.frameBase);
    const value = described?.value(AT.frameBase);
    if (described === undefined || value === undefined) return unavailable({ code: 'optimisedOut' });
    return locationOf(described.unit, value, address);
  });
}

function locationOf(unit: Unit, value: FormValue, address: VirtualAddress): Location {
  const expression =
    value.kind === 'expression' || value.kind === 'block'
      ? new Cursor(value.value, unit.layout.section, value.offset)
      : expressionInList(unit, value, address);
  if (expression === undefined) return unavailable({ code: 'notAtThisAddress' });
  const operations = decodeOperations(expression, expressionUnit(unit, address));
  return operations.length === 0 ? unavailable({ code: 'optimisedOut' }) : { kind: 'expression', operations };
}

/** What an expression refers to is seen from the same address. */
const expressionUnit = (unit: Unit, address: VirtualAddress): ExpressionUnit =>
  new ExpressionUnit(unit, (die) => variableLocation(die, address));

/** Integers as 8 bytes; the forms of unsigned constants are zero-extended, those of signed ones sign-extended. */
function constantBytes(value: FormValue, unit: Unit): Uint8Array | undefined {
  switch (value.kind) {
    case 'block':
    case 'expression':
      return value.value;
    case 'constant': {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, value.value), true);
      return bytes;
    }
    case 'address':
      return constantBytes({ kind: 'constant', value: BigInt(value.value), width: undefined }, unit);
    default: {
      const text = unit.stringOf(value);
      return text === undefined ? undefined : new TextEncoder().encode(`${text}\0`);
    }
  }
}

/** A location that cannot be decoded costs its variable only. */
function describing(read: () => Location): Location {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return unavailable({ code: 'undecodable', detail: error.message });
  }
}

const unavailable = (reason: LocationGap): Location => ({ kind: 'unavailable', reason });
