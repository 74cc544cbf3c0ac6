import { Descriptor } from '../sys/owned';
import type { System } from '../sys/system';
import { cString, encode, LINK_CREATE, quadwords } from './attributes';
import { ATTACH_TYPE_UPROBE_MULTI } from './program';

/** Where a uprobe_multi link puts its program. */
export interface ProbeTarget {
  readonly path: string;
  /** Thread group, or 0 for every process that maps the file. */
  readonly pid: number;
  readonly probes: readonly Probe[];
}

export interface Probe {
  /** In the file, in bytes. */
  readonly offset: number;
  /** What bpf_get_attach_cookie gives there. */
  readonly cookie: number;
}

/** The probes are in until the link's descriptor is closed. @throws SystemError */
export function linkProbes(system: System, program: Descriptor, target: ProbeTarget): Descriptor {
  const attributes = encode(LINK_CREATE, {
    prog_fd: program.number,
    attach_type: ATTACH_TYPE_UPROBE_MULTI,
    'uprobe_multi.path': cString(target.path),
    'uprobe_multi.offsets': quadwords(target.probes.map(({ offset }) => offset)),
    'uprobe_multi.cookies': quadwords(target.probes.map(({ cookie }) => cookie)),
    'uprobe_multi.cnt': target.probes.length,
    'uprobe_multi.pid': target.pid,
  });
  return new Descriptor(system, system.bpf('LINK_CREATE', attributes), `link to ${target.path}`);
}
