/** Hits as the lines of a file. */
import type { Hit } from '../engine/hit';
import { formatAddress } from '../elf/address';
import { hitJson } from '../hitJson';
import { gapInWords, hitMessage } from '../messages';
import type { ExportHitsArguments } from '../protocol';

/** Without the ends of lines. */
export interface HitFormat {
  readonly header: string | undefined;
  line(hit: Hit): string;
}

/** @param names of all values that the hits may have, in the order of their columns */
export function hitFormat(format: ExportHitsArguments['format'], names: readonly string[]): HitFormat {
  if (format === 'ndjson') return { header: undefined, line: hitJson };
  return {
    header: [...CSV_COLUMNS, ...names].map(csvCell).join(','),
    line: (hit) => csvLine(hit, names),
  };
}

const CSV_COLUMNS = [
  'tracepoint',
  'time_ns',
  'pid',
  'tid',
  'function',
  'file',
  'line',
  'address',
  'message',
] as const;

function csvLine(hit: Hit, names: readonly string[]): string {
  const { site } = hit;
  const values = hit.values();
  const texts = new Map(
    values.map((value) => [value.name, 'value' in value ? value.value : gapInWords(value.unavailable)]),
  );
  const cells: Record<(typeof CSV_COLUMNS)[number], string> = {
    tracepoint: String(hit.tracepoint),
    time_ns: String(hit.time),
    pid: String(hit.pid),
    tid: String(hit.tid),
    function: site.scope?.name ?? '',
    file: site.file ?? '',
    line: String(site.resolvedLine ?? ''),
    address: formatAddress(site.address),
    message: hitMessage(hit, values),
  };
  return [...CSV_COLUMNS.map((name) => cells[name]), ...names.map((name) => texts.get(name) ?? '')]
    .map(csvCell)
    .join(',');
}

/** RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it. */
function csvCell(text: string): string {
  const inert = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
