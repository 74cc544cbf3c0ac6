/**
 * What a list shows of each row, to paint again those alone that would show something else. A row that is painted anew loses the
 * click that is being made on it, so numbers, which change all the time, wait; what else changes is shown at once.
 */

/** Milliseconds between two paints of a row whose numbers have changed. */
const NUMBERS_INTERVAL = 3000;

export interface ShownText {
  /** All of it. */
  readonly spoken: string;
  /** What of it is not numbers. */
  readonly steady: string;
}

interface Shown extends ShownText {
  readonly at: number;
}

export class ShownRows {
  readonly #rows = new Map<string, Shown>();

  painted(id: string, { spoken, steady }: ShownText, now: number): void {
    this.#rows.set(id, { spoken, steady, at: now });
  }

  /** Whether a row is to be painted, or is to be looked at again later. */
  state(id: string, { spoken, steady }: ShownText, now: number): 'same' | 'later' | 'due' {
    const shown = this.#rows.get(id);
    if (shown?.spoken === spoken) return 'same';
    return shown?.steady === steady && now - shown.at < NUMBERS_INTERVAL ? 'later' : 'due';
  }

  clear(): void {
    this.#rows.clear();
  }
}
