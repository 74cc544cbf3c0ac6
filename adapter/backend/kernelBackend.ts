/** Probes by uprobe_multi links and sleepable BPF programs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RingBuffer } from '../bpf/ringBuffer';
import { enableStatistics } from '../bpf/runTime';
import type { Plan } from '../capture/plan';
import { RECORD_HEADER } from '../capture/recordLayout';
import type { SiteId } from '../elf/address';
import { linux } from '../sys/linux';
import type { Descriptor } from '../sys/owned';
import { processExists } from '../sys/process';
import type { System } from '../sys/system';
import {
  BackendError,
  type EditionKey,
  type Installation,
  type ProbeBackend,
  type RecordSink,
  type TrapCost,
} from './backend';
import { checkBuildId } from './buildId';
import { checkPlan } from './checkPlan';
import { backendError, refusal } from './failure';
import { FilterStates } from './filterState';
import { install } from './install';
import { ringSizeFor } from './ringSize';
import type { KernelInstallation } from './kernelInstallation';
import { createNotes } from './role';
import { trapCost } from './trapCost';

export interface KernelBackendOptions {
  readonly system?: System;
  /** Size of the ring buffer (isRingSize); without it by the number of processors. */
  readonly ringBytes?: number | undefined;
}

/** Nothing is asked of the kernel before the first installation. */
export function openKernelBackend(options: KernelBackendOptions = {}): ProbeBackend {
  const { system = linux(), ringBytes } = options;
  return new KernelBackend(system, ringBytes);
}

class KernelBackend implements ProbeBackend {
  private ring: RingBuffer | undefined;
  private notes: Descriptor | undefined;
  private nextSite = 0;
  private readonly filterStates: FilterStates;
  private readonly installations = new Set<KernelInstallation>();
  private readonly measuring = new AbortController();
  private readonly measurements = new Set<Promise<unknown>>();

  constructor(
    private readonly system: System,
    private readonly ringBytes: number | undefined,
  ) {
    this.filterStates = new FilterStates(system);
  }

  async install(plan: Plan, edition?: EditionKey): Promise<Installation> {
    try {
      checkPlan(plan);
      if (plan.pid !== 0 && !processExists(plan.pid))
        throw new BackendError({ code: 'noSuchProcess', pid: plan.pid });
      checkBuildId(plan);
      return await this.put(plan, edition);
    } catch (error) {
      throw backendError(error, plan, this.system);
    }
  }

  drain(sink: RecordSink, limit = Infinity): number {
    const deliver = (bytes: DataView, offset: number, size: number): void => {
      sink(bytes.getUint32(offset + RECORD_HEADER.site.offset, true) as SiteId, bytes, offset, size);
    };
    return this.ring?.drain(deliver, limit) ?? 0;
  }

  trapCost(): Promise<TrapCost> {
    return this.measured(trapCost(this.system, this.measuring.signal));
  }

  timePrograms(milliseconds: number): Promise<void> {
    return this.measured(this.keepStatistics(milliseconds));
  }

  private async keepStatistics(milliseconds: number): Promise<void> {
    const statistics = enableStatistics(this.system);
    const { signal } = this.measuring;
    // The end comes before its time where the backend is disposed of.
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    statistics.close();
  }

  /** `dispose` ends it, and waits for it. */
  private async measured<T>(measurement: Promise<T>): Promise<T> {
    this.measurements.add(measurement);
    try {
      return await measurement;
    } catch (error) {
      throw refusal(error);
    } finally {
      this.measurements.delete(measurement);
    }
  }

  async dispose(): Promise<void> {
    this.measuring.abort();
    await Promise.allSettled(this.measurements);
    const installations = [...this.installations];
    await Promise.all(installations.map((installation) => installation.detach()));
    for (const installation of installations) installation.dispose();
    this.ring?.close();
    this.ring = undefined;
    this.notes?.close();
    this.notes = undefined;
  }

  private async put(plan: Plan, edition: EditionKey | undefined): Promise<Installation> {
    const user = edition?.number ?? plan;
    const installation = await install(plan, {
      system: this.system,
      firstSite: this.claimSites(plan.sites.length),
      records: () =>
        (this.ring ??= RingBuffer.create(
          this.system,
          this.ringBytes ?? ringSizeFor(this.system.possibleCpus()),
        )),
      filterState: {
        acquire: () => this.filterStates.acquire(user),
        release: () => {
          this.filterStates.release(user);
        },
      },
      edition: edition && {
        key: edition,
        notes: () => (this.notes ??= createNotes(this.system)).number,
      },
      onDispose: (self) => this.installations.delete(self),
    });
    this.installations.add(installation);
    return installation;
  }

  /** Ids are never given twice, also when the installation fails: records may carry them already. */
  private claimSites(count: number): number {
    const first = this.nextSite;
    if (first + count > MAX_SITE_IDS)
      throw new BackendError({ code: 'system', call: 'install', errno: 'EOVERFLOW' });
    this.nextSite += count;
    return first;
  }
}

/** Immediates of 32 bits hold them. */
const MAX_SITE_IDS = 2 ** 31;
