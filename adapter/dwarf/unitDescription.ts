import type { AddressRange, DieOffset } from '../elf/address';
import type { DecodeError } from '../elf/decodeError';
import { AT } from './constants';
import type { FormValue } from './form';
import type { Attempt } from './relatedFile';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitIndices } from './unitIndex';

/** What a unit says of itself. Attributes that cannot be read are undefined. */
export interface UnitHeader {
  /** In .debug_info. */
  readonly offset: DieOffset;
  readonly version: number;
  /** DW_AT_stmt_list: its line table in .debug_line. */
  readonly lineOffset: number | undefined;
  readonly name: string | undefined;
  readonly compilationDirectory: string | undefined;
  readonly producer: string | undefined;
  /** DW_LANG_ number. */
  readonly language: number | undefined;
  readonly ranges: readonly AddressRange[];
  /** Does any variable of the unit have a location list? */
  usesLocationLists(): boolean;
  /** Why nothing is known of what the unit holds. */
  gap(): UnitGap | undefined;
  /** As `gap`, without reading the unit. */
  missingFile(): MissingFile | undefined;
}

export type UnitGap = MissingFile | { readonly code: 'damaged'; readonly error: DecodeError };

export type MissingFile =
  /** The unit's entries are in another file (DWARF 5, 7.3.2), of this name, which was not found there. */
  | { readonly code: 'split'; readonly file: string; readonly attempts: readonly Attempt[] }
  /** What units have in common is in another file (DWARF 5, 7.3.6), which was not found there. */
  | { readonly code: 'supplementary'; readonly attempts: readonly Attempt[] };

/** Reads the root DIE when first asked; never throws. */
export class UnitDescription implements UnitHeader {
  constructor(
    private readonly unit: Unit,
    private readonly indices: UnitIndices,
  ) {}

  get offset(): DieOffset {
    return this.unit.layout.offset as DieOffset;
  }

  get version(): number {
    return this.unit.encoding.version;
  }

  get lineOffset(): number | undefined {
    return tolerant(() => this.unit.sectionOffsetOf(this.unit.root(AT.statementList)));
  }

  get name(): string | undefined {
    return this.text(AT.name);
  }

  get compilationDirectory(): string | undefined {
    return this.text(AT.compilationDirectory);
  }

  get producer(): string | undefined {
    return this.text(AT.producer);
  }

  get language(): number | undefined {
    const value: FormValue | undefined = tolerant(
      () => this.unit.root(AT.language) ?? this.unit.full.root(AT.language),
    );
    return value?.kind === 'constant' ? Number(value.value) : undefined;
  }

  get ranges(): readonly AddressRange[] {
    return tolerant(() => this.unit.ranges) ?? [];
  }

  usesLocationLists(): boolean {
    return this.indices.hasLocationLists(this.unit);
  }

  gap(): UnitGap | undefined {
    const missing = this.missingFile();
    if (missing !== undefined) return missing;
    const error = this.indices.damageOf(this.unit);
    return error && { code: 'damaged', error };
  }

  missingFile(): MissingFile | undefined {
    const split = tolerant(() =>
      this.unit.isSkeleton ? this.unit.directory.splitUnit(this.unit) : undefined,
    );
    if (split?.ok === false) {
      const file = this.text(AT.dwoName) ?? this.text(AT.gnuDwoName) ?? '';
      return { code: 'split', file, attempts: split.attempts };
    }
    const supplement = this.unit.directory.supplement();
    return !supplement.ok && supplement.attempts.length > 0
      ? { code: 'supplementary', attempts: supplement.attempts }
      : undefined;
  }

  private text(attribute: number): string | undefined {
    return tolerant(() => {
      const own = this.unit.stringOf(this.unit.root(attribute));
      return own ?? this.unit.full.stringOf(this.unit.full.root(attribute));
    });
  }
}
