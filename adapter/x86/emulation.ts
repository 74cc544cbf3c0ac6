import { PREFIX } from './prefixes';

/**
 * Does the kernel emulate a probe on this instruction, so that no single step is taken? Those that branch_setup_xol_ops()
 * and push_setup_xol_ops() of arch/x86/kernel/uprobes.c take, except long nops: which of these are taken differs between kernels.
 * @param bytes of one whole instruction on which a probe is allowed
 */
export function isEmulated(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 1) return isPush(first) || first === NOP;
  if (bytes.length === 2 && first === REX_B && isPush(second)) return true;
  if (bytes.length === 2 && first === PREFIX.operandSize && second === NOP) return true;
  return isRelativeBranch(first, second);
}

/** push of a register */
const isPush = (opcode: number): boolean => opcode >> 3 === 0x0a;
const NOP = 0x90;
/** REX with B alone: %r8 to %r15. */
const REX_B = 0x41;

/** jmp, jcc and call with a displacement, without prefixes. */
function isRelativeBranch(first: number, second: number): boolean {
  if (first === 0x0f) return second >> 4 === 0x8;
  return first >> 4 === 0x7 || first === 0xe8 || first === 0xe9 || first === 0xeb;
}
