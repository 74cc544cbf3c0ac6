import { statSync } from 'node:fs';
import type { ProcessScope } from '../capture/plan';
import { LoadedModules } from '../symbols/loadedModules';
import { openProgram, type Module } from '../symbols/module';
import { mappedFiles, type MappedFile } from '../symbols/processModules';
import { SymbolError } from '../symbols/symbolError';
import { identityOf, openFile, type OpenFile } from '../sys/file';
import { processesRunning } from '../sys/process';
import { TargetError, type Target, type TargetEnd } from './target';

/**
 * Every process that runs a program, now and later; where we are not root, those of our own user.
 * @throws TargetError `runsAsOther`; SymbolError
 */
export function attachEveryProcess(program: string, symbolSearchPath: readonly string[]): Target {
  const own = process.geteuid!();
  const uid = own === 0 ? undefined : own;
  const module = openProgram(program, symbolSearchPath);
  if (uid !== undefined && (statSync(program).mode & SET_ID) !== 0) {
    module.close();
    throw new TargetError({ code: 'runsAsOther', program });
  }
  return new EveryProcess(module, openFile(program), uid, symbolSearchPath);
}

/**
 * It ends when the program's file is written to, which the kernel keeps nobody from while no process runs it: there would be breakpoints in the
 * middle of other code. Libraries are those that are mapped by the processes that run.
 */
class EveryProcess implements Target {
  readonly pid = 0;
  readonly ended: Promise<TargetEnd>;
  readonly scope: ProcessScope & { readonly program: string };
  private readonly libraries: LoadedModules;
  private watch: NodeJS.Timeout | undefined;

  /** @param file the program's, open: its path may lead to another one later */
  constructor(
    private readonly program: Module,
    private readonly file: OpenFile,
    uid: number | undefined,
    symbolSearchPath: readonly string[],
  ) {
    this.scope = { program: file.descriptorPath, ...(uid !== undefined && { uid }) };
    this.libraries = new LoadedModules({ files: () => this.mapped(), biasOf: undefined }, symbolSearchPath);
    this.libraries.look();
    this.ended = new Promise((resolve) => {
      this.watch = setInterval(() => {
        if (identityOf(file.descriptorPath) !== file.identity)
          resolve({ exitCode: undefined, signal: undefined, overwritten: program.path });
      }, WATCH_PAUSE_MS);
    });
  }

  get modules(): readonly Module[] {
    return [this.program, ...this.libraries.modules];
  }

  look(): boolean {
    return this.libraries.look();
  }

  release(): void {
    // They run when they like.
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {
    clearInterval(this.watch);
    this.program.close();
    this.libraries.close();
    this.file.close();
  }

  /** By any of them; the program itself is no library. */
  private mapped(): MappedFile[] {
    const files = processesRunning(this.scope.program).flatMap(filesOf);
    const libraries = files.filter(({ isExecutable }) => !isExecutable);
    return [...new Map(libraries.map((file) => [file.identity, file])).values()];
  }
}

/** None of one that has just ended, or is not ours to see. */
function filesOf(pid: number): readonly MappedFile[] {
  try {
    return mappedFiles(pid);
  } catch (error) {
    if (error instanceof SymbolError) return [];
    throw error;
  }
}

/** How soon it is noticed that the file is written to: one call that is answered from memory. */
const WATCH_PAUSE_MS = 5;
/** S_ISUID and S_ISGID (inode(7)): it runs as who it belongs to. */
const SET_ID = 0o6000;
