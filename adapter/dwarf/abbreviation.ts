import type { Cursor } from '../elf/cursor';
import { AT, TAG } from './constants';
import { fixedSize, formOfCode, skipForm, type Encoding, type Form } from './form';

/** What DIEs that share a code have in common: tag, attributes, forms (DWARF 5, 7.5.3). */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeSpecification[];
  /** Where in `attributes` a DW_AT_ is; the first place, should it be there twice. */
  readonly places: ReadonlyMap<number, number>;
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

/** One unit's table in .debug_abbrev, for one encoding: skimmed at once, each abbreviation read when it is used. */
export class AbbreviationTable {
  private readonly read = new Map<number, Abbreviation>();

  private constructor(
    private readonly cursor: Cursor,
    /** By code, where the tag is. */
    private readonly places: ReadonlyMap<number, number>,
    private readonly encoding: Encoding,
    private readonly content: Content,
  ) {}

  /** Does any have DW_AT_abstract_origin or DW_AT_specification that may lead to another unit or file? */
  get hasForeignOrigins(): boolean {
    return this.content.hasForeignOrigins;
  }

  /** Does any have DW_TAG_imported_unit? */
  get hasImports(): boolean {
    return this.content.hasImports;
  }

  /**
   * @param cursor at the table; stays in use.
   * @throws DecodeError `truncated`, `badEncoding`, `tooLarge`
   */
  static skim(cursor: Cursor, encoding: Encoding): AbbreviationTable {
    const places = new Map<number, number>();
    const content: Content = { hasForeignOrigins: false, hasImports: false };
    for (;;) {
      const code = cursor.uleb();
      if (code === 0) return new AbbreviationTable(cursor, places, encoding, content);
      if (!places.has(code)) places.set(code, cursor.offset);
      if (places.size > MAX_ABBREVIATIONS) throw cursor.error('tooLarge');
      skipAbbreviation(cursor, content);
    }
  }

  /** @throws DecodeError `badForm`, `tooLarge` */
  get(code: number): Abbreviation | undefined {
    const known = this.read.get(code);
    const place = this.places.get(code);
    if (known !== undefined || place === undefined) return known;
    this.cursor.seek(place);
    const abbreviation = readAbbreviation(this.cursor, this.encoding);
    this.read.set(code, abbreviation);
    return abbreviation;
  }

  /** Moves from a DIE's first value past its last. */
  skipValues(cursor: Cursor, abbreviation: Abbreviation): void {
    for (const step of abbreviation.steps)
      if (typeof step === 'number') cursor.skip(step);
      else skipForm(cursor, step, this.encoding);
  }
}

interface Content {
  hasForeignOrigins: boolean;
  hasImports: boolean;
}

function skipAbbreviation(cursor: Cursor, content: Content): void {
  if (cursor.uleb() === TAG.importedUnit) content.hasImports = true;
  cursor.u8();
  for (;;) {
    const name = cursor.uleb();
    const form = cursor.uleb();
    if (name === 0 && form === 0) return;
    if (FOREIGN_FORMS.has(form) && (name === AT.abstractOrigin || name === AT.specification))
      content.hasForeignOrigins = true;
    if (form === DW_FORM_implicit_const) while (cursor.u8() >= 0x80);
  }
}

function readAbbreviation(cursor: Cursor, encoding: Encoding): Abbreviation {
  const tag = cursor.uleb();
  const hasChildren = cursor.u8() !== 0;
  const attributes: AttributeSpecification[] = [];
  const places = new Map<number, number>();
  const steps: (number | Form)[] = [];
  let position: number | undefined = 0;
  for (;;) {
    const name = cursor.uleb();
    const code = cursor.uleb();
    if (name === 0 && code === 0) return { tag, hasChildren, attributes, places, size: position, steps };
    const form = formOfCode(code);
    if (form === undefined) throw cursor.error('badForm', `DW_FORM_0x${code.toString(16)}`);
    const implicit = form.layout === 'implicit' ? cursor.slebBig() : 0n;
    if (!places.has(name)) places.set(name, attributes.length);
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

/** DW_FORM_ref_addr, ref_sup4, ref_sup8, GNU_ref_alt. */
const FOREIGN_FORMS: ReadonlySet<number> = new Set([0x10, 0x1c, 0x24, 0x1f20]);
/** Its value stands here, not in the DIEs. */
const DW_FORM_implicit_const = 0x21;
const MAX_ABBREVIATIONS = 1 << 18;
const MAX_ATTRIBUTES = 1024;
