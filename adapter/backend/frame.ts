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
}

export class StackExhausted extends Error {
  override readonly name = 'StackExhausted';
}
