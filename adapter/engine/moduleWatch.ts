import { SymbolError } from '../symbols/symbolError';
import type { Session } from './session';
import type { Module } from '../symbols/module';
import type { Target } from './target';

/** Tells a session of the libraries that its target loads, until `stop`. */
export class ModuleWatch {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly target: Target,
    private readonly session: Session<Module>,
  ) {
    this.timer = setInterval(() => {
      this.look();
    }, PAUSE_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    try {
      const modules = this.target.newModules();
      if (modules.length > 0) this.session.addModules(modules);
    } catch (error) {
      // The process ended between two looks; its end is noticed elsewhere.
      if (!(error instanceof SymbolError)) throw error;
    }
  }
}

/** Reading the maps file of a large process takes a lock in it: not more often than this. */
const PAUSE_MS = 200;
