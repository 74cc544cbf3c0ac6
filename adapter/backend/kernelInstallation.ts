import { runTimeOf } from '../bpf/runTime';
import type { SiteId } from '../elf/address';
import type { Descriptor } from '../sys/owned';
import type { System } from '../sys/system';
import type { Installation, Role, RunTime, SiteCounts } from './backend';
import type { Counters } from './counters';
import { refusal } from './failure';
import type { RoleWord } from './role';

/** Probes that are in the kernel: they live as long as their links' descriptors are open. */
export class KernelInstallation implements Installation {
  private detached: Promise<void> | undefined;
  private open = true;

  constructor(
    private readonly system: System,
    readonly sites: readonly SiteId[],
    private readonly links: readonly Descriptor[],
    /** Held to ask how long they run. */
    private readonly programs: readonly Descriptor[],
    private readonly counters: Counters,
    /** Of an edition's. */
    private readonly role: RoleWord | undefined,
    /** Of each site: its program only counts. */
    private readonly hitsAlone: readonly boolean[],
    private readonly onDispose: (self: KernelInstallation) => void,
  ) {}

  counts(): SiteCounts[] {
    return this.counters.read(this.hitsAlone);
  }

  runTime(): RunTime {
    try {
      const all = this.programs.map((program) => runTimeOf(this.system, program));
      return all.reduce((sum, { runs, ns }) => ({ runs: sum.runs + runs, ns: sum.ns + ns }), NEVER);
    } catch (error) {
      throw refusal(error);
    }
  }

  assume(role: Role): void {
    if (this.open) this.role?.write(role);
  }

  /** Closing a link returns when no program of it runs any more, after an RCU grace period; all wait for it at once. */
  detach(): Promise<void> {
    this.detached ??= Promise.all(this.links.map((link) => link.closeLater())).then(() => undefined);
    return this.detached;
  }

  dispose(): void {
    if (!this.open) return;
    this.open = false;
    for (const program of this.programs) program.close();
    this.counters.close();
    this.role?.close();
    this.onDispose(this);
  }
}

const NEVER: RunTime = { runs: 0, ns: 0 };
