import type { ProbeBackend } from '../backend/backend';
import type { Module } from '../symbols/module';
import { SymbolError } from '../symbols/symbolError';
import { LoaderProbe } from './loaderProbe';
import type { Session } from './session';
import type { Target } from './target';

export interface ModuleWatchOptions {
  readonly target: Target;
  readonly session: Session;
  readonly backend: ProbeBackend;
  /** The target has become another program by exec(2). */
  readonly becameProgram: (program: Module) => void;
}

/**
 * Keeps a session told of the libraries that its target loads and unloads, until `stop`. It looks when the dynamic
 * linker announces a change; now and then besides, for what is mapped by others, and more often where no linker can be
 * asked.
 */
export class ModuleWatch {
  private readonly timer: NodeJS.Timeout;
  private probe: LoaderProbe | undefined;
  /** The module that was last tried. */
  private loader: Module | undefined;
  private following: Promise<void> = Promise.resolve();
  private seen = UNSEEN;
  private lastLook = -Infinity;
  private pause = TICK_MS;

  constructor(private readonly options: ModuleWatchOptions) {
    this.follow();
    this.timer = setInterval(() => {
      this.tick(performance.now());
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.following;
    await this.probe?.remove();
  }

  private tick(now: number): void {
    const changes = this.probe?.changes ?? 0;
    const since = now - this.lastLook;
    const due = changes === this.seen ? (this.probe ? SLOW_MS : POLL_MS) : this.pause;
    if (since < due) return;
    // A target that loads and unloads all the time is looked at as seldom as one that cannot be asked.
    this.pause = since < POLL_MS ? Math.min(this.pause * 2, POLL_MS) : TICK_MS;
    this.seen = changes;
    this.lastLook = now;
    this.look();
  }

  private look(): void {
    const { target, session } = this.options;
    const [program] = target.modules;
    try {
      if (!target.look()) return;
    } catch (error) {
      // The process ended between two looks; its end is noticed elsewhere.
      if (error instanceof SymbolError) return;
      throw error;
    }
    session.setModules(target.modules);
    if (target.modules[0] !== program) this.options.becameProgram(target.modules[0]!);
    this.follow();
  }

  /** Asks the dynamic linker that the target has now. */
  private follow(): void {
    this.following = this.following.then(() => this.followNow());
  }

  private async followNow(): Promise<void> {
    const { target, backend } = this.options;
    const loader = target.modules.find(({ path }) => LOADER.test(path));
    if (loader === this.loader) return;
    this.loader = loader;
    const before = this.probe;
    this.probe = loader && (await LoaderProbe.install(backend, loader, target));
    this.seen = UNSEEN;
    await before?.remove();
  }
}

/** ld-linux-x86-64.so.2, ld-2.31.so, ld-musl-x86_64.so.1, and musl's C library, which is its own linker. */
const LOADER = /\/(ld[-.][^/]*|libc\.so)$/;
const UNSEEN = -1;
/** How soon a library that comes is noticed. */
const TICK_MS = 5;
/** Reading the maps file of a large process takes a lock in it: not more often than this without an announcement. */
const POLL_MS = 200;
const SLOW_MS = 2000;
