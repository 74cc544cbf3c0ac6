import { readdirSync, readFileSync } from 'node:fs';

export interface Thread {
  readonly id: number;
  readonly name: string;
}

/** The threads of a process; none when it is gone. */
export function threadsOf(pid: number): Thread[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((tid) => ({ id: Number(tid), name: nameOf(pid, tid) }));
  } catch {
    return [];
  }
}

function nameOf(pid: number, tid: string): string {
  try {
    return readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trimEnd();
  } catch {
    return tid; // ended while we looked
  }
}
