import type {
  Installation,
  ProbeBackend,
  RecordSink,
  Role,
  RunTime,
  SiteCounts,
  TrapCost,
} from '../../../adapter/backend/backend';
import { RECORD_HEADER, RECORD_HEADER_SIZE } from '../../../adapter/capture/recordLayout';
import type { Plan } from '../../../adapter/capture/plan';
import type { SiteId } from '../../../adapter/elf/address';

/** A kernel of the tests' own: hits happen when a test says so. */
export class FakeBackend implements ProbeBackend {
  readonly installed: FakeInstallation[] = [];
  disposed = false;
  /** What the next installations wait for, or fail with. */
  gate: Promise<void> = Promise.resolve();
  private readonly ring: { site: SiteId; bytes: Uint8Array<ArrayBuffer> }[] = [];
  private nextSite = 0;

  async install(plan: Plan): Promise<Installation> {
    const sites = plan.sites.map(() => this.nextSite++ as SiteId);
    const installation = new FakeInstallation(plan, sites, (site) => {
      this.record(site);
    });
    // In the kernel before we hear of it, as with the real one.
    this.installed.push(installation);
    try {
      await this.gate;
    } catch (error) {
      this.installed.splice(this.installed.indexOf(installation), 1);
      throw error;
    }
    return installation;
  }

  drain(sink: RecordSink, limit = Infinity): number {
    const taken = this.ring.splice(0, limit);
    for (const { site, bytes } of taken) sink(site, new DataView(bytes.buffer), 0, bytes.length);
    return taken.length;
  }

  /** What measuring meets. */
  trap: () => Promise<TrapCost> = () => Promise.resolve({ emulated: 400, stepped: 1500 });
  window: () => Promise<void> = () => Promise.resolve();

  trapCost(): Promise<TrapCost> {
    return this.trap();
  }

  timePrograms(): Promise<void> {
    return this.window();
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }

  /** The newest installation that is in. */
  get last(): FakeInstallation {
    return this.installed.at(-1)!;
  }

  private record(site: SiteId): void {
    const bytes = new Uint8Array(RECORD_HEADER_SIZE);
    const view = new DataView(bytes.buffer);
    view.setUint32(RECORD_HEADER.site.offset, site, true);
    view.setBigUint64(RECORD_HEADER.time.offset, BigInt(this.ring.length), true);
    this.ring.push({ site, bytes });
  }
}

export class FakeInstallation implements Installation {
  detached = false;
  disposed = false;
  private readonly tally: SiteCounts[];

  constructor(
    readonly plan: Plan,
    readonly sites: readonly SiteId[],
    private readonly record: (site: SiteId) => void,
  ) {
    this.tally = sites.map(() => ({
      hits: 0,
      delivered: 0,
      lost: 0,
      filtered: 0,
      throttled: 0,
      conditionErrors: 0,
    }));
  }

  time: RunTime = { runs: 0, ns: 0 };

  runTime(): RunTime {
    if (this.disposed) throw new Error('used after it was disposed of');
    return this.time;
  }

  /** It leaves hits alone until it has one. */
  role: Role = { takes: false, older: false, newer: false };

  assume(role: Role): void {
    this.role = role;
  }

  /** The line runs. */
  hit(times = 1, index = 0): void {
    if (this.detached || !this.role.takes) return;
    for (let i = 0; i < times; i++) {
      this.tally[index]!.hits++;
      this.tally[index]!.delivered++;
      if (this.plan.programs[this.plan.sites[index]!.program]!.mode === 'record')
        this.record(this.sites[index]!);
    }
  }

  counts(): SiteCounts[] {
    return this.tally.map((counts) => ({ ...counts }));
  }

  detach(): Promise<void> {
    this.detached = true;
    return Promise.resolve();
  }

  dispose(): void {
    this.disposed = true;
  }
}
