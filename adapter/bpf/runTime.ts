/** How long programs run, as the kernel measures it. */
import { Descriptor } from '../sys/owned';
import type { System } from '../sys/system';
import { ENABLE_STATS, encode, OBJ_GET_INFO_BY_FD } from './attributes';

/** While there were statistics. */
export interface RunTime {
  readonly runs: number;
  readonly ns: number;
}

/**
 * The kernel keeps statistics of all BPF programs until the descriptor is closed. It takes CAP_SYS_ADMIN.
 * @throws SystemError
 */
export const enableStatistics = (system: System): Descriptor =>
  new Descriptor(
    system,
    system.bpf('ENABLE_STATS', encode(ENABLE_STATS, { type: BPF_STATS_RUN_TIME })),
    'run time statistics',
  );

/** @throws SystemError */
export function runTimeOf(system: System, program: Descriptor): RunTime {
  const info = new Uint8Array(PROG_INFO.size);
  const attributes = encode(OBJ_GET_INFO_BY_FD, { bpf_fd: program.number, info_len: info.length, info });
  system.bpf('OBJ_GET_INFO_BY_FD', attributes);
  const view = new DataView(info.buffer);
  const { run_time_ns, run_cnt } = PROG_INFO.members;
  return {
    ns: Number(view.getBigUint64(run_time_ns, true)),
    runs: Number(view.getBigUint64(run_cnt, true)),
  };
}

/** `struct bpf_prog_info` up to what is read here; the kernel fills as much as there is room for. Offsets in bytes. */
export const PROG_INFO = { size: 208, members: { run_time_ns: 192, run_cnt: 200 } } as const;
const BPF_STATS_RUN_TIME = 0;
