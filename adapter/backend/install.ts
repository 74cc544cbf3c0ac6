import { assemble } from '../bpf/assembler';
import { quadwords } from '../bpf/attributes';
import { linkProbes } from '../bpf/link';
import { MappedArray } from '../bpf/map';
import { loadProgram } from '../bpf/program';
import type { RingBuffer } from '../bpf/ringBuffer';
import type { EditionKey } from './backend';
import type { CaptureProgram, Plan, PlanSite } from '../capture/plan';
import type { SiteId } from '../elf/address';
import type { Descriptor } from '../sys/owned';
import type { System } from '../sys/system';
import { Counters, counterShape } from './counters';
import { countsAll, emit, isStateful, MAPS, uses } from './emit';
import { knownScope, type KnownScope } from './processScope';
import { RoleWord } from './role';
import { threadPointerOffset } from './threadPointer';
import { KernelInstallation } from './kernelInstallation';

/** What an installation needs of its backend. */
export interface InstallContext {
  readonly system: System;
  /** Id of the plan's first site; the others follow. */
  readonly firstSite: number;
  /** The ring buffer, made when it is first wanted. */
  readonly records: () => RingBuffer;
  /** Descriptor of what the tracepoint's filter remembers, for programs that have one. */
  readonly filterState: { acquire(): number; release(): void };
  /** Of an installation that waits for its role; `notes` is a map's descriptor. */
  readonly edition: { readonly key: EditionKey; readonly notes: () => number } | undefined;
  readonly onDispose: (self: KernelInstallation) => void;
}

/**
 * Puts the probes of a checked plan in, a link for each of its programs. When it fails, nothing is left.
 * @throws BackendError, VerifierError, SystemError
 */
export async function install(plan: Plan, context: InstallContext): Promise<KernelInstallation> {
  const scope = plan.only && knownScope(context.system, plan.only);
  const hitsAlone = plan.sites.map(({ program }) => countsAll(plan.programs[program]!));
  const shape = counterShape(plan.sites.length, !hitsAlone.includes(false));
  const counters = Counters.create(context.system, shape);
  const attaching = new Attaching(plan, { ...context, scope }, shape.stride, counters.descriptor);
  let role: RoleWord | undefined;
  try {
    if (context.edition) {
      role = RoleWord.create(context.system);
      attaching.useMap(MAPS.role, role.descriptor);
      attaching.useMap(MAPS.notes, context.edition.notes());
    }
    const groups = groupByProgram(plan);
    if (groups.some(({ program }) => program.mode === 'record'))
      attaching.useMap(MAPS.records, context.records().descriptor);
    const stateful = groups.some(({ program }) => isStateful(program));
    if (stateful) attaching.useFilterState();
    for (const group of groups) attaching.attach(group);
    counters.closeDescriptor();
    role?.closeDescriptor();
    const sites = plan.sites.map((_, row) => (context.firstSite + row) as SiteId);
    const { links, programs } = attaching;
    return new KernelInstallation(
      context.system,
      sites,
      links,
      programs,
      counters,
      role,
      hitsAlone,
      (self) => {
        if (stateful) context.filterState.release();
        context.onDispose(self);
      },
    );
  } catch (error) {
    for (const program of attaching.programs) program.close();
    await Promise.all(attaching.links.map((link) => link.closeLater()));
    attaching.releaseFilterState();
    counters.close();
    role?.close();
    throw error;
  } finally {
    attaching.end();
  }
}

/** Sites that share a program. */
interface Group {
  readonly program: CaptureProgram;
  readonly sites: readonly Row[];
}
interface Row extends Pick<PlanSite, 'offset' | 'address'> {
  /** Its place in the plan. */
  readonly row: number;
}

/** The programs that have sites. */
function groupByProgram(plan: Plan): Group[] {
  const groups = plan.programs.map((program) => ({ program, sites: [] as Row[] }));
  plan.sites.forEach(({ program, offset, address }, row) =>
    groups[program]!.sites.push({ offset, address, row }),
  );
  return groups.filter(({ sites }) => sites.length > 0);
}

/** Makes the links of an installation. */
class Attaching {
  readonly links: Descriptor[] = [];
  readonly programs: Descriptor[] = [];
  private readonly maps: Record<string, number>;
  /** The kernel keeps what programs use: these are held here only until the links are made. */
  private readonly passing: { close(): void }[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly context: InstallContext & { readonly scope: KnownScope | undefined },
    private readonly stride: number,
    counters: number,
  ) {
    this.maps = { [MAPS.counters]: counters };
  }

  useMap(name: string, descriptor: number): void {
    this.maps[name] = descriptor;
  }

  useFilterState(): void {
    this.useMap(MAPS.filter, this.context.filterState.acquire());
  }

  releaseFilterState(): void {
    if (MAPS.filter in this.maps) this.context.filterState.release();
  }

  attach({ program, sites }: Group): void {
    const { system, firstSite, edition, scope } = this.context;
    const { address, row: first } = sites[0]!;
    const only = sites.length === 1 ? { site: firstSite + first, address } : undefined;
    if (only === undefined && uses(program, 'loadBias')) this.provideAddresses();
    const threadPointer = uses(program, 'threadPointer') ? threadPointerOffset(system) : undefined;
    const code = assemble(
      emit(program, {
        firstSite,
        stride: this.stride,
        only,
        threadPointer,
        scope,
        edition: edition?.key,
      }),
      this.maps,
    );
    const loaded = loadProgram(system, 'sourcetap', code);
    this.programs.push(loaded);
    const probes = sites.map(({ offset, row }) => ({ offset, cookie: firstSite + row }));
    this.links.push(linkProbes(system, loaded, { path: this.plan.path, pid: this.plan.pid, probes }));
  }

  end(): void {
    for (const part of this.passing) part.close();
  }

  /** The sites' link-time addresses, for programs that find the load bias at more than one of them. */
  private provideAddresses(): void {
    if (MAPS.addresses in this.maps) return;
    const { sites } = this.plan;
    const array = MappedArray.create(this.context.system, MAPS.addresses, 8, sites.length);
    this.passing.push(array);
    array.memory.write(quadwords(sites.map(({ address }) => address)), 0);
    this.useMap(MAPS.addresses, array.descriptor);
  }
}
