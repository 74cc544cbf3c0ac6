/**
 * A program to be probed: it reads how often, runs two instructions so many times, and writes how much of the processor it had had before
 * and after: what others take of it meanwhile does not count. No library is loaded. It ends with its input.
 */

/** Of what it reads, a number, and of what it writes, two `struct timespec`; in bytes. */
export const QUESTION_SIZE = 8;
export const ANSWER_SIZE = 32;

/** Machine code, and the assembly that it is of. */
export const TRAP_CODE: readonly (readonly [bytes: string, assembly: string])[] = [
  ['4883ec28', 'sub $40, %rsp'],
  ['', 'again:'],
  ['31c0', 'xor %eax, %eax'], // read(0, %rsp, 8)
  ['31ff', 'xor %edi, %edi'],
  ['4889e6', 'mov %rsp, %rsi'],
  ['ba08000000', 'mov $8, %edx'],
  ['0f05', 'syscall'],
  ['83f808', 'cmp $8, %eax'],
  ['7547', 'jne done'],
  ['488b1c24', 'mov (%rsp), %rbx'],
  ['b8e4000000', 'mov $228, %eax'], // clock_gettime(CLOCK_THREAD_CPUTIME_ID, %rsp + 8)
  ['bf03000000', 'mov $3, %edi'],
  ['488d742408', 'lea 8(%rsp), %rsi'],
  ['0f05', 'syscall'],
  ['', 'work:'],
  ['90', 'nop'],
  ['4889ed', 'mov %rbp, %rbp'],
  ['48ffcb', 'dec %rbx'],
  ['75f7', 'jnz work'],
  ['b8e4000000', 'mov $228, %eax'], // clock_gettime(CLOCK_THREAD_CPUTIME_ID, %rsp + 24)
  ['bf03000000', 'mov $3, %edi'],
  ['488d742418', 'lea 24(%rsp), %rsi'],
  ['0f05', 'syscall'],
  ['b801000000', 'mov $1, %eax'], // write(1, %rsp + 8, 32)
  ['bf01000000', 'mov $1, %edi'],
  ['488d742408', 'lea 8(%rsp), %rsi'],
  ['ba20000000', 'mov $32, %edx'],
  ['0f05', 'syscall'],
  ['eba6', 'jmp again'],
  ['', 'done:'],
  ['b83c000000', 'mov $60, %eax'], // exit(0)
  ['31ff', 'xor %edi, %edi'],
  ['0f05', 'syscall'],
];

/** Elf64_Ehdr and one Elf64_Phdr (gABI, "ELF Header", "Program Header"). */
const EHDR_SIZE = 64;
const PHDR_SIZE = 56;
const CODE_OFFSET = EHDR_SIZE + PHDR_SIZE;
const LOAD_ADDRESS = 0x40_0000n;

/** In the image, in bytes: where the kernel emulates the instruction, and where it steps it. */
export const TRAP_SITES = { emulated: offsetOf('nop'), stepped: offsetOf('mov %rbp, %rbp') };

function offsetOf(instruction: string): number {
  const index = TRAP_CODE.findIndex(([, assembly]) => assembly === instruction);
  return CODE_OFFSET + hex(TRAP_CODE.slice(0, index)).length;
}

function hex(lines: typeof TRAP_CODE): Buffer {
  return Buffer.from(lines.map(([bytes]) => bytes).join(''), 'hex');
}

/** An ELF executable of one segment that is read and executed. */
export function trapImage(): Uint8Array {
  const code = hex(TRAP_CODE);
  const image = Buffer.alloc(CODE_OFFSET + code.length);
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64 bits, little endian
  image.writeUInt16LE(2, 16); // ET_EXEC
  image.writeUInt16LE(62, 18); // EM_X86_64
  image.writeUInt32LE(1, 20); // e_version
  image.writeBigUInt64LE(LOAD_ADDRESS + BigInt(CODE_OFFSET), 24); // e_entry
  image.writeBigUInt64LE(BigInt(EHDR_SIZE), 32); // e_phoff
  image.writeUInt16LE(EHDR_SIZE, 52);
  image.writeUInt16LE(PHDR_SIZE, 54);
  image.writeUInt16LE(1, 56); // e_phnum
  const segment = image.subarray(EHDR_SIZE);
  segment.writeUInt32LE(1, 0); // PT_LOAD
  segment.writeUInt32LE(5, 4); // PF_R | PF_X
  segment.writeBigUInt64LE(LOAD_ADDRESS, 16); // p_vaddr
  segment.writeBigUInt64LE(LOAD_ADDRESS, 24);
  segment.writeBigUInt64LE(BigInt(image.length), 32); // p_filesz
  segment.writeBigUInt64LE(BigInt(image.length), 40); // p_memsz
  segment.writeBigUInt64LE(4096n, 48); // p_align
  image.set(code, CODE_OFFSET);
  return image;
}
