import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import type { AddressContext, Variable } from '../../../adapter/dwarf/scope';
import type { Type } from '../../../adapter/dwarf/type';
import { DecodeError } from '../../../adapter/elf/decodeError';
import { fixture, VARIANTS } from '../../fixtures/build';
import { imageOf } from './program';

/** The sections that this side of DWARF reads. */
const SECTIONS = [
  '.debug_info', '.debug_abbrev', '.debug_str', '.debug_line_str', '.debug_aranges', '.debug_loclists', '.debug_loc',
  '.debug_rnglists', '.debug_ranges', '.debug_addr', '.debug_str_offsets', '.eh_frame', '.eh_frame_hdr',
]; // prettier-ignore

describe('Damaged debug information', () => {
  const programs = VARIANTS.flatMap((variant) => [
    fixture('scopes.c', variant),
    fixture('names.cc', { ...variant, flags: [...variant.flags, '-gdwarf-4', '-fdebug-types-section'] }),
  ]);
  for (const path of programs)
    it(`gives DecodeError and nothing else: ${path.replace(/.*\//, '')}`, () => {
      const whole = readFileSync(path);
      const places = placesIn(whole);
      assert.ok(readAll(whole) > 20);
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(places.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
          (flips) => {
            const bytes = Uint8Array.from(whole);
            for (const [place, value] of flips) bytes[places[place]!] = value;
            readAll(bytes);
          },
        ),
        { interruptAfterTimeLimit: FUZZ_MILLISECONDS, numRuns: 1_000_000 },
      );
    });
});

/** File offsets of the bytes to damage. */
function placesIn(bytes: Uint8Array): Uint32Array {
  const sections = imageOf(bytes).sections.filter(({ name }) => SECTIONS.includes(name));
  return Uint32Array.from(
    sections.flatMap(({ offset, size }) => Array.from({ length: size }, (_, index) => offset + index)),
  );
}

/** Reads everything there is. @returns how many variables there are */
function readAll(bytes: Uint8Array): number {
  let count = 0;
  const info = tried(() => DebugInfo.open(imageOf(bytes)));
  for (const match of tried(() => [...(info?.functions() ?? [])]) ?? []) {
    tried(() => info?.functionsNamed(match.name));
    const context = tried(() => info?.contextAt(match.entry));
    if (context !== undefined) count += readContext(context);
  }
  return count;
}

function readContext(context: AddressContext): number {
  const parts = [
    () => context.frameBase,
    () => context.cfa,
    () => context.producer,
    () => context.lookup('none'),
  ];
  for (const part of parts) tried<unknown>(part);
  const variables: Variable[] = [
    ...(tried(() => context.locals()) ?? []),
    ...(tried(() => context.globals()) ?? []),
  ];
  for (const variable of variables) {
    tried(() => variable.location);
    tried(() => readType(variable.type, new Set(), 0));
  }
  return variables.length;
}

function readType(type: Type, seen: Set<Type>, depth: number): void {
  if (seen.has(type) || depth > 40 || seen.size > 400) return;
  seen.add(type);
  const inner = (next: Type): void => {
    readType(next, seen, depth + 1);
  };
  switch (type.kind) {
    case 'struct':
      for (const member of type.members) inner(member.type);
      break;
    case 'pointer':
    case 'typedef':
    case 'qualified':
      inner(type.target);
      break;
    case 'array':
      assert.ok(type.byteSize === undefined || type.byteSize >= 0);
      inner(type.element);
      break;
    case 'function':
      inner(type.result);
      type.parameters.forEach(inner);
      break;
    case 'enum':
      assert.ok(type.enumerators.length >= 0 || type.signed);
      break;
    default:
  }
}

/** Anything but DecodeError fails the test. */
function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

const FUZZ_MILLISECONDS = 500;
