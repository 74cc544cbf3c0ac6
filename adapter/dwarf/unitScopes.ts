import type { VirtualAddress } from '../elf/address';
import { AddressSpans } from './addressSpans';
import { Die } from './die';
import { readScopes, type NameOf, type ScopeNode } from './scopeNode';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitIndex } from './unitIndex';

/** The concrete subprograms of a unit. Each one's scopes are read when first asked for. */
export class UnitScopes {
  private spans: AddressSpans<number> | undefined;
  private readonly trees = new Map<number, ScopeNode | undefined>();

  constructor(
    private readonly unit: Unit,
    private readonly index: UnitIndex,
    private readonly nameOf: NameOf,
  ) {}

  subprogramAt(address: VirtualAddress): ScopeNode | undefined {
    this.spans ??= this.readSpans();
    const offset = this.spans.at(address);
    return offset === undefined ? undefined : this.subprogram(offset);
  }

  /** The scopes of the subprogram at this offset; undefined where they cannot be read. */
  subprogram(offset: number): ScopeNode | undefined {
    if (!this.trees.has(offset)) this.trees.set(offset, this.readTree(offset));
    return this.trees.get(offset);
  }

  private readTree(offset: number): ScopeNode | undefined {
    return tolerant(() => {
      const die = Die.at(this.unit, offset);
      return die && readScopes(die, this.nameOf);
    });
  }

  private readSpans(): AddressSpans<number> {
    return new AddressSpans(
      this.index.functions.flatMap((offset) => {
        const ranges = tolerant(() => Die.at(this.unit, offset)?.ranges) ?? [];
        return ranges.map(({ low, high }) => ({ low, high, holder: offset }));
      }),
    );
  }
}
