/** Is a source newer than what was built from it? Sources are looked at now and then. */
import { modifiedAt } from '../sys/file';

export class SourceAge {
  private readonly known = new Map<string, { readonly modified: number | undefined; readonly at: number }>();

  /** Times in milliseconds, `now` of any clock. False where the source is not there. */
  isNewer(source: string, built: number, now: number): boolean {
    let known = this.known.get(source);
    if (!known || now - known.at >= LOOK_MS) {
      known = { modified: modifiedAt(source), at: now };
      this.known.set(source, known);
    }
    return known.modified !== undefined && known.modified > built;
  }
}

const LOOK_MS = 2000;
