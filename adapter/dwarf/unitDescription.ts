import type { AddressRange, DieOffset } from '../elf/address';
import { AT } from './constants';
import type { FormValue } from './form';
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
}

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
    const value: FormValue | undefined = tolerant(() => this.unit.root(AT.language));
    return value?.kind === 'constant' ? Number(value.value) : undefined;
  }

  get ranges(): readonly AddressRange[] {
    return tolerant(() => this.unit.ranges) ?? [];
  }

  usesLocationLists(): boolean {
    return this.indices.of(this.unit).hasLocationLists;
  }

  private text(attribute: number): string | undefined {
    return tolerant(() => this.unit.stringOf(this.unit.root(attribute)));
  }
}
