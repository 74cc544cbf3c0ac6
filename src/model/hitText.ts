/** The texts of a hit's cells, as they are shown. */
import type { HitView, ListedValueView, NamedValueView } from '../../adapter/protocol';
import { grouped, hitsInWords } from './hitCount';
import { visibleStart, visibleText } from '../../adapter/inertText';

/** Time, process and thread, function, message, values. */
export const COLUMNS = ['Time', 'Process', 'Function', 'Message', 'Values'] as const;

/** @param clockStart as in HitsBody */
export function cells(hit: HitView, clockStart: number): string[] {
  const thread = hit.tid === hit.pid ? String(hit.pid) : `${hit.pid}/${hit.tid}`;
  return [
    clockText(hit.timeNs, clockStart),
    thread,
    hit.function ?? '',
    hit.message,
    hit.values.map(pairText).join('  '),
  ].map((text) => visibleStart(text, MAX_CELL));
}

/** Characters; the tree of a chosen hit has all. */
const MAX_CELL = 1000;

/** `12:03:04.123456`, by the local clock. */
export function clockText(timeNs: string, clockStart: number): string {
  const microseconds = BigInt(timeNs) / 1000n + BigInt(Math.round(clockStart * 1000));
  const date = new Date(Number(microseconds / 1000n));
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${parts.join(':')}.${String(microseconds % 1_000_000n).padStart(6, '0')}`;
}

function pairText(value: ListedValueView): string {
  const shown = 'value' in value ? value.value : `<${value.unavailable}>`;
  return `${visibleStart(value.name, MAX_CELL)} = ${visibleStart(shown, MAX_CELL)}`;
}

/** All of it. */
export function valueText(value: NamedValueView): string {
  return visibleText('value' in value ? value.value : `<${value.unavailable}>`);
}

export interface HitCounts {
  readonly total: number;
  readonly dropped: number;
  readonly pending: number;
  /** Of those that are remembered. */
  readonly matching: number;
  readonly isFiltered: boolean;
  /** Since the table was paused. */
  readonly newer: number | undefined;
}

/** `3 412 hits · 120 match · the oldest 2 000 dropped` */
export function countsText(counts: HitCounts): string {
  const { total, dropped, pending, matching, isFiltered, newer } = counts;
  return [
    hitsInWords(total),
    isFiltered && `${grouped(matching)} ${matching === 1 ? 'matches' : 'match'}`,
    dropped > 0 && `the oldest ${grouped(dropped)} dropped`,
    pending > 0 && `${grouped(pending)} still to search`,
    newer !== undefined && `paused, ${grouped(newer)} newer`,
  ]
    .filter((part) => part !== false)
    .join(' · ');
}

/** @param names of the values that there are */
export function noMatchText(names: readonly string[]): string {
  if (names.length === 0) return 'No hit matches.';
  const more = names.length > MAX_NAMES ? ', …' : '';
  return `No hit matches. Values: ${names
    .slice(0, MAX_NAMES)
    .map((name) => visibleStart(name, MAX_NAME))
    .join(', ')}${more}`;
}
const MAX_NAMES = 12;
/** Characters. */
const MAX_NAME = 60;
