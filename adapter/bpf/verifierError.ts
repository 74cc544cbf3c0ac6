import { disassemble } from './disassembler';

/** The kernel's verifier refused a program. */
export class VerifierError extends Error {
  /** What the verifier complains of, in its words: the last line of its log that is neither an instruction nor statistics. */
  readonly summary: string;
  /** Listing line of the instruction it stopped at; undefined when the log names none. */
  readonly instruction: string | undefined;

  constructor(
    code: Uint8Array,
    readonly log: string,
    readonly errno: string,
  ) {
    const { summary, index } = readLog(log);
    const stopped = disassemble(code).find((line) => line.index === index);
    super(summary || errno);
    this.name = 'VerifierError';
    this.summary = summary || errno;
    this.instruction = stopped && `${stopped.index}: ${stopped.text}`;
  }
}

/** An instruction in the log: `12: (85) call bpf_copy_from_user#148`. */
const INSTRUCTION = /^(\d+): \([0-9a-f]{2}\)/;
/** Register states, `processed N insns ...`, and notes that every log has. */
const NOISE =
  /^(processed \d|verification time|stack depth|max_states|mark_precise|from \d|\d+: R\d|; |func#|R\d+[_=(]|Live regs|\s*$)/;

function readLog(log: string): { summary: string; index: number | undefined } {
  const lines = log.split('\n');
  const instructions = lines.flatMap((line) => INSTRUCTION.exec(line)?.[1] ?? []);
  const complaints = lines.filter((line) => !INSTRUCTION.test(line) && !NOISE.test(line));
  return {
    summary: complaints.at(-1)?.trim() ?? '',
    index: instructions.length > 0 ? Number(instructions.at(-1)) : undefined,
  };
}
