/** Numbers of the kernel's helper functions (enum bpf_func_id, linux/bpf.h). */
export const HELPERS = {
  map_lookup_elem: 1,
  map_update_elem: 2,
  ktime_get_ns: 5,
  get_smp_processor_id: 8,
  get_current_pid_tgid: 14,
  get_current_uid_gid: 15,
  get_current_comm: 16,
  get_current_task: 35,
  probe_read_user: 112,
  probe_read_kernel: 113,
  probe_read_user_str: 114,
  ringbuf_reserve: 131,
  ringbuf_submit: 132,
  copy_from_user: 148,
  get_attach_cookie: 174,
} as const;
export type Helper = keyof typeof HELPERS;
