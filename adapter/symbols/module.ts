import type { RuntimeAddress } from '../elf/address';
import { AddressSymbols } from '../elf/addressSymbols';
import { DecodeError } from '../elf/decodeError';
import { ElfImage } from '../elf/image';
import type { DebugFile } from '../dwarf/debugFile';
import type { Attempt, Found } from '../dwarf/relatedFile';
import { openFile, type OpenFile } from '../sys/file';
import { SystemError } from '../sys/systemError';
import type { DebugSearch } from './debugSearch';
import { FilePool } from './filePool';
import { findDebugFile } from './separateDebugFile';
import { SymbolError, type SymbolErrorCode } from './symbolError';

/** An executable or library, on disk or in a process. Files are opened and read when first needed. */
export interface Module {
  /** As the user, or the process in its own mount namespace, sees it. */
  readonly path: string;
  /** What the kernel opens: `path`, or of a module of a process the descriptor that is open here. */
  readonly openPath: string;
  /** The process runs a file that no longer has this path: it was deleted or another was put in its place. */
  readonly replacedOnDisk: boolean;
  /** Runtime address - link-time address; undefined outside a process. */
  readonly loadBias: RuntimeAddress | undefined;
  /** @throws SymbolError */
  readonly image: ElfImage;
  /**
   * When the file that is open here was last modified before that, whatever has its path now: milliseconds since the epoch.
   * @throws SymbolError
   */
  readonly modifiedAt: number;
  /** @throws SymbolError */
  readonly buildId: string | undefined;
  /**
   * From the file itself or from a separate debug file; undefined when neither has any.
   * @throws SymbolError
   */
  readonly debug: DebugFile | undefined;
  /** Where debug information was looked for in vain. @throws SymbolError */
  readonly debugAttempts: readonly Attempt[];
  /** Of the file itself, or of the separate debug file where it is stripped. @throws SymbolError */
  readonly symbols: AddressSymbols;
  /** The process has it there from now on. */
  moveTo(biasOf: LoadBiasOf): void;
  close(): void;
}

/**
 * A program by its path, not in a process.
 * @param symbolSearchPath directories to look for separate debug files in, before the system's.
 * @throws SymbolError `noSuchProgram`, `notPermitted`, `notElf`, `unsupportedElf`, `damagedElf`
 */
export function openProgram(path: string, symbolSearchPath: readonly string[] = []): Module {
  const module = new FileModule(
    { path, openPath: path, replacedOnDisk: false },
    { symbolSearchPath, root: '' },
  );
  try {
    module.load();
  } catch (error) {
    module.close();
    throw error;
  }
  return module;
}

/** A library by its path, not in a process. What is wrong with its file comes out when it is read. */
export const openLibrary = (path: string, symbolSearchPath: readonly string[]): Module =>
  new FileModule({ path, openPath: path, replacedOnDisk: false }, { symbolSearchPath, root: '' });

/** Where the process has an image. */
export type LoadBiasOf = (image: ElfImage) => RuntimeAddress | undefined;

export interface ModulePlace {
  readonly path: string;
  readonly openPath: string;
  readonly replacedOnDisk: boolean;
  readonly biasOf?: LoadBiasOf;
}

export class FileModule implements Module {
  private readonly files = new FilePool();
  private mapped: OpenFile | undefined;
  private parsed: ElfImage | undefined;
  private debugFile: Found<DebugFile> | undefined;
  private addressSymbols: AddressSymbols | undefined;
  private biasOf: LoadBiasOf | undefined;

  constructor(
    private readonly place: ModulePlace,
    private readonly search: DebugSearch,
  ) {
    this.biasOf = place.biasOf;
  }

  get path(): string {
    return this.place.path;
  }

  get openPath(): string {
    if (!this.place.biasOf) return this.place.openPath;
    // What leads to the file in /proc/PID ends with the mapping.
    return this.openMapped().descriptorPath;
  }

  get replacedOnDisk(): boolean {
    return this.place.replacedOnDisk;
  }

  get loadBias(): RuntimeAddress | undefined {
    return this.biasOf?.(this.image);
  }

  get image(): ElfImage {
    return this.parsed ?? this.load();
  }

  /** Reads the headers; what is wrong with the file comes out here. @throws SymbolError */
  load(): ElfImage {
    this.parsed = asSymbolError(this.path, () => ElfImage.parse(this.openMapped()));
    return this.parsed;
  }

  get modifiedAt(): number {
    return asSymbolError(this.path, () => this.openMapped().modifiedAt);
  }

  get buildId(): string | undefined {
    return asSymbolError(this.path, () => this.image.buildId);
  }

  get debug(): DebugFile | undefined {
    const found = this.findDebug();
    return found.ok ? found.value : undefined;
  }

  get debugAttempts(): readonly Attempt[] {
    const found = this.findDebug();
    return found.ok ? [] : found.attempts;
  }

  get symbols(): AddressSymbols {
    this.addressSymbols ??= asSymbolError(this.path, () =>
      AddressSymbols.of(this.image.section('.symtab') ? [this.image] : this.images()),
    );
    return this.addressSymbols;
  }

  moveTo(biasOf: LoadBiasOf): void {
    this.biasOf = biasOf;
  }

  close(): void {
    this.mapped?.close();
    this.files.close();
  }

  private images(): ElfImage[] {
    const { image, debug } = this;
    return debug ? [image, debug.image] : [image];
  }

  private findDebug(): Found<DebugFile> {
    const { image, path } = this;
    this.debugFile ??= asSymbolError(path, () =>
      findDebugFile(image, path, this.search, (file) => this.files.open(file)),
    );
    return this.debugFile;
  }

  /** Only the path in /proc leads to a file that was replaced, and not everyone may follow it. */
  private openMapped(): OpenFile {
    try {
      return (this.mapped ??= openFile(this.place.openPath));
    } catch (error) {
      if (this.replacedOnDisk && error instanceof SystemError)
        throw new SymbolError('replacedOnDisk', this.path, error.errno);
      throw error;
    }
  }
}

/** Runs an operation on a module's file; what it throws for the file's sake becomes a SymbolError. */
function asSymbolError<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof DecodeError) {
      if (error.code === 'notElf' || error.code === 'unsupportedElf')
        throw new SymbolError(error.code, path, error.detail);
      throw new SymbolError('damagedElf', path, error.message);
    }
    if (error instanceof SystemError)
      throw new SymbolError(FILE_ERRORS[error.errno] ?? 'noSuchProgram', path, error.errno);
    throw error;
  }
}

const FILE_ERRORS: Readonly<Record<string, SymbolErrorCode>> = {
  EACCES: 'notPermitted',
  EPERM: 'notPermitted',
  EISDIR: 'isDirectory',
};
