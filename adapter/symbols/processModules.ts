import { realpathSync, statSync } from 'node:fs';
import type { RuntimeAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import { readMaps, type MapEntry } from '../sys/process';
import { SystemError } from '../sys/systemError';
import { FileModule, type LoadBiasOf, type Module, type ModulePlace } from './module';
import { SymbolError } from './symbolError';

/** A file whose code a process has mapped. */
export interface MappedFile {
  readonly pid: number;
  /** Another file has another identity, also one that has taken its path. */
  readonly identity: string;
  readonly path: string;
  readonly isExecutable: boolean;
  /** Its mappings, in the order of their addresses. */
  readonly entries: readonly MapEntry[];
}

/**
 * The files whose code a process has mapped: its executable first, then its libraries in the order of their addresses.
 * @throws SymbolError `noSuchProcess`, `notPermitted`
 */
export function mappedFiles(pid: number): MappedFile[] {
  const executable = inodeOf(`/proc/${pid}/exe`);
  const files = new Map<string, MapEntry[]>();
  for (const entry of mapsOf(pid)) {
    if (entry.inode === 0 || !entry.path.startsWith('/') || entry.path.startsWith('/dev/')) continue;
    const identity = identityOf(pathOf(entry), entry.inode);
    files.set(identity, [...(files.get(identity) ?? []), entry]);
  }
  const mapped = [...files].flatMap(([identity, entries]) =>
    entries.some((entry) => entry.executable)
      ? [
          {
            pid,
            identity,
            path: pathOf(entries[0]!),
            isExecutable: entries[0]!.inode === executable,
            entries,
          },
        ]
      : [],
  );
  // A process that ended and was not waited for, or a kernel thread.
  if (mapped.length === 0) throw new SymbolError('noSuchProcess', `/proc/${pid}`);
  return mapped.sort((a, b) => Number(b.isExecutable) - Number(a.isExecutable));
}

/** The file that is mapped, also when it was deleted or replaced since (proc(5), map_files). */
export const mappedModule = (file: MappedFile, symbolSearchPath: readonly string[]): Module =>
  new FileModule(place(file), { symbolSearchPath, root: `/proc/${file.pid}/root` });

/**
 * The modules of all of a process's mapped files.
 * @throws SymbolError `noSuchProcess`, `notPermitted`
 */
export const processModules = (pid: number, symbolSearchPath: readonly string[] = []): Module[] =>
  mappedFiles(pid).map((file) => mappedModule(file, symbolSearchPath));

/** Of a file of this machine that is mapped by no process yet; undefined where there is none. */
export function fileIdentity(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return identityOf(real, statSync(real).ino);
  } catch {
    return undefined;
  }
}

/** Where an image is that the file's mappings show. */
export const biasIn =
  ({ entries }: MappedFile): LoadBiasOf =>
  (image) =>
    loadBias(image, entries);

const identityOf = (path: string, inode: number): string => `${inode} ${path}`;
const pathOf = ({ path }: MapEntry): string => path.replace(/ \(deleted\)$/, '');

function mapsOf(pid: number): MapEntry[] {
  try {
    return readMaps(pid);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const gone = error.errno === 'ENOENT' || error.errno === 'ESRCH';
    throw new SymbolError(gone ? 'noSuchProcess' : 'notPermitted', `/proc/${pid}`, error.errno);
  }
}

function place(file: MappedFile): ModulePlace {
  const { pid, path, isExecutable, entries } = file;
  const first = entries[0]!;
  const inNamespace = `/proc/${pid}/root${path}`;
  const replacedOnDisk = path !== first.path || inodeOf(inNamespace) !== first.inode;
  const openPath = isExecutable
    ? `/proc/${pid}/exe`
    : replacedOnDisk
      ? `/proc/${pid}/map_files/${first.start.toString(16)}-${first.end.toString(16)}`
      : inNamespace;
  return { path, openPath, replacedOnDisk, biasOf: biasIn(file) };
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

/** Of the file that a path leads to; undefined when it leads nowhere or may not be followed. */
function inodeOf(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

const pageOf = (offset: number): number => offset - (offset % PAGE_BYTES);
const PAGE_BYTES = 4096;
