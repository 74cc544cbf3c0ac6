/** Programs and libraries whose debug information tells about lines while no session does. */
import * as vscode from 'vscode';
import { isAbsolute } from 'node:path';
import type { AttachArguments, InspectedProgram } from '../adapter/protocol';
import { findBuilt } from './model/programSearch';
import { programOf } from './processPicker';

/** What is found in each of the open folders. */
export async function inFolders(find: (folder: string) => Promise<string[]>): Promise<string[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return (await Promise.all(folders.map(({ uri }) => find(uri.fsPath)))).flat();
}

export class KnownPrograms {
  #built: readonly string[] = [];
  #search = Promise.resolve();
  #nextSearch = 0;

  /** @param state of the workspace */
  constructor(private readonly state: vscode.Memento) {}

  /** Those that were traced here, the latest first; then those that are built in the folders. They may be gone. */
  get all(): InspectedProgram[] {
    const traced = this.#traced;
    const others = this.#built.filter((built) => traced.every(({ program }) => program !== built));
    return [...traced, ...others.map((program) => ({ program }))];
  }

  get #traced(): InspectedProgram[] {
    return this.state.get<InspectedProgram[]>(KEY, []);
  }

  /** @param configuration of a session, resolved */
  async remember(configuration: vscode.DebugConfiguration): Promise<void> {
    const { pid, processId, ...rest } = configuration as Partial<AttachArguments>;
    const program = rest.program ?? (await programOf(String(pid ?? processId)));
    if (program === undefined || !isAbsolute(program)) return;
    const { sourceFileMap, symbolSearchPath, limits } = rest;
    const traced = {
      program,
      ...(sourceFileMap && { sourceFileMap }),
      ...(symbolSearchPath && { symbolSearchPath }),
      ...(limits && { limits }),
    };
    const others = this.#traced.filter((one) => one.program !== program);
    await this.state.update(KEY, [traced, ...others].slice(0, MAX_TRACED));
  }

  /** Resolves when those are known that were built by now; where that takes long, it is not done again at once. */
  search(): Promise<void> {
    if (performance.now() >= this.#nextSearch) {
      this.#nextSearch = Infinity;
      this.#search = this.#look();
    }
    return this.#search;
  }

  async #look(): Promise<void> {
    const begun = performance.now();
    this.#built = await inFolders(findBuilt);
    const now = performance.now();
    this.#nextSearch = now + SEARCH_PAUSE * (now - begun);
  }
}

const KEY = 'sourcetap.programs';
const MAX_TRACED = 5;
/** In times that a search takes: keys come faster than programs are built. */
const SEARCH_PAUSE = 10;
