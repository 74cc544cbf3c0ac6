import type { ElfImage } from '../elf/image';
import { DebugSections } from './debugSections';
import { PackageIndex, type Contribution } from './packageIndex';
import { once } from './once';
import type { Unit, UnitDirectory } from './unit';
import { UnitList, unitsWithin } from './unitList';

/** A package: the split units and type units of a program in one .dwp file (DWARF 5, 7.3.5). */
export class SplitPackage {
  private readonly knownTypes = new Map<bigint, Unit | undefined>();
  /** By name they are found only by looking at all. */
  readonly typeUnits = once(() =>
    (this.types?.signatures() ?? []).flatMap((signature) => this.typeUnit(signature) ?? []),
  );

  private constructor(
    readonly path: string,
    private readonly sections: DebugSections,
    private readonly units: PackageIndex,
    private readonly types: PackageIndex | undefined,
    private readonly program: UnitDirectory,
  ) {}

  /** Undefined for a file without .debug_cu_index. @throws DecodeError */
  static read(image: ElfImage, path: string, program: UnitDirectory): SplitPackage | undefined {
    const units = PackageIndex.read(image, '.debug_cu_index');
    const types = PackageIndex.read(image, '.debug_tu_index');
    return units && new SplitPackage(path, new DebugSections(image, true), units, types, program);
  }

  /** @throws DecodeError */
  splitUnit(dwoId: bigint): Unit | undefined {
    const part = this.units.find(dwoId);
    return part && this.listOf(part).splitUnitWith(dwoId);
  }

  /** @throws DecodeError */
  typeUnit(signature: bigint): Unit | undefined {
    if (!this.knownTypes.has(signature)) {
      const part = this.types?.find(signature);
      this.knownTypes.set(signature, part && this.listOf(part).ownTypeUnit(signature));
    }
    return this.knownTypes.get(signature);
  }

  private listOf(part: Contribution): UnitList {
    return new UnitList(this.sections, unitsWithin(this.program, this), part);
  }
}
