import { statSync } from 'node:fs';
import type { RuntimeAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import { readMaps, type MapEntry } from '../sys/process';
import { SystemError } from '../sys/systemError';
import { FileModule, type Module, type ModulePlace } from './module';
import { SymbolError } from './symbolError';

/**
 * The files whose code a process has mapped: its executable first, then its libraries in the order of their addresses.
 * The file opened is the one that is mapped, also when it was deleted or replaced since (proc(5), map_files).
 * @throws SymbolError `noSuchProcess`, `notPermitted`
 */
export function processModules(pid: number, symbolSearchPath: readonly string[] = []): Module[] {
  const executable = identityOf(`/proc/${pid}/exe`);
  const files = new Map<string, MapEntry[]>();
  for (const entry of mapsOf(pid)) {
    if (entry.inode === 0 || !entry.path.startsWith('/') || entry.path.startsWith('/dev/')) continue;
    const file = `${entry.device} ${entry.inode} ${entry.path}`;
    files.set(file, [...(files.get(file) ?? []), entry]);
  }
  const search = { symbolSearchPath, root: `/proc/${pid}/root` };
  const mapped = [...files.values()].filter((entries) => entries.some((entry) => entry.executable));
  // A process that ended and was not waited for, or a kernel thread.
  if (mapped.length === 0) throw new SymbolError('noSuchProcess', `/proc/${pid}`);
  return mapped
    .sort((a, b) => Number(isOf(b, executable)) - Number(isOf(a, executable)))
    .map((entries) => new FileModule(place(pid, entries, isOf(entries, executable)), search));
}

function mapsOf(pid: number): MapEntry[] {
  try {
    return readMaps(pid);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const gone = error.errno === 'ENOENT' || error.errno === 'ESRCH';
    throw new SymbolError(gone ? 'noSuchProcess' : 'notPermitted', `/proc/${pid}`, error.errno);
  }
}

function place(pid: number, entries: readonly MapEntry[], isExecutable: boolean): ModulePlace {
  const first = entries[0]!;
  const path = first.path.replace(/ \(deleted\)$/, '');
  const inNamespace = `/proc/${pid}/root${path}`;
  const replacedOnDisk = path !== first.path || identityOf(inNamespace)?.inode !== first.inode;
  const openPath = isExecutable
    ? `/proc/${pid}/exe`
    : replacedOnDisk
      ? `/proc/${pid}/map_files/${first.start.toString(16)}-${first.end.toString(16)}`
      : inNamespace;
  return { path, openPath, replacedOnDisk, biasOf: (image) => loadBias(image, entries) };
}

/** Where a mapping starts - the link-time address of the byte of the file that it starts with. */
function loadBias(image: ElfImage, entries: readonly MapEntry[]): RuntimeAddress | undefined {
  for (const { executable, start, offset } of entries) {
    if (!executable) continue;
    const segment = image.segments.find(
      (load) =>
        load.type === 'load' &&
        load.executable &&
        offset >= pageOf(load.offset) &&
        offset < load.offset + load.fileSize,
    );
    if (segment) return (start - (segment.address + offset - segment.offset)) as RuntimeAddress;
  }
  return undefined;
}

interface Identity {
  readonly inode: number;
}

/** Of the file that a path leads to; undefined when it leads nowhere or may not be followed. */
function identityOf(path: string): Identity | undefined {
  try {
    return { inode: statSync(path).ino };
  } catch {
    return undefined;
  }
}

const isOf = (entries: readonly MapEntry[], file: Identity | undefined): boolean =>
  entries[0]?.inode === file?.inode;

const pageOf = (offset: number): number => offset - (offset % PAGE_BYTES);
const PAGE_BYTES = 4096;
