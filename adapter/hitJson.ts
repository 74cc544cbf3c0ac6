/** A hit as one JSON object: a line of `trace --json`, and of an export. */
import { formatAddress } from './elf/address';
import type { Hit } from './engine/hit';
import { gapText, hitMessage } from './messages';
import type { NamedValue } from './value/value';

type JsonValue =
  | { value: string; type: string; children?: (JsonValue & { name: string })[] }
  | { unavailable: string; type: string };

export function hitJson(hit: Hit): string {
  const values = hit.values();
  const { site } = hit;
  return JSON.stringify({
    type: 'hit',
    tracepoint: hit.tracepoint,
    file: site.file ?? '',
    line: site.resolvedLine,
    function: site.scope?.name ?? '',
    address: formatAddress(site.address),
    pid: hit.pid,
    tid: hit.tid,
    time_ns: String(hit.time),
    values: Object.fromEntries(values.map((value) => [value.name, valueJson(value)])),
    message: hitMessage(hit, values),
  });
}

function valueJson(value: NamedValue): JsonValue {
  if ('unavailable' in value) return { unavailable: gapText(value.unavailable), type: value.type };
  const { children } = value;
  return {
    value: value.value,
    type: value.type,
    ...(children && { children: children.map((child) => ({ name: child.name, ...valueJson(child) })) }),
  };
}
