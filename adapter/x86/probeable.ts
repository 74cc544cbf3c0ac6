import type { Register as IcedRegister } from 'iced-x86';
import { iced, type CpuidFeature, type Instruction, type Mnemonic } from './iced';
import type { ForbiddenClass } from './placement';
import { isLegacyPrefix, PREFIX, prefixesOf, REX_B, type Prefixes } from './prefixes';

/**
 * Which instructions may carry a probe. The kernel (arch/x86/kernel/uprobes.c) emulates nop, push and relative
 * branches, and executes a copy of anything else out of line, with TF set; what that changes is refused here, and so
 * is what the kernel refuses or decodes wrongly. Everything not proven to work is refused.
 */

/** Refused wherever they stand. */
const FORBIDDEN_MNEMONICS = {
  /** They store the flags with TF set; the target then dies of SIGTRAP after popf. */
  pushFlags: ['Pushf', 'Pushfd', 'Pushfq'],
  /** They enter the kernel, or fault, from the copy: `syscall` also leaves TF in r11 and the copy's address in rcx. */
  trap: [
    ...(['Int', 'Int1', 'Int3', 'Into', 'Ud0', 'Ud1', 'Ud2', 'Hlt', 'Iret', 'Iretd', 'Iretq'] as const),
    ...(['Syscall', 'Sysenter', 'Sysret', 'Sysretq', 'Sysexit', 'Sysexitq'] as const),
  ],
  /** Fault in user space; those that the kernel emulates then (UMIP) it does not emulate in the copy. */
  privileged: [
    ...(['Sgdt', 'Sidt', 'Sldt', 'Smsw', 'Str', 'Lar', 'Lsl', 'Verr', 'Verw', 'Rdpmc'] as const),
    ...(['Lgdt', 'Lidt', 'Lldt', 'Lmsw', 'Ltr', 'Clts', 'Cli', 'Sti', 'Swapgs', 'Rdmsr', 'Wrmsr'] as const),
    ...(['Invd', 'Wbinvd', 'Invlpg', 'Xsetbv', 'Xsaves', 'Xsaves64', 'Xrstors', 'Xrstors64'] as const),
  ],
  /**
   * The hypervisor executes it in the place of the processor. Some forget the trap flag then: the copy is run past its end, and
   * the target dies of SIGSEGV (seen on AMD EPYC). It is the one instruction that always leads there from user space.
   */
  virtualised: ['Cpuid'],
  portIo: ['In', 'Insb', 'Insw', 'Insd', 'Out', 'Outsb', 'Outsw', 'Outsd'],
  stackSegment: ['Lss'],
  /** Their far pointers and selectors have no use in 64-bit programs, and the kernel fixes up near returns only. */
  other: ['Retf', 'Lfs', 'Lgs', 'Lds', 'Les', 'Arpl', 'Jmpe'],
} as const satisfies Partial<Record<ForbiddenClass, readonly Mnemonic[]>>;

/** What test/kernel/x86.test.ts runs under a probe: legacy encodings of these extensions. */
const PROVEN_FEATURES: readonly CpuidFeature[] = [
  ...([
    'INTEL8086',
    'INTEL186',
    'INTEL286',
    'INTEL386',
    'INTEL486',
    'X64',
    'FPU',
    'FPU287',
    'FPU387',
  ] as const),
  ...(['CMOV', 'CX8', 'CMPXCHG16B', 'TSC', 'MULTIBYTENOP', 'PAUSE', 'MMX', 'FXSR', 'XSAVE'] as const),
  ...(['SSE', 'SSE2', 'SSE3', 'SSSE3', 'SSE4_1', 'SSE4_2', 'AES', 'PCLMULQDQ', 'SHA', 'GFNI'] as const),
  ...([
    'POPCNT',
    'LZCNT',
    'BMI1',
    'MOVBE',
    'ADX',
    'RDRAND',
    'RDSEED',
    'RDTSCP',
    'RDPID',
    'FSGSBASE',
  ] as const),
  ...(['CLFSH', 'CLFLUSHOPT', 'CLWB', 'PREFETCHW', 'CET_IBT'] as const),
];

/**
 * Why no probe may go onto `instruction`; undefined where one may. `atEntry`: it is the first instruction of a
 * function, or the second after endbr64, and no jump of the function leads to it.
 */
export function forbiddenClass(
  instruction: Instruction,
  bytes: Uint8Array,
  atEntry: boolean,
): ForbiddenClass | undefined {
  return (
    forbiddenByCode(instruction) ??
    forbiddenByPrefixes(instruction, prefixesOf(bytes)) ??
    forbiddenByOperands(instruction) ??
    (isOptimised(instruction, bytes) && !atEntry ? 'longNop' : undefined)
  );
}

const byCode = new Map<number, ForbiddenClass | undefined>();

/** What follows from the opcode alone; worked out once for each of iced's codes. */
function forbiddenByCode(instruction: Instruction): ForbiddenClass | undefined {
  const { code } = instruction;
  if (!byCode.has(code)) byCode.set(code, classifyCode(instruction));
  return byCode.get(code);
}

function classifyCode(instruction: Instruction): ForbiddenClass | undefined {
  const { CpuidFeature, EncodingKind, Mnemonic } = iced();
  const { encoding } = instruction;
  // The kernel takes the opcode of a VEX, EVEX or XOP instruction for a one-byte opcode: vpor (eb) becomes a jump.
  if (encoding !== EncodingKind.Legacy) return encoding === EncodingKind.D3NOW ? 'other' : 'vector';
  const mnemonic = Mnemonic[instruction.mnemonic] as Mnemonic;
  for (const [name, mnemonics] of Object.entries(FORBIDDEN_MNEMONICS))
    if ((mnemonics as readonly Mnemonic[]).includes(mnemonic))
      return name as keyof typeof FORBIDDEN_MNEMONICS;
  if (instruction.isCallFarIndirect || instruction.isJmpFarIndirect) return 'other';
  const proven = [...instruction.cpuidFeatures()].every((feature) =>
    PROVEN_FEATURES.includes(CpuidFeature[feature] as CpuidFeature),
  );
  return proven ? undefined : 'other';
}

/** The kernel's instruction decoder keeps this many distinct legacy prefixes (arch/x86/lib/insn.c). */
const KERNEL_PREFIXES = 4;

function forbiddenByPrefixes(
  instruction: Instruction,
  { legacy, rex, opcode }: Prefixes,
): ForbiddenClass | undefined {
  if (legacy.has(PREFIX.lock)) return 'lock';
  if (legacy.has(PREFIX.es) || legacy.has(PREFIX.cs) || legacy.has(PREFIX.ss) || legacy.has(PREFIX.ds))
    return 'segmentPrefix';
  if (legacy.size > KERNEL_PREFIXES) return 'other';
  // A processor ignores REX before another prefix; the kernel's decoder takes that prefix for the opcode.
  if (rex && isLegacyPrefix(opcode)) return 'other';
  // Each iteration is a hit of its own: the copy is left after one, and the target comes back through the probe.
  if (instruction.isStringInstruction && (legacy.has(PREFIX.rep) || legacy.has(PREFIX.repne)))
    return 'repeatedString';
  // "No one uses these insns, reject any branch insns with such prefix": but data16 call __tls_get_addr is one.
  if (legacy.has(PREFIX.operandSize) && instruction.flowControl !== iced().FlowControl.Next) return 'other';
  // xchg %r8,%rax: the kernel takes it for a nop.
  if (opcode === 0x90 && rex & REX_B) return 'other';
  return undefined;
}

function forbiddenByOperands(instruction: Instruction): ForbiddenClass | undefined {
  const { OpKind, Register, Mnemonic } = iced();
  if (instruction.mnemonic !== Mnemonic.Mov && instruction.mnemonic !== Mnemonic.Pop) return undefined;
  if (isSystemRegister(instruction.op0Register) || isSystemRegister(instruction.op1Register))
    return 'privileged';
  if (instruction.op0Kind !== OpKind.Register) return undefined;
  const target = instruction.op0Register;
  if (target < Register.ES || target > Register.GS) return undefined;
  // The processor holds the single-step trap back for one more instruction after a load of %ss.
  return target === Register.SS ? 'stackSegment' : 'other';
}

/** A control, debug or test register. */
function isSystemRegister(register: IcedRegister): boolean {
  const { Register } = iced();
  return (
    (register >= Register.CR0 && register <= Register.DR15) ||
    (register >= Register.TR0 && register <= Register.TR7)
  );
}

/**
 * Does the kernel replace a probe here by a call? 6.18 does so on every nop of 5 bytes, and its push overwrites the
 * red zone; later ones use 10 bytes and do not put the original bytes back when the probe goes, and they take a
 * jump over 8 bytes for the remains of such a probe. insn_is_nop() of arch/x86/lib/insn-eval.c says what a nop is.
 */
function isOptimised(instruction: Instruction, bytes: Uint8Array): boolean {
  if (bytes[0] === 0xeb && bytes[1] === 0x08) return true;
  return (bytes.length === 5 || bytes.length === 10) && isNop(instruction);
}

function isNop(instruction: Instruction): boolean {
  const { Mnemonic, OpKind, Register } = iced();
  switch (instruction.mnemonic) {
    case Mnemonic.Nop:
      return true;
    case Mnemonic.Jmp:
      return (
        instruction.op0Kind === OpKind.NearBranch64 && instruction.nearBranchTarget === instruction.nextIP
      );
    case Mnemonic.Mov:
      return instruction.op1Kind === OpKind.Register && instruction.op0Register === instruction.op1Register;
    case Mnemonic.Lea:
      return (
        instruction.memoryBase === instruction.op0Register &&
        instruction.memoryIndex === Register.None &&
        instruction.memoryDisplacement === 0n
      );
    default:
      return false;
  }
}
