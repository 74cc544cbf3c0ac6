import { LoadedModules, ofProcess } from '../symbols/loadedModules';
import type { Module } from '../symbols/module';
import { processRuns } from '../sys/process';

/** The modules of a program that is started through a stub: those that it will have, then those that it has. */
export class LaunchedModules {
  private readonly loaded: LoadedModules;
  private releasedAt: number | undefined;
  private hasBegun = false;

  constructor(
    private readonly pid: number,
    private readonly program: Module,
    libraries: readonly Module[],
    symbolSearchPath: readonly string[],
  ) {
    this.loaded = new LoadedModules(ofProcess(pid), symbolSearchPath, [program, ...libraries]);
  }

  get modules(): readonly Module[] {
    return this.loaded.modules;
  }

  /** The stub goes on now. */
  release(): void {
    this.releasedAt ??= performance.now();
  }

  /** As in Target. */
  look(): boolean {
    return this.begun() && this.loaded.look();
  }

  close(): void {
    this.loaded.close();
  }

  /** Is it still the stub? A program that is none for long became another one before anybody looked. */
  private begun(): boolean {
    if (this.releasedAt === undefined) return false;
    const late = performance.now() - this.releasedAt > STUB_MS;
    this.hasBegun ||= late || processRuns(this.pid, this.program.path);
    return this.hasBegun;
  }
}

/** A stub takes a few milliseconds from its release to its exec. */
const STUB_MS = 1000;
