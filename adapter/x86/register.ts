/**
 * The general registers a probe can read: offset in `struct pt_regs` (arch/x86/include/asm/ptrace.h, 64 bit) and DWARF
 * number (System V psABI for x86-64, figure 3.36; `flags` is %rflags).
 */
export const REGISTERS = {
  ax: { offset: 80, dwarf: 0 },
  dx: { offset: 96, dwarf: 1 },
  cx: { offset: 88, dwarf: 2 },
  bx: { offset: 40, dwarf: 3 },
  si: { offset: 104, dwarf: 4 },
  di: { offset: 112, dwarf: 5 },
  bp: { offset: 32, dwarf: 6 },
  sp: { offset: 152, dwarf: 7 },
  r8: { offset: 72, dwarf: 8 },
  r9: { offset: 64, dwarf: 9 },
  r10: { offset: 56, dwarf: 10 },
  r11: { offset: 48, dwarf: 11 },
  r12: { offset: 24, dwarf: 12 },
  r13: { offset: 16, dwarf: 13 },
  r14: { offset: 8, dwarf: 14 },
  r15: { offset: 0, dwarf: 15 },
  ip: { offset: 128, dwarf: 16 },
  flags: { offset: 144, dwarf: 49 },
} as const satisfies Record<string, { offset: number; dwarf: number }>;

export type Register = keyof typeof REGISTERS;

const byDwarf = new Map<number, Register>(
  (Object.keys(REGISTERS) as Register[]).map((name) => [REGISTERS[name].dwarf, name]),
);

/** The general register with this DWARF number; undefined for vector, x87, segment and mask registers. */
export const registerOfDwarf = (number: number): Register | undefined => byDwarf.get(number);

/** Is it %xmm0-31 (17-32, 67-82), %st0-7, %mm0-7 (33-48) or %k0-7 (118-125)? A uprobe's pt_regs does not hold these. */
export const isVectorRegister = (number: number): boolean =>
  (number >= 17 && number <= 48) || (number >= 67 && number <= 82) || (number >= 118 && number <= 125);

/** Segment and control registers, as the psABI calls them; the number for others. */
export const systemRegisterName = (number: number): string => SYSTEM_REGISTERS.get(number) ?? String(number);

const SYSTEM_REGISTERS: ReadonlyMap<number, string> = new Map([
  [50, '%es'],
  [51, '%cs'],
  [52, '%ss'],
  [53, '%ds'],
  [54, '%fs'],
  [55, '%gs'],
  [58, '%fs.base'],
  [59, '%gs.base'],
  [62, '%tr'],
  [63, '%ldtr'],
  [64, '%mxcsr'],
  [65, '%fcw'],
  [66, '%fsw'],
]);
