/** Takes records out of the ring, and hands each over as a hit of its site. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeBackend } from '../backend/backend';
import type { SiteId } from '../elf/address';
import type { Module } from '../symbols/module';
import { ProcessSymbols } from '../symbols/processSymbols';
import type { SymbolLookup } from '../value/symbol';
import { Hit, HitReader, type HitSource } from './hit';
import { countsOf, type ProbedPart } from './probes';

interface ProbedSite {
  readonly probed: ProbedPart;
  readonly source: HitSource;
}

export interface HitObserver {
  /** A delivered record, of any edition. Its bytes are good for the time of the call. */
  hit(hit: Hit): void;
  /** Can it take records now? While it cannot, they wait in the ring, and when that is full they are counted as lost. */
  ready(): boolean;
}

export class Delivery {
  private readonly symbols: ProcessSymbols;
  private readonly bySite: (ProbedSite | undefined)[] = [];

  constructor(
    private readonly backend: ProbeBackend,
    private readonly observer: HitObserver,
    modules: readonly Module[],
  ) {
    this.symbols = new ProcessSymbols(modules);
  }

  setModules(modules: readonly Module[]): void {
    this.symbols.setModules(modules);
  }

  /** Records of these sites come from now on. */
  enter(probed: ProbedPart): void {
    const { sites, probes } = probed.part;
    const { tracepoint } = probed.probes;
    for (const [i, site] of sites.entries()) {
      if (site.record)
        this.bySite[probed.installation.sites[probes[i]!]!] = {
          probed,
          source: { tracepoint, site, reader: new HitReader(site.record, this.symbolsFrom(site.module)) },
        };
    }
  }

  /** No more records come. */
  leave({ installation }: ProbedPart): void {
    for (const site of installation.sites) this.bySite[site] = undefined;
  }

  /** Until every record that the kernel counted as delivered has been handed over. */
  async drainOut(parts: readonly ProbedPart[]): Promise<void> {
    const delivered = parts
      .flatMap(countsOf)
      .reduce((count, { site, counts }) => count + (site.record ? counts.delivered : 0), 0);
    const records = (): number => parts.reduce((count, part) => count + part.records, 0);
    for (let empty = 0; records() < delivered && empty < EMPTY_DRAINS;) {
      const drained = this.drain();
      if (drained === 0 && this.mayDrain()) empty++;
      if (drained > 0) empty = 0;
      await sleep(drained > 0 ? 0 : 1);
    }
  }

  private mayDrain(): boolean {
    return this.observer.ready();
  }

  /** Gives how many records were taken. */
  drain(): number {
    if (!this.mayDrain()) return 0;
    return this.backend.drain((site, bytes, offset, size) => {
      this.deliver(site, bytes, offset, size);
    }, DRAIN_LIMIT);
  }

  private deliver(site: SiteId, bytes: DataView, offset: number, size: number): void {
    const probed = this.bySite[site];
    if (!probed) return;
    probed.probed.records++;
    this.observer.hit(new Hit(probed.source, bytes, offset, size));
  }

  /** What is at the addresses that the hits of a module have. */
  private symbolsFrom(module: Module): SymbolLookup {
    return (address, loadBias) =>
      this.symbols.at(address, loadBias === undefined ? undefined : { module, loadBias });
  }
}

/** Records between two looks at the event loop. */
const DRAIN_LIMIT = 4096;
/** A ring that was found empty so often has no more records of probes that are out. */
const EMPTY_DRAINS = 3;
