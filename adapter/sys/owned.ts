import type { System } from './system';

/**
 * A file descriptor that something owns: closed once, by one call, however often that is repeated.
 */
export class Descriptor {
  private open = true;

  constructor(
    private readonly system: System,
    private readonly value: number,
    what: string,
  ) {
    acquired(this, what);
  }

  get number(): number {
    if (!this.open) throw new Error('used after it was closed');
    return this.value;
  }

  close(): void {
    if (this.release()) this.system.close(this.value);
  }

  /** @see System.closeLater */
  async closeLater(): Promise<void> {
    if (this.release()) await this.system.closeLater(this.value);
  }

  private release(): boolean {
    const wasOpen = this.open;
    this.open = false;
    released(this);
    return wasOpen;
  }
}

/** Something of the kernel's that is held now, and the stack that made it. */
export interface Held {
  readonly what: string;
  readonly stack: string;
}

let held: Map<object, Held> | undefined;

/** For tests: from now on remember what is held. The function it returns lists that, and stops. */
export function watchHeld(): () => Held[] {
  const watched = new Map<object, Held>();
  held = watched;
  return () => {
    held = undefined;
    return [...watched.values()];
  };
}

/** Every owner of a kernel object says so, */
export function acquired(owner: object, what: string): void {
  held?.set(owner, { what, stack: new Error(what).stack ?? '' });
}

/** and says when it has let go. */
export function released(owner: object): void {
  held?.delete(owner);
}
