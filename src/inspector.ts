/**
 * A debug adapter without a session: it reads the debug information of programs, and probes nothing. It runs with the rights of VS Code
 * itself, from the first question on until none has come for a while.
 */
import type * as vscode from 'vscode';
import {
  HAS_SOURCE_REQUEST,
  INSPECT_REQUEST,
  type CompleteArguments,
  type Draft,
  type HasSourceArguments,
  type HasSourceResponseBody,
  type InspectArguments,
  type LinesArguments,
} from '../adapter/protocol';
import { adapterCommand } from './adapterFactory';
import { AdapterProcess } from './adapterProcess';
import type { KnownPrograms } from './knownPrograms';
import { ProgramLines } from './model/programLines';
import { SESSION_TYPE } from './sessions';

export type LineQuestion = Draft | CompleteArguments | LinesArguments;

export class Inspector implements vscode.Disposable {
  #adapter: AdapterProcess | undefined;
  /** The programs that it knows of. */
  #told = '';
  /** Questions without an answer. */
  #open = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly extensionPath: string,
    private readonly programs: KnownPrograms,
    private readonly idleTime = IDLE_TIME,
  ) {}

  /** Where no program that is known has a source file, one may have been built by now. */
  async has(path: string): Promise<boolean> {
    if (await this.#hasSource(path)) return true;
    await this.programs.search();
    return this.#hasSource(path);
  }

  async #hasSource(path: string): Promise<boolean> {
    const args: HasSourceArguments = { path };
    const body = await this.ask(HAS_SOURCE_REQUEST, args).catch(() => undefined);
    return (body as HasSourceResponseBody | undefined)?.hasSource === true;
  }

  /** Rejects with the adapter's words. */
  async ask(request: string, args: LineQuestion | HasSourceArguments): Promise<unknown> {
    clearTimeout(this.#idle);
    this.#open++;
    try {
      const adapter = (this.#adapter ??= this.#start());
      const programs = this.programs.all;
      const told = JSON.stringify(programs);
      if (told !== this.#told) {
        this.#told = told;
        await adapter.request(INSPECT_REQUEST, { programs } satisfies InspectArguments);
      }
      return await adapter.request(request, args);
    } finally {
      this.#open--;
      if (this.#open === 0)
        this.#idle = setTimeout(() => {
          this.end();
        }, this.idleTime);
    }
  }

  /** Until somebody asks again. */
  end(): void {
    clearTimeout(this.#idle);
    this.#adapter?.end();
    this.#adapter = undefined;
  }

  dispose(): void {
    this.end();
  }

  #start(): AdapterProcess {
    const { command, args } = adapterCommand(this.extensionPath, 'none');
    const adapter = new AdapterProcess(command, args, () => [], new ProgramLines());
    adapter.onDidExit(() => {
      if (this.#adapter === adapter) this.#adapter = undefined;
    });
    this.#told = '';
    // What goes wrong is told by the requests after it, too.
    adapter.request('initialize', { adapterID: SESSION_TYPE }).catch(() => undefined);
    return adapter;
  }
}

/** Milliseconds. */
const IDLE_TIME = 120_000;
