import { STACK_SIZE } from '../bpf/opcode';

/** Offset from the frame pointer of 8 bytes of the stack; negative. */
export type Slot = number;

/** Which of the stack's words are in use at a point of the program. */
export class Frame {
  private readonly used: boolean[] = new Array<boolean>(STACK_SIZE / 8).fill(false);

  /** @throws StackExhausted */
  take(): Slot {
    const index = this.used.indexOf(false);
    if (index < 0) throw new StackExhausted();
    this.used[index] = true;
    return -8 * (index + 1);
  }

  release(slot: Slot): void {
    this.used[-slot / 8 - 1] = false;
  }

  /** The lowest of `words` that follow one another. @throws StackExhausted */
  takeRun(words: number): Slot {
    for (let end = words; end <= this.used.length; end++) {
      if (this.used.slice(end - words, end).includes(true)) continue;
      this.used.fill(true, end - words, end);
      return -8 * end;
    }
    throw new StackExhausted();
  }

  releaseRun(slot: Slot, words: number): void {
    for (let word = 0; word < words; word++) this.release(slot + 8 * word);
  }

  /** The same words in use; what is taken from the copy leaves this one alone. */
  copy(): Frame {
    const copy = new Frame();
    this.used.forEach((used, index) => (copy.used[index] = used));
    return copy;
  }
}

export class StackExhausted extends Error {
  override readonly name = 'StackExhausted';
}
