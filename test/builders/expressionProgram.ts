/**
 * A program whose variables have the location expressions that a test gives, byte by byte: an assembler file with one
 * function, some registers and memory of known contents, and a breakpoint's place. gdb can run it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Lines of assembler, or single bytes. */
export type Part = string | number;

export interface BuiltVariable {
  readonly name: string;
  /** A label among TYPES. */
  readonly type: keyof typeof TYPES;
  readonly location: readonly Part[];
}

export const uleb = (value: number | bigint | string): Part => `.uleb128 ${value}`;
export const sleb = (value: number | bigint): Part => `.sleb128 ${value}`;
export const word = (value: bigint): Part => `.quad ${BigInt.asIntN(64, value)}`;
/** Offset of a type, or of another labelled entry, in the unit. */
export const ofUnit = (label: string): Part => uleb(`${label} - unit`);
/** The same in .debug_info, as 4 bytes. */
export const ofSection = (label: string): Part => `.long ${label}`;
/** The label of a variable's entry. */
export const entryOf = (name: string): string => `variable_${name}`;

/** What the registers hold at `stop_here`; rdi points to `area`. */
export const REGISTERS = {
  rax: 0xffff_ffff_8000_0001n,
  rbx: 7n,
  rcx: 0xfedc_ba98_7654_3210n,
  rsi: -3n,
} as const;

/** DW_TAG_ entries by label: base types by their DW_ATE_ and size, the others written out. */
export const TYPES = {
  s8: [6, 1, 'signed char'],
  u8: [8, 1, 'unsigned char'],
  s16: [5, 2, 'short'],
  u16: [7, 2, 'unsigned short'],
  s32: [5, 4, 'int'],
  u32: [7, 4, 'unsigned int'],
  s64: [5, 8, 'long'],
  u64: [7, 8, 'unsigned long'],
  f32: [4, 4, 'float'],
  f64: [4, 8, 'double'],
  toS64: 'abbreviation_pointer s64',
  toPair: 'abbreviation_pointer pair',
  pair: 'struct',
  flags: 'struct',
} as const;

/** Path of the program, built once for its contents. */
export function expressionProgram(variables: readonly BuiltVariable[]): string {
  const source = program(variables);
  const folder = resolve(__dirname, '../../out/fixtures');
  mkdirSync(folder, { recursive: true });
  const key = createHash('sha256').update(source).digest('hex').slice(0, 12);
  const path = join(folder, `expressions-${key}`);
  if (existsSync(path)) return path;
  const fresh = `${path}.${process.pid}`;
  writeFileSync(`${fresh}.s`, source);
  execFileSync('gcc', [`${fresh}.s`, '-o', fresh, '-pie'], { stdio: ['ignore', 'pipe', 'pipe'] });
  renameSync(fresh, path);
  return path;
}

const program = (variables: readonly BuiltVariable[]): string => `
  .data
  .balign 8
area:
  .quad 0x1122334455667788, 0xffffffffffffff80, 42, 0x7fffffffffffffff
  .text
  .globl main
  .type main, @function
main:
${Object.entries(REGISTERS)
  .map(([name, value]) => `  movabs $${BigInt.asIntN(64, value)}, %${name}`)
  .join('\n')}
  lea area(%rip), %rdi
  .globl stop_here
stop_here:
  nop
  xor %eax, %eax
  ret
end_of_main:
  .size main, . - main

  .section .tbss,"awT",@nobits
  .balign 32
  .zero 96

  .section .debug_abbrev,"",@progbits
${abbreviation(1, 0x11, true, [0x03, 0x08], [0x11, 0x01], [0x12, 0x07], [0x13, 0x0b], [0x73, 0x17])}
${abbreviation(2, 0x24, false, [0x03, 0x08], [0x0b, 0x0b], [0x3e, 0x0b])}
${abbreviation(3, 0x2e, true, [0x03, 0x08], [0x11, 0x01], [0x12, 0x07], [0x40, 0x18])}
${abbreviation(4, 0x34, false, [0x03, 0x08], [0x49, 0x13], [0x02, 0x18])}
${abbreviation(5, 0x0f, false, [0x0b, 0x0b], [0x49, 0x13])}
${abbreviation(6, 0x13, true, [0x03, 0x08], [0x0b, 0x0b])}
${abbreviation(7, 0x0d, false, [0x03, 0x08], [0x49, 0x13], [0x38, 0x0b])}
${abbreviation(8, 0x0d, false, [0x03, 0x08], [0x49, 0x13], [0x6b, 0x0b], [0x0d, 0x0b])}
  .byte 0

  .section .debug_addr,"",@progbits
  .long addresses_end - addresses_start
addresses_start:
  .short 5
  .byte 8, 0
addresses:
  .quad area, 77
addresses_end:

  .section .debug_info,"",@progbits
unit:
  .long unit_end - unit_start
unit_start:
  .short 5
  .byte 1, 8
  .long 0
  .uleb128 1
  .string "expressions.c"
  .quad main
  .quad end_of_main - main
  .byte 0x1d
  .long addresses
${types()}
  .uleb128 3
  .string "main"
  .quad main
  .quad end_of_main - main
  .uleb128 1
  .byte 0x9c
${variables.map(variable).join('\n')}
  .byte 0
  .byte 0
unit_end:
  .section .note.GNU-stack,"",@progbits
`;

function abbreviation(
  code: number,
  tag: number,
  children: boolean,
  ...attributes: [number, number][]
): string {
  const pairs = [...attributes, [0, 0]].map(([name, form]) => `  .uleb128 ${name}, ${form}`);
  return [`  .uleb128 ${code}, ${tag}`, `  .byte ${Number(children)}`, ...pairs].join('\n');
}

function types(): string {
  const scalars = Object.entries(TYPES).flatMap(([label, type]) =>
    typeof type === 'string'
      ? []
      : [`${label}:\n  .uleb128 2\n  .string "${type[2]}"\n  .byte ${type[1]}, ${type[0]}`],
  );
  const pointers = [
    `toS64:\n  .uleb128 5\n  .byte 8\n  .long s64 - unit`,
    `toPair:\n  .uleb128 5\n  .byte 8\n  .long pair - unit`,
  ];
  const member = (name: string, type: string, offset: number): string =>
    `  .uleb128 7\n  .string "${name}"\n  .long ${type} - unit\n  .byte ${offset}`;
  const field = (name: string, type: string, first: number, size: number): string =>
    `  .uleb128 8\n  .string "${name}"\n  .long ${type} - unit\n  .byte ${first}, ${size}`;
  const pair = [
    `pair:\n  .uleb128 6\n  .string "pair"\n  .byte 16`,
    member('a', 's64', 0),
    member('b', 's32', 8),
    member('c', 'u16', 12),
    member('d', 's16', 14),
    '  .byte 0',
  ];
  const flags = [
    `flags:\n  .uleb128 6\n  .string "flags"\n  .byte 4`,
    field('x', 'u32', 0, 3),
    field('y', 's32', 3, 7),
    field('z', 'u32', 10, 22),
    '  .byte 0',
  ];
  return [...scalars, ...pointers, ...pair, ...flags].join('\n');
}

const variable = ({ name, type, location }: BuiltVariable, index: number): string => `
${entryOf(name)}:
  .uleb128 4
  .string "${name}"
  .long ${type} - unit
  .uleb128 expression${index}_end - expression${index}
expression${index}:
${location.map((part) => (typeof part === 'number' ? `  .byte ${part}` : `  ${part}`)).join('\n')}
expression${index}_end:`;
