/** Every location expression of a program's arguments and locals: which can be captured, and why the others cannot. */
import { evaluateLocation } from '../../adapter/capture/evaluation';
import type { CaptureGap } from '../../adapter/capture/captured';
import type { Place } from '../../adapter/capture/place';
import { StepBuilder } from '../../adapter/capture/stepBuilder';
import { AT } from '../../adapter/dwarf/constants';
import type { DebugInfo } from '../../adapter/dwarf/debugInfo';
import type { Die } from '../../adapter/dwarf/die';
import { LOCATION_LIST_ENTRIES, readEntries, readPairs, type ListEntry } from '../../adapter/dwarf/listEntry';
import type { ScopeNode } from '../../adapter/dwarf/scopeNode';
import { variableLocation } from '../../adapter/dwarf/variableLocation';
import type { VirtualAddress } from '../../adapter/elf/address';

export interface Census {
  /** One for each entry of a location list, and each location without a list, of an argument or local. */
  expressions: number;
  /** Wholly, or but for a piece. */
  captured: number;
  partly: number;
  /** Reason -> how often it is the whole expression's. */
  readonly gaps: Map<string, number>;
}

export function expressionCensus(info: DebugInfo): Census {
  const census: Census = { expressions: 0, captured: 0, partly: 0, gaps: new Map() };
  for (const { scope } of info.functions()) countScope(scope as ScopeNode, info, census);
  return census;
}

function countScope(scope: ScopeNode, info: DebugInfo, census: Census): void {
  for (const die of scope.variables)
    if (die.has(AT.location)) for (const at of placesOf(die, scope)) countExpression(die, at, info, census);
  for (const child of scope.children) countScope(child, info, census);
}

function countExpression(die: Die, at: VirtualAddress, info: DebugInfo, census: Census): void {
  const context = info.contextAt(at);
  if (context === undefined) return;
  census.expressions++;
  const place = evaluateLocation(variableLocation(die, at), context, new StepBuilder());
  const gaps = gapsOf(place);
  if (gaps.length === 0) census.captured++;
  else if (place.kind === 'pieces' && gaps.length < place.pieces.length) census.partly++;
  else {
    const name = reasonName(gaps[0]!);
    census.gaps.set(name, (census.gaps.get(name) ?? 0) + 1);
  }
}

/** An address for each expression that the variable's location has. */
function placesOf(die: Die, scope: ScopeNode): VirtualAddress[] {
  const value = die.value(AT.location);
  if (value?.kind === 'expression' || value?.kind === 'block') return [scope.entry];
  const { unit } = die;
  const old = unit.encoding.version < 5;
  const section = old ? '.debug_loc' : '.debug_loclists';
  const offset =
    value?.kind === 'locationListIndex'
      ? unit.listOffset(section, AT.locationListsBase, value.value)
      : unit.sectionOffsetOf(value);
  return unit.sections.decode(section, offset!, (cursor) => {
    const entries: Iterable<ListEntry> = old
      ? readPairs(cursor, unit)
      : readEntries(cursor, LOCATION_LIST_ENTRIES, unit);
    const found: VirtualAddress[] = [];
    for (const { low, high, isDefault } of entries) {
      cursor.skip(old ? cursor.u16() : cursor.uleb());
      if (!isDefault && low < high) found.push(low);
    }
    return found;
  });
}

function gapsOf(place: Place): CaptureGap[] {
  if (place.kind === 'gap') return [place.reason];
  if (place.kind === 'implicitPointer') return [{ code: 'syntheticPointer' }];
  return place.kind === 'pieces' ? place.pieces.flatMap((piece) => gapsOf(piece.place)) : [];
}

function reasonName(gap: CaptureGap): string {
  switch (gap.code) {
    case 'callerValue':
    case 'unsupportedOperation':
      return gap.operation;
    case 'undecodable':
      return `undecodable: ${gap.detail}`;
    default:
      return gap.code;
  }
}
