/**
 * What the section headers of an executable tell: whether it is a program, and whether it has debug information. Nothing
 * else of the file is read. ELF, 64 bits, little endian; offsets are the gABI's ("ELF Header", "Sections").
 */
import { access, open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface Executable {
  /** Rather than a shared library or an object file. */
  isProgram: boolean;
  /** In itself, or in a separate file that is where gdb looks for it (GDB manual, "Separate Debug Files"). */
  hasDebugInformation: boolean;
}

/**
 * @param file where it can be read, such as /proc/PID/exe
 * @param path as its own mount namespace has it, whose root directory is `root`
 * @returns undefined of what is no such file, or cannot be read
 */
export async function lookAtExecutable(
  file: string,
  path = file,
  root = '',
): Promise<Executable | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    return await executableIn(handle, path, root);
  } catch {
    return undefined; // ended while we looked, or not ours to see
  } finally {
    await handle?.close();
  }
}

async function executableIn(handle: FileHandle, path: string, root: string): Promise<Executable | undefined> {
  const header = await bytesAt(handle, 0, HEADER_BYTES);
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const sections = await sectionsOf(handle, header);
  const type = header.readUInt16LE(16);
  const own = sections.has('.debug_info') || sections.has('.zdebug_info');
  return {
    isProgram:
      type === ET_EXEC || (type === ET_DYN && (sections.has('.interp') || (await isPie(handle, sections)))),
    hasDebugInformation: own || (await hasSeparateFile(handle, sections, path, root)),
  };
}

interface Section {
  readonly offset: number;
  readonly size: number;
}

/** By their names. */
async function sectionsOf(handle: FileHandle, header: Buffer): Promise<Map<string, Section>> {
  const [offset, count, ofNames] = [
    Number(header.readBigUInt64LE(40)),
    header.readUInt16LE(60),
    header.readUInt16LE(62),
  ];
  const table = await bytesAt(handle, offset, count * SECTION_BYTES);
  const section = (index: number): Section => ({
    offset: Number(table.readBigUInt64LE(index * SECTION_BYTES + 24)),
    size: Number(table.readBigUInt64LE(index * SECTION_BYTES + 32)),
  });
  if (count === 0) return new Map();
  const names = await bodyOf(handle, section(ofNames));
  return new Map(
    Array.from({ length: count }, (_, index) => [
      textAt(names, table.readUInt32LE(index * SECTION_BYTES)),
      section(index),
    ]),
  );
}

/** A program that may be anywhere and has no interpreter: DT_FLAGS_1 has DF_1_PIE. */
async function isPie(handle: FileHandle, sections: ReadonlyMap<string, Section>): Promise<boolean> {
  const dynamic = await bodyOf(handle, sections.get('.dynamic'));
  for (let at = 0; at + 16 <= dynamic.length; at += 16) {
    if (dynamic.readBigUInt64LE(at) === DT_FLAGS_1)
      return (dynamic.readBigUInt64LE(at + 8) & DF_1_PIE) !== 0n;
  }
  return false;
}

/** Not whether it fits: that is for those who read it. */
async function hasSeparateFile(
  handle: FileHandle,
  sections: ReadonlyMap<string, Section>,
  path: string,
  root: string,
): Promise<boolean> {
  // Note: length of the name (4), of the id, type | "GNU" | id
  const note = await bodyOf(handle, sections.get('.note.gnu.build-id'));
  const id = note.toString('hex', 16);
  const link = textAt(await bodyOf(handle, sections.get('.gnu_debuglink')), 0);
  const directory = dirname(path);
  const places = [
    ...(id === '' ? [] : [join(DEBUG_TREE, '.build-id', id.slice(0, 2), `${id.slice(2)}.debug`)]),
    ...(link === ''
      ? []
      : [directory, join(directory, '.debug'), join(DEBUG_TREE, directory)].map((place) =>
          join(place, basename(link)),
        )),
  ].filter((place) => place !== path);
  const there = await Promise.allSettled(places.map((place) => access(root + place)));
  return there.some(({ status }) => status === 'fulfilled');
}

const bodyOf = (handle: FileHandle, section: Section | undefined): Promise<Buffer> =>
  bytesAt(handle, section?.offset ?? 0, section?.size ?? 0);

/** @throws RangeError where the file has none, or more than a sound one would have. */
async function bytesAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  if (length > MAX_BYTES) throw new RangeError(`${length} bytes`);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
  if (bytesRead < length) throw new RangeError(`no ${length} bytes at ${offset}`);
  return buffer;
}

const textAt = (bytes: Buffer, at: number): string => {
  const end = bytes.indexOf(0, at);
  return bytes.toString('latin1', at, end < 0 ? at : end);
};

/** 64 bits, little endian. */
const MAGIC = Buffer.from('\x7fELF\x02\x01', 'latin1');
const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
const ET_EXEC = 2;
const ET_DYN = 3;
const DT_FLAGS_1 = 0x6ffffffbn;
const DF_1_PIE = 0x08000000n;
const DEBUG_TREE = '/usr/lib/debug';
const MAX_BYTES = 4 << 20;
