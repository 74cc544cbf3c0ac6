/** What becomes of the hits of a program, one after another and in no time, as the comments of capture/plan.ts and backend/backend.ts say. */
import type { EditionKey, Role } from '../../../adapter/backend/backend';
import type { Capture } from '../../../adapter/capture/ir';
import type { CaptureProgram, HitFilter, OrdinalOperator } from '../../../adapter/capture/plan';
import { fromLittleEndian, run, type Target } from './interpreter';

export type Verdict = 'delivered' | 'filtered' | 'throttled' | 'conditionErrors';

export class HitInterpreter {
  ordinal = 0n;
  samples = 0n;
  passed = 0n;
  private tokens: number;

  /** @param last of `changed`, before the first hit */
  constructor(
    private readonly program: CaptureProgram,
    public last: bigint,
  ) {
    this.tokens = program.filter?.hitsPerSecond ?? 0;
  }

  /** Afterwards `ordinal` is the hit's. */
  hit(target: Target): Verdict {
    const { condition, filter = {} } = this.program;
    if (condition) {
      const value = scalar(condition, target);
      if (value === undefined) return 'conditionErrors';
      if (value === 0n) return 'filtered';
    }
    return this.filter(filter, target);
  }

  /** The hit that was let through last has found no room for its record. */
  lose(): void {
    if (this.program.filter?.maxHits !== undefined) this.passed--;
  }

  private filter({ changed, ordinal, sampling, hitsPerSecond, maxHits }: HitFilter, target: Target): Verdict {
    if (changed) {
      const value = scalar(changed, target);
      if (value === undefined) return 'conditionErrors';
      const same = value === this.last;
      this.last = value;
      if (same) return 'filtered';
    }
    this.ordinal++;
    if (ordinal && !ORDINALS[ordinal.operator](this.ordinal, BigInt(ordinal.value))) return 'filtered';
    if (sampling !== undefined && this.samples++ % BigInt(sampling) !== 0n) return 'throttled';
    if (hitsPerSecond !== undefined && --this.tokens < 0) return 'throttled';
    if (maxHits !== undefined) {
      if (this.passed === BigInt(maxHits)) return 'throttled';
      this.passed++;
    }
    return 'delivered';
  }
}

export interface Edition {
  readonly key: EditionKey;
  readonly role: Role;
}

/** What the editions of tracepoints leave for each other, in one thread. */
export class EditionNotes {
  private readonly notes = new Map<number, { readonly address: bigint; readonly number: number }>();

  /** Is the hit at the address the edition's? It is called once. */
  take({ key: { tracepoint, number }, role: { takes, newer, older } }: Edition, address: bigint): boolean {
    const note = this.notes.get(tracepoint);
    const isTaken = newer && note?.address === address && note.number > number;
    if (!takes || isTaken) return false;
    if (older) this.notes.set(tracepoint, { address, number });
    return true;
  }
}

const ORDINALS: Readonly<Record<OrdinalOperator, (ordinal: bigint, value: bigint) => boolean>> = {
  '==': (ordinal, value) => ordinal === value,
  '>': (ordinal, value) => ordinal > value,
  '>=': (ordinal, value) => ordinal >= value,
  '<': (ordinal, value) => ordinal < value,
  '<=': (ordinal, value) => ordinal <= value,
  '%': (ordinal, value) => ordinal % value === 0n,
};

function scalar(capture: Capture, target: Target): bigint | undefined {
  const field = run(capture, target);
  return field && fromLittleEndian(field);
}
