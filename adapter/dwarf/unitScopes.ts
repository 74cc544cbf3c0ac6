import type { VirtualAddress } from '../elf/address';
import { AddressSpans } from './addressSpans';
import { Die } from './die';
import { covers } from './rangeList';
import { readScopes, type NameOf, type ScopeNode } from './scopeNode';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitIndex, UnitIndices } from './unitIndex';

/** The concrete subprograms of a unit. Each one's scopes are read when first asked for. */
export class UnitScopes {
  /** Of those that are in no other one. */
  private outer: AddressSpans<number> | undefined;
  private all: AddressSpans<number> | undefined;
  /** Which of the outer ones hold no others. */
  private readonly alone = new Map<number, boolean>();
  /** Offsets of the subprograms by where their first ranges start. */
  private readonly byLow = new Map<VirtualAddress, Set<number>>();
  private readonly trees = new Map<number, ScopeNode | undefined>();

  constructor(
    private readonly unit: Unit,
    private readonly indices: UnitIndices,
    private readonly nameOf: NameOf,
  ) {}

  subprogramAt(address: VirtualAddress): ScopeNode | undefined {
    const offset = this.offsetAt(address);
    return offset === undefined ? undefined : this.subprogram(offset);
  }

  /** All that cover an address, that of `subprogramAt` first: linkers fold functions of the same code into one. */
  subprogramsAt(address: VirtualAddress): readonly ScopeNode[] {
    const first = this.subprogramAt(address);
    if (first === undefined) return [];
    const twins = this.byLow.get(first.ranges[0]!.low);
    if (twins === undefined || twins.size === 1) return [first];
    const others = [...twins].flatMap((offset) => this.subprogram(offset) ?? []);
    return [...new Set([first, ...others.filter(({ ranges }) => covers(ranges, address))])];
  }

  /** The scopes of the subprogram at this offset; undefined where they cannot be read. */
  subprogram(offset: number): ScopeNode | undefined {
    if (!this.trees.has(offset)) this.trees.set(offset, this.readTree(offset));
    return this.trees.get(offset);
  }

  private offsetAt(address: VirtualAddress): number | undefined {
    this.outer ??= this.spansOf(this.indices.outerOf(this.unit));
    const outer = this.outer.at(address);
    if (outer !== undefined && this.isAlone(outer)) return outer;
    this.all ??= this.spansOf(this.indices.of(this.unit));
    return this.all.at(address);
  }

  private isAlone(offset: number): boolean {
    let alone = this.alone.get(offset);
    if (alone === undefined) {
      alone = tolerant(() => !this.indices.holdsFunctions(this.unit, offset)) === true;
      this.alone.set(offset, alone);
    }
    return alone;
  }

  private readTree(offset: number): ScopeNode | undefined {
    return tolerant(() => {
      const die = Die.at(this.unit, offset);
      return die && readScopes(die, this.nameOf);
    });
  }

  private note(low: VirtualAddress, offset: number): void {
    const offsets = this.byLow.get(low);
    if (offsets === undefined) this.byLow.set(low, new Set([offset]));
    else offsets.add(offset);
  }

  private spansOf({ functions }: UnitIndex): AddressSpans<number> {
    return new AddressSpans(
      functions.flatMap((offset) => {
        const ranges = tolerant(() => Die.at(this.unit, offset)?.ranges) ?? [];
        const low = ranges[0]?.low;
        if (low !== undefined) this.note(low, offset);
        return ranges.map(({ low: from, high }) => ({ low: from, high, holder: offset }));
      }),
    );
  }
}
