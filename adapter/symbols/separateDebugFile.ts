import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import { DebugFile } from '../dwarf/debugFile';
import { DecodeError } from '../elf/decodeError';
import { ElfImage } from '../elf/image';
import type { OpenFile } from '../sys/file';

export interface DebugSearch {
  /** The user's directories, before the system's. */
  readonly symbolSearchPath: readonly string[];
  /** `/proc/PID/root` of a process in another mount namespace, or empty. */
  readonly root: string;
}

/**
 * The debug information of an image: its own, or that of a separate file, found as gdb finds it (GDB manual, "Separate
 * Debug Files"): by build-id first, then by .gnu_debuglink with its CRC.
 * @param path of the image's file.
 * @param open opens a file that lives as long as the image. Throws if it cannot be read.
 * @throws DecodeError where the image's own debug information is damaged
 */
export function findDebugFile(
  image: ElfImage,
  path: string,
  search: DebugSearch,
  open: (path: string) => OpenFile,
): DebugFile | undefined {
  const own = DebugFile.open(image);
  if (own) return own;
  for (const candidate of candidates(image, path, search)) {
    const file = opened(candidate.path, open);
    if (!file) continue;
    const debug = accepted(file, candidate.crc, image);
    if (debug) return debug;
    file.close();
  }
  return undefined;
}

interface Candidate {
  readonly path: string;
  /** What the file must have for its CRC-32; undefined where the build-id must match. */
  readonly crc?: number;
}

function* candidates(
  image: ElfImage,
  path: string,
  { symbolSearchPath, root }: DebugSearch,
): Generator<Candidate> {
  const id = image.buildId;
  const trees = [...symbolSearchPath, ...new Set([root + SYSTEM_TREE, SYSTEM_TREE])];
  if (id !== undefined && id.length > 2)
    for (const tree of trees)
      yield { path: posix.join(tree, '.build-id', id.slice(0, 2), `${id.slice(2)}.debug`) };
  const link = image.debugLink;
  if (!link) return;
  const directory = posix.dirname(path);
  const name = posix.basename(link.name);
  for (const place of [
    ...symbolSearchPath,
    root + directory,
    posix.join(root + directory, '.debug'),
    ...trees.map((tree) => posix.join(tree, directory)),
  ])
    yield { path: posix.join(place, name), crc: link.crc };
}

function opened(path: string, open: (path: string) => OpenFile): OpenFile | undefined {
  try {
    return open(path);
  } catch {
    return undefined; // one of many places to look in
  }
}

/** A candidate that does not belong to the image, or cannot be decoded, is as good as absent. */
function accepted(file: OpenFile, crc: number | undefined, image: ElfImage): DebugFile | undefined {
  try {
    const debug = ElfImage.parse(file);
    const sameBuild = debug.buildId !== undefined && debug.buildId === image.buildId;
    if (crc === undefined ? !sameBuild : !sameBuild && crc !== checksum(file)) return undefined;
    return DebugFile.open(debug, image);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function checksum(file: OpenFile): number {
  let crc = 0;
  for (let offset = 0; offset < file.size; offset += CHUNK_BYTES)
    crc = crc32(file.read(offset, Math.min(CHUNK_BYTES, file.size - offset)), crc);
  return crc;
}

const SYSTEM_TREE = '/usr/lib/debug';
const CHUNK_BYTES = 1 << 22;
