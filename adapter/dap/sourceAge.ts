/** Is a source newer than the program that was built from it? Files are looked at now and then. */
import { modifiedAt } from '../sys/file';

export class SourceAge {
  private readonly known = new Map<string, { readonly newer: boolean; readonly at: number }>();

  /** `now` in milliseconds. False where one of the files is not there. */
  isNewer(source: string, program: string, now: number): boolean {
    const key = `${source}\0${program}`;
    const known = this.known.get(key);
    if (known && now - known.at < LOOK_MS) return known.newer;
    const newer = (modifiedAt(source) ?? -Infinity) > (modifiedAt(program) ?? Infinity);
    this.known.set(key, { newer, at: now });
    return newer;
  }
}

const LOOK_MS = 2000;
