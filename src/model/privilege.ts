/** Whether, and through what, the adapter may use uprobes. */

/** The setting `sourcetap.privilege`. */
export type Privilege = 'none' | 'sudo' | 'pkexec';

/** Bits of the capability sets, include/uapi/linux/capability.h. */
const CAP_SYS_ADMIN = 1n << 21n;
const CAP_PERFMON = 1n << 38n;
const CAP_BPF = 1n << 39n;

/**
 * Whether a child of this process could attach probes, by the text of /proc/self/status: a child of root keeps the effective set,
 * any other child only the ambient one (capabilities(7)).
 */
export function childMayProbe(status: string): boolean {
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(status)?.[1];
  const name = uid === '0' ? 'CapEff' : 'CapAmb';
  const set = BigInt(`0x${new RegExp(`^${name}:\\t([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`);
  return (set & CAP_SYS_ADMIN) !== 0n || ((set & CAP_BPF) !== 0n && (set & CAP_PERFMON) !== 0n);
}

export interface CommandLine {
  command: string;
  args: string[];
}

/** sudo and pkexec strip the environment, and VS Code's own executable is only a Node with this variable set. */
const ENVIRONMENT = 'ELECTRON_RUN_AS_NODE=1';
const PREFIXES = {
  none: ['/usr/bin/env'],
  sudo: ['sudo', '-n', '/usr/bin/env'],
  pkexec: ['pkexec', '/usr/bin/env'],
} as const satisfies Record<Privilege, readonly string[]>;

/** What runs the Node executable with these arguments under a privilege. */
export function nodeCommand(privilege: Privilege, node: string, args: readonly string[]): CommandLine {
  const [command, ...rest] = PREFIXES[privilege];
  return { command, args: [...rest, ENVIRONMENT, node, ...args] };
}
