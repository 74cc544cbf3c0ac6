/** Hits as the command line prints them. */
import { basename } from 'node:path';
import { formatAddress } from '../elf/address';
import type { Hit } from '../engine/hit';
import { visibleText } from '../inertText';
import { hitMessage } from '../messages';

/** `loop.c:31 work  n=1 id=2` */
export function hitLine(hit: Hit): string {
  const { site } = hit;
  const where =
    site.file === undefined ? formatAddress(site.address) : `${basename(site.file)}:${site.resolvedLine!}`;
  return `${visibleText(`${where} ${site.scope?.name ?? '?'}`)} [${hit.tid}]  ${hitMessage(hit, hit.values())}`;
}
