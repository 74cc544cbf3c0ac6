import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import { DebugFile } from '../dwarf/debugFile';
import type { Acceptance, Attempt, FileProblem, Found } from '../dwarf/relatedFile';
import type { ElfImage } from '../elf/image';
import type { ReadableFile } from '../sys/file';
import { firstAccepted, type Open } from './candidateFile';
import { debugTrees, type DebugSearch } from './debugSearch';
import { RelatedFileSearch } from './relatedFileSearch';

/**
 * The debug information of an image: its own, or that of a separate file, found as gdb finds it (GDB manual, "Separate
 * Debug Files"): by build-id first, then by .gnu_debuglink with its CRC.
 * @param path of the image's file.
 * @param open opens a file that lives as long as the image.
 * @throws DecodeError where the image's own debug information is damaged
 */
export function findDebugFile(
  image: ElfImage,
  path: string,
  search: DebugSearch,
  open: Open,
): Found<DebugFile> {
  const own = DebugFile.open(image, image, new RelatedFileSearch(path, path, search, open));
  if (own) return { ok: true, value: own };
  const accept = (problem: (debug: ElfImage, file: ReadableFile) => FileProblem | undefined) =>
    function accepted(debug: ElfImage, place: string, file: ReadableFile): Acceptance<DebugFile> {
      const refusal = problem(debug, file);
      if (refusal) return { ok: false, problem: refusal };
      const value = DebugFile.open(debug, image, new RelatedFileSearch(path, place, search, open));
      return value ? { ok: true, value } : { ok: false, problem: { code: 'noDebugInformation' } };
    };
  const byBuildId = firstAccepted(
    buildIdPlaces(image, search),
    open,
    accept((debug) => otherBuild(debug, image)),
  );
  if (byBuildId.ok) return byBuildId;
  const byLink = firstAccepted(
    linkPlaces(image, path, search),
    open,
    accept((debug, file) => otherContents(debug, file, image)),
  );
  if (byLink.ok) return byLink;
  const attempts: readonly Attempt[] = [...byBuildId.attempts, ...byLink.attempts];
  return { ok: false, attempts };
}

function* buildIdPlaces({ buildId }: ElfImage, search: DebugSearch): Generator<string> {
  if (buildId === undefined || buildId.length <= 2) return;
  for (const tree of debugTrees(search))
    yield posix.join(tree, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`);
}

function* linkPlaces({ debugLink }: ElfImage, path: string, search: DebugSearch): Generator<string> {
  if (debugLink === undefined) return;
  const { root, symbolSearchPath } = search;
  const directory = posix.dirname(path);
  const places = [
    ...symbolSearchPath,
    root + directory,
    posix.join(root + directory, '.debug'),
    ...debugTrees(search).map((tree) => posix.join(tree, directory)),
  ];
  for (const place of places) yield posix.join(place, posix.basename(debugLink.name));
}

function otherBuild(debug: ElfImage, image: ElfImage): FileProblem | undefined {
  const { buildId: found } = debug;
  const expected = image.buildId ?? '';
  return found === expected ? undefined : { code: 'mismatch', of: 'build-id', expected, found };
}

/** A file of another build-id has another CRC; a file of the same build-id may have been processed since. */
function otherContents(debug: ElfImage, file: ReadableFile, image: ElfImage): FileProblem | undefined {
  if (debug.buildId !== undefined && debug.buildId === image.buildId) return undefined;
  const expected = image.debugLink?.crc;
  const found = checksum(file);
  if (found === expected) return undefined;
  if (debug.buildId !== undefined && image.buildId !== undefined) return otherBuild(debug, image);
  return { code: 'mismatch', of: 'CRC', expected: hex(expected ?? 0), found: hex(found) };
}

function checksum(file: ReadableFile): number {
  let crc = 0;
  for (let offset = 0; offset < file.size; offset += CHUNK_BYTES)
    crc = crc32(file.read(offset, Math.min(CHUNK_BYTES, file.size - offset)), crc);
  return crc;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
const CHUNK_BYTES = 1 << 22;
