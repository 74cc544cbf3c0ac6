/** The target program test/fixtures/registers.c, and what is in its memory. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanSite } from '../../adapter/capture/plan';
import { fileOffset, virtualAddress, type VirtualAddress } from '../../adapter/elf/address';
import type { Register } from '../../adapter/x86/register';
import { fixture } from '../fixtures/build';

/** In the order of a block. */
export const BLOCK_REGISTERS = [
  'ax', 'dx', 'cx', 'bx', 'si', 'di', 'bp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15',
] as const satisfies readonly Register[]; // prettier-ignore
export type Block = Readonly<Record<(typeof BLOCK_REGISTERS)[number], bigint>>;

export const PAGE = 4096;
export const AREA = 0x2000_0000n;
export const LAZY = 0x3000_0000n;
const END = Buffer.from('end of page\0');

/** What the program puts at AREA and LAZY. */
export const areaBytes = Buffer.from(Array.from({ length: 2 * PAGE }, (_, i) => (i * 7 + 3) % 251));
END.copy(areaBytes, 2 * PAGE - END.length);

export const registersProgram = (): string => fixture('registers.c');

/** Runs the program over the blocks. @returns its output */
export function runBlocks(blocks: readonly Block[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'blocks-'));
  try {
    const file = join(folder, 'blocks');
    const words = blocks.flatMap((block) => BLOCK_REGISTERS.map((name) => block[name]));
    writeFileSync(file, new Uint8Array(BigUint64Array.from(words).buffer));
    return execFileSync(registersProgram(), [file], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Link-time address of a symbol, by nm. */
export function symbolAddress(program: string, name: string): VirtualAddress {
  const match = new RegExp(`^([0-9a-f]+) \\w ${name}$`, 'm').exec(
    execFileSync('nm', [program], { encoding: 'utf8' }),
  );
  if (!match) throw new Error(`${program} has no symbol ${name}`);
  return virtualAddress(parseInt(match[1]!, 16));
}

/** A site at a symbol; the file offset by readelf's segments. */
export function siteAt(program: string, symbol: string, index = 0): PlanSite {
  const address = symbolAddress(program, symbol);
  const headers = execFileSync('readelf', ['-lW', program], { encoding: 'utf8' });
  for (const [, offset, start, size] of headers.matchAll(/LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+)/g)) {
    const distance = address - parseInt(start!, 16);
    if (distance >= 0 && distance < parseInt(size!, 16))
      return { offset: fileOffset(parseInt(offset!, 16) + distance), address, program: index };
  }
  throw new Error(`${symbol} is in no segment`);
}
