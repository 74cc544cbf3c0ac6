import { AT } from './constants';
import { DebugSections } from './debugSections';
import type { Attempt, FileProblem, Found, RelatedFiles } from './relatedFile';
import { SplitPackage } from './splitPackage';
import type { Unit, UnitDirectory } from './unit';
import { UnitList, unitsWithin } from './unitList';

/** Finds split units (DWARF 5, 7.3.2): in the program's package first, then in their .dwo files; each opened when asked for. */
export class SplitFiles {
  private readonly known = new Map<Unit, Found<Unit>>();
  /** By DW_AT_comp_dir and DW_AT_dwo_name: link-time optimisation puts several units into one file. */
  private readonly lists = new Map<string, UnitList>();
  private package: Found<SplitPackage> | undefined;

  /** @param program the units of the file that has the skeletons */
  constructor(
    private readonly files: RelatedFiles,
    private readonly program: UnitDirectory,
  ) {}

  /** @throws DecodeError where the skeleton or the package cannot be read */
  unitOf(skeleton: Unit): Found<Unit> {
    let found = this.known.get(skeleton);
    if (found === undefined) {
      found = this.find(skeleton);
      if (found.ok) found.value.belongTo(skeleton);
      this.known.set(skeleton, found);
    }
    return found;
  }

  private find(skeleton: Unit): Found<Unit> {
    const id = skeleton.dwoId;
    const name = skeleton.stringOf(skeleton.root(AT.dwoName) ?? skeleton.root(AT.gnuDwoName));
    if (id === undefined || name === undefined) return { ok: false, attempts: [] };
    const packed = this.inPackage(id);
    if (packed.ok) return packed;
    const single = this.inOwnFile(skeleton, id, name);
    return single.ok ? single : { ok: false, attempts: [...packed.attempts, ...single.attempts] };
  }

  private inPackage(id: bigint): Found<Unit> {
    this.package ??= this.files.find({ kind: 'package' }, (image, path) => {
      const value = SplitPackage.read(image, path, this.program);
      return value ? { ok: true, value } : { ok: false, problem: { code: 'noDebugInformation' } };
    });
    if (!this.package.ok) return this.package;
    const { value } = this.package;
    const unit = value.splitUnit(id);
    if (unit !== undefined) return { ok: true, value: unit };
    return {
      ok: false,
      attempts: [{ path: value.path, problem: mismatch(id, undefined) } satisfies Attempt],
    };
  }

  private inOwnFile(skeleton: Unit, id: bigint, name: string): Found<Unit> {
    const directory = skeleton.stringOf(skeleton.root(AT.compilationDirectory));
    const key = `${directory ?? ''}\0${name}`;
    const opened = this.lists.get(key)?.splitUnitWith(id);
    if (opened !== undefined) return { ok: true, value: opened };
    return this.files.find({ kind: 'split', name, directory }, (image) => {
      const list = new UnitList(new DebugSections(image, true), unitsWithin(this.program));
      const value = list.splitUnitWith(id);
      if (value === undefined) return { ok: false, problem: mismatch(id, list.units[0]?.dwoId) };
      this.lists.set(key, list);
      return { ok: true, value };
    });
  }
}

const mismatch = (expected: bigint, found: bigint | undefined): FileProblem => ({
  code: 'mismatch',
  of: 'dwo_id',
  expected: expected.toString(16),
  found: found?.toString(16),
});
