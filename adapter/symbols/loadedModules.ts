import { statSync } from 'node:fs';
import type { Module } from './module';
import { biasIn, fileIdentity, mappedFiles, mappedModule, type MappedFile } from './processModules';

/** What is loaded, and where. */
export interface Loading {
  /** @throws SymbolError `noSuchProcess`, `notPermitted` */
  files(): readonly MappedFile[];
  /** Undefined where it is at as many places as there are processes. */
  readonly biasOf: typeof biasIn | undefined;
}

export const ofProcess = (pid: number): Loading => ({ files: () => mappedFiles(pid), biasOf: biasIn });

/** The modules of processes as they come and go. A file that is unloaded and loaded again is the same module. */
export class LoadedModules {
  /** The executable first; then, until they are mapped, those that were foreseen. */
  modules: readonly Module[];
  private readonly program: Module | undefined;
  private readonly foreseen = new Map<string, Module>();
  private present = new Map<string, Module>();
  /** Not mapped any more, the latest last. */
  private readonly left = new Map<string, Module>();
  /** Where those that are mapped begin. */
  private readonly starts = new Map<Module, number>();
  /** Of each file when it came. */
  private readonly versions = new Map<Module, string | undefined>();

  /** @param foreseen modules that there will be; the program first. */
  constructor(
    private readonly loading: Loading,
    private readonly symbolSearchPath: readonly string[],
    foreseen: readonly Module[] = [],
  ) {
    this.modules = foreseen;
    this.program = foreseen[0];
    for (const module of foreseen) {
      this.foreseen.set(fileIdentity(module.path) ?? module.path, module);
      this.versions.set(module, versionOf(module));
    }
  }

  /**
   * True when `modules` has changed, or where one of them is.
   * @throws SymbolError `noSuchProcess`, `notPermitted`
   */
  look(): boolean {
    const files = this.loading.files();
    const found = files.map((file) => ({ file, module: this.moduleOf(file) }));
    const moved = found.filter(({ file, module }) => this.moves(module, file)).length > 0;
    const present = new Map(found.map(({ file, module }) => [file.identity, module]));
    for (const [identity, module] of this.present) if (!present.has(identity)) this.leave(identity, module);
    this.present = present;
    // By now it is another program than the one that was foreseen.
    if (this.program && [...this.foreseen.values()].includes(this.program)) this.forgetForeseen();
    const modules = [...present.values(), ...this.foreseen.values()];
    const changed =
      moved || modules.length !== this.modules.length || modules.some((one, i) => one !== this.modules[i]);
    this.modules = modules;
    return changed;
  }

  close(): void {
    for (const module of [...this.modules, ...this.left.values()]) module.close();
  }

  private forgetForeseen(): void {
    for (const [identity, module] of this.foreseen) this.leave(identity, module);
    this.foreseen.clear();
  }

  private moduleOf(file: MappedFile): Module {
    const { identity } = file;
    return (
      this.present.get(identity) ??
      take(this.foreseen, identity) ??
      this.unchanged(take(this.left, identity)) ??
      this.arrival(file)
    );
  }

  private moves(module: Module, file: MappedFile): boolean {
    const { biasOf } = this.loading;
    const { start } = file.entries[0]!;
    if (!biasOf || this.starts.get(module) === start) return false;
    this.starts.set(module, start);
    module.moveTo(biasOf(file));
    return true;
  }

  private arrival(file: MappedFile): Module {
    const module = mappedModule(file, this.symbolSearchPath);
    if (!this.loading.biasOf) module.moveTo(() => undefined);
    this.versions.set(module, versionOf(module));
    return module;
  }

  private leave(identity: string, module: Module): void {
    this.left.set(identity, module);
    this.starts.delete(module);
    for (const [oldest, kept] of this.left) {
      if (this.left.size <= MAX_KEPT) return;
      this.left.delete(oldest);
      this.forget(kept);
    }
  }

  /** A file that was written to in place has other code now. */
  private unchanged(module: Module | undefined): Module | undefined {
    if (!module || (versionOf(module) ?? 'gone') === this.versions.get(module)) return module;
    this.forget(module);
    return undefined;
  }

  private forget(module: Module): void {
    this.versions.delete(module);
    module.close();
  }
}

function take<K, V>(map: Map<K, V>, key: K): V | undefined {
  const value = map.get(key);
  map.delete(key);
  return value;
}

/** Undefined for a file that cannot be opened. */
function versionOf(module: Module): string | undefined {
  try {
    const { size, mtimeMs } = statSync(module.openPath);
    return `${size} ${mtimeMs}`;
  } catch {
    return undefined;
  }
}

/** Unloaded modules that are kept open, for when they come again. */
const MAX_KEPT = 64;
