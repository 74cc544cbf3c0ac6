import { Cursor } from '../elf/cursor';
import type { ElfImage } from '../elf/image';

/**
 * Bytes from the start of a program's thread-local storage up to the thread pointer, which every thread has at the same
 * distance (ELF Handling For Thread-Local Storage, 3.4.6, variant II; psABI for x86-64). Undefined for libraries, whose place
 * the run-time loader chooses, and where there is none.
 * @throws DecodeError
 */
export function threadStorage(program: ElfImage): number | undefined {
  const segment = program.segments.find(({ type }) => type === 'tls');
  if (segment === undefined || !isExecutable(program)) return undefined;
  const { address, memorySize, alignment } = segment;
  return memorySize + modulo(0 - address - memorySize, Math.max(alignment, 1));
}

/** A library may have an interpreter and an entry too: what tells is DF_1_PIE of DT_FLAGS_1. */
function isExecutable(program: ElfImage): boolean {
  if (program.type === 'executable') return true;
  const dynamic = program.segments.find(({ type }) => type === 'dynamic');
  const bytes = dynamic && program.read(dynamic.address, Math.min(dynamic.fileSize, MAX_DYNAMIC_BYTES));
  if (bytes === undefined) return false;
  const cursor = new Cursor(bytes, '.dynamic');
  while (cursor.remaining >= 16) {
    const tag = cursor.u64();
    const value = cursor.u64();
    if (tag === DT_FLAGS_1) return (value & DF_1_PIE) !== 0n;
  }
  return false;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

const DT_FLAGS_1 = 0x6fff_fffbn;
const DF_1_PIE = 0x0800_0000n;
const MAX_DYNAMIC_BYTES = 1 << 16;
