import type { Cursor } from '../elf/cursor';
import { fixedSize, formOfCode, skipForm, type Encoding, type Form } from './form';

/** What DIEs that share a code have in common: tag, attributes, forms (DWARF 5, 7.5.3). */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeSpecification[];
  /** Bytes of all values where every form has a fixed size. */
  readonly size: number | undefined;
  /** How to get past the values: bytes of adjacent ones of fixed size, or one's form. */
  readonly steps: readonly (number | Form)[];
}

export interface AttributeSpecification {
  /** DW_AT_ */
  readonly name: number;
  readonly form: Form;
  /** Value of DW_FORM_implicit_const. */
  readonly implicit: bigint;
  /** Bytes from the DIE's first value, where all forms before have a fixed size. */
  readonly position: number | undefined;
}

/** One unit's table in .debug_abbrev, for one encoding. */
export class AbbreviationTable {
  private constructor(
    /** Producers number from 1 without gaps: `ordered[code - 1]`. */
    private readonly ordered: readonly Abbreviation[],
    private readonly others: ReadonlyMap<number, Abbreviation>,
    private readonly encoding: Encoding,
  ) {}

  /** @throws DecodeError `truncated`, `badForm`, `tooLarge` */
  static read(cursor: Cursor, encoding: Encoding): AbbreviationTable {
    const ordered: Abbreviation[] = [];
    const others = new Map<number, Abbreviation>();
    for (;;) {
      const code = cursor.uleb();
      if (code === 0) return new AbbreviationTable(ordered, others, encoding);
      const abbreviation = readAbbreviation(cursor, encoding);
      if (code === ordered.length + 1) ordered.push(abbreviation);
      else others.set(code, abbreviation);
      if (ordered.length + others.size > MAX_ABBREVIATIONS) throw cursor.error('tooLarge');
    }
  }

  get(code: number): Abbreviation | undefined {
    return this.ordered[code - 1] ?? this.others.get(code);
  }

  /** Moves from a DIE's first value past its last. */
  skipValues(cursor: Cursor, abbreviation: Abbreviation): void {
    for (const step of abbreviation.steps)
      if (typeof step === 'number') cursor.skip(step);
      else skipForm(cursor, step, this.encoding);
  }
}

function readAbbreviation(cursor: Cursor, encoding: Encoding): Abbreviation {
  const tag = cursor.uleb();
  const hasChildren = cursor.u8() !== 0;
  const attributes: AttributeSpecification[] = [];
  const steps: (number | Form)[] = [];
  let position: number | undefined = 0;
  for (;;) {
    const name = cursor.uleb();
    const code = cursor.uleb();
    if (name === 0 && code === 0) return { tag, hasChildren, attributes, size: position, steps };
    const form = formOfCode(code);
    if (form === undefined) throw cursor.error('badForm', `DW_FORM_0x${code.toString(16)}`);
    const implicit = form.layout === 'implicit' ? cursor.slebBig() : 0n;
    attributes.push({ name, form, implicit, position });
    if (attributes.length > MAX_ATTRIBUTES) throw cursor.error('tooLarge');
    const size = fixedSize(form, encoding);
    addStep(steps, size ?? form);
    position = position === undefined || size === undefined ? undefined : position + size;
  }
}

function addStep(steps: (number | Form)[], step: number | Form): void {
  const last = steps.at(-1);
  if (typeof last === 'number' && typeof step === 'number') steps[steps.length - 1] = last + step;
  else steps.push(step);
}

const MAX_ABBREVIATIONS = 1 << 18;
const MAX_ATTRIBUTES = 1024;
