import type { Instruction, Line } from './instruction';
import { INSTRUCTION_SIZE } from './opcode';

/**
 * Machine code of a program. Jumps go forwards only: the programs made here have no loops.
 * @param maps descriptor of each map that the program names
 * @throws AssemblyError
 */
export function assemble(lines: readonly Line[], maps: Readonly<Record<string, number>>): Uint8Array {
  const { labels, length } = place(lines);
  const bytes = new Uint8Array(length * INSTRUCTION_SIZE);
  const view = new DataView(bytes.buffer);
  let index = 0;
  for (const line of lines) {
    if ('label' in line) continue;
    encode(
      view,
      index,
      line,
      line.target === undefined ? line.offset : distance(index, line.target, labels),
      maps,
    );
    index += width(line);
  }
  return bytes;
}

/** Not a program: a bug of who wrote it. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}

const width = (instruction: Instruction): number => (instruction.upper === undefined ? 1 : 2);

/** Index of the instruction each label stands before, counted in units of 8 bytes. */
function place(lines: readonly Line[]): { labels: Map<string, number>; length: number } {
  const labels = new Map<string, number>();
  let length = 0;
  for (const line of lines) {
    if ('label' in line) {
      if (labels.has(line.label)) throw new AssemblyError(`label ${line.label} twice`);
      labels.set(line.label, length);
    } else {
      length += width(line);
    }
  }
  return { labels, length };
}

/** A jump's offset counts from the instruction after it. */
function distance(index: number, target: string, labels: ReadonlyMap<string, number>): number {
  const place = labels.get(target);
  if (place === undefined) throw new AssemblyError(`no label ${target}`);
  const offset = place - index - 1;
  if (offset < 0 || offset > MAX_JUMP) throw new AssemblyError(`jump of ${offset} to ${target}`);
  return offset;
}

function encode(
  view: DataView,
  index: number,
  instruction: Instruction,
  offset: number,
  maps: Readonly<Record<string, number>>,
): void {
  const at = index * INSTRUCTION_SIZE;
  const immediate = instruction.map === undefined ? instruction.immediate : maps[instruction.map];
  if (immediate === undefined) throw new AssemblyError(`no map ${instruction.map ?? ''}`);
  view.setUint8(at, instruction.opcode);
  view.setUint8(at + 1, (instruction.source << 4) | instruction.destination);
  view.setInt16(at + 2, offset, true);
  view.setInt32(at + 4, immediate, true);
  if (instruction.upper !== undefined) view.setInt32(at + INSTRUCTION_SIZE + 4, instruction.upper, true);
}

/** The offset is 16 bits, signed. */
const MAX_JUMP = 0x7fff;
