/**
 * One pass over the DIEs of a unit at the speed of memory, for whoever looks for few of them: the loop knows sizes and
 * nesting, and asks about an abbreviation once.
 */
import type { Abbreviation } from './abbreviation';
import { AT } from './constants';
import type { Unit } from './unit';

export interface SkimVisitor<Role> {
  /** What DIEs with this abbreviation are to the visitor; undefined when it is not to be told of them. */
  roleOf(abbreviation: Abbreviation): Role | undefined;
  /** Is the visitor not to be told of what such DIEs hold? It may be told all the same. */
  skips?(abbreviation: Abbreviation): boolean;
  /** @param offset of the DIE in its section @param values of its first value */
  enter(role: Role, offset: number, values: number): void;
  /** After the children of a DIE that was entered. @param end past the null entry that ends them */
  leave(end: number): void;
}

/** All DIEs of a unit. @throws DecodeError as `DieSkim.run` */
export function skimDies<Role>(unit: Unit, visitor: SkimVisitor<Role>): void {
  new DieSkim(unit, visitor).run(unit.layout.firstDie);
}

/** Passes over parts of a unit, for one visitor. */
export class DieSkim<Role> {
  /** By code. */
  private readonly kinds: (Kind<Role> | undefined)[] = [];

  constructor(
    private readonly unit: Unit,
    private readonly visitor: SkimVisitor<Role>,
  ) {}

  /**
   * A DIE and its descendants.
   * @param from its offset in the section
   * @throws DecodeError `truncated`, `badEncoding`, `badForm`, `tooDeep`
   */
  run(from: number): void {
    const { kinds, unit, visitor } = this;
    const start = unit.layout.offset;
    const { bytes } = unit.sections.unit(unit.layout);
    const entered = new Uint8Array(MAX_DEPTH);
    let depth = 0;
    for (let at = from - start; at < bytes.length;) {
      const die = at;
      let code = bytes[at++]!;
      if (code >= 0x80) {
        const cursor = unit.at(start + die);
        code = cursor.uleb();
        at = cursor.offset - start;
      }
      if (code === 0) {
        if (depth > 0 && entered[--depth] === 1) visitor.leave(start + at);
        if (depth === 0) return;
        continue;
      }
      const kind = kinds[code] ?? (kinds[code] = kindOf(unit, start + die, visitor));
      const values = at;
      at = kind.size >= 0 ? at + kind.size : skipValues(unit, kind, bytes, at);
      if (!(at <= bytes.length)) throw unit.at(start + die).error('truncated', 'values');
      if (kind.role !== undefined) visitor.enter(kind.role, start + die, start + values);
      if (!kind.abbreviation.hasChildren) {
        if (depth === 0) return;
        continue;
      }
      if (kind.hasSibling) {
        const next = wordAt(bytes, at - SIBLING_BYTES);
        if (next <= at || next > bytes.length) throw unit.at(start + die).error('badEncoding', 'sibling');
        at = next;
        if (kind.role !== undefined) visitor.leave(start + at);
        if (depth === 0) return;
        continue;
      }
      if (depth === MAX_DEPTH) throw unit.at(start + die).error('tooDeep');
      entered[depth++] = kind.role === undefined ? 0 : 1;
    }
  }
}

/** What the loop needs of an abbreviation. */
interface Kind<Role> {
  readonly abbreviation: Abbreviation;
  readonly role: Role | undefined;
  /** Bytes of all values; -1 where `steps` says. */
  readonly size: number;
  /** Bytes of adjacent values of fixed size, or one of the negative numbers below. */
  readonly steps: readonly number[];
  /** Does the last value lead past what is to be skipped? */
  readonly hasSibling: boolean;
}

function kindOf<Role>(unit: Unit, offset: number, visitor: SkimVisitor<Role>): Kind<Role> {
  const abbreviation = unit.abbreviationAt(unit.at(offset))!; // the code is not 0
  return {
    abbreviation,
    role: visitor.roleOf(abbreviation),
    size: abbreviation.size ?? -1,
    steps: abbreviation.steps.map((step) =>
      typeof step === 'number' ? step : (STEPS[String(step.layout)] ?? INDIRECT),
    ),
    hasSibling: visitor.skips?.(abbreviation) === true && endsInSibling(abbreviation),
  };
}

/** Is DW_AT_sibling there as GCC writes it: the last attribute, as DW_FORM_ref4? */
function endsInSibling({ attributes }: Abbreviation): boolean {
  const last = attributes.at(-1);
  return (
    last?.name === AT.sibling && last.form.kind === 'unitReference' && last.form.layout === SIBLING_BYTES
  );
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  bytes[at]! + bytes[at + 1]! * 0x100 + bytes[at + 2]! * 0x1_0000 + bytes[at + 3]! * 0x100_0000;

/** Past the values of a DIE; past the end, or not a number, where there are not so many bytes. */
function skipValues(
  unit: Unit,
  { abbreviation, steps }: Kind<unknown>,
  bytes: Uint8Array,
  from: number,
): number {
  let at = from;
  for (const step of steps)
    if (step >= 0) at += step;
    else if (step === LEB128) while (bytes[at++]! >= 0x80);
    else if (step === TEXT) {
      const nul = bytes.indexOf(0, at);
      at = nul < 0 ? NaN : nul + 1;
    } else if (step === BLOCK1) at += 1 + bytes[at]!;
    else if (step === BLOCK2) at += 2 + bytes[at]! + bytes[at + 1]! * 0x100;
    else if (step === BLOCK4) at += 4 + wordAt(bytes, at);
    else if (step === BLOCK) {
      let length = 0;
      let scale = 1;
      for (; bytes[at]! >= 0x80; at++, scale *= 0x80) length += (bytes[at]! & 0x7f) * scale;
      at += 1 + length + bytes[at]! * scale;
    } else {
      const cursor = unit.at(unit.layout.offset + from);
      unit.abbreviations.skipValues(cursor, abbreviation);
      return cursor.offset - unit.layout.offset;
    }
  return at;
}

// How `skipValues` gets past a value that has no fixed size.
const LEB128 = -1;
const TEXT = -2;
const BLOCK1 = -3;
const BLOCK2 = -4;
const BLOCK4 = -5;
/** A length in LEB128, then the bytes. */
const BLOCK = -6;
const INDIRECT = -7;

const STEPS: Readonly<Record<string, number>> = {
  uleb: LEB128,
  sleb: LEB128,
  text: TEXT,
  block1: BLOCK1,
  block2: BLOCK2,
  block4: BLOCK4,
  block: BLOCK,
};

const SIBLING_BYTES = 4;
/** Deeper than any compiler nests entries. */
const MAX_DEPTH = 512;
